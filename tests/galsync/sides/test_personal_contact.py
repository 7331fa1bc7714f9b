"""An entry as a contact of one user, and back."""

from dataclasses import replace
from typing import Any

from galsync.entries import Agreement, Entry, Form, Held, Stamp
from galsync.sides.personal_contact import changed, fresh, held_of
from galsync.steps import Act, Change, Step, Why
from protocols.google.personal_contacts import PersonalContact
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

STAMP = Stamp("x", "ad:1")
ENTRY = Entry(
    anchor="ad:1",
    form=Form.CONTACT,
    address=Mailbox.parse("ann@b.example"),
    aliases=("Second@b.example", "X500:/o=B/cn=Ann"),
    texts={Field.DISPLAY_NAME: "Ann (B)", Field.GIVEN_NAME: "Ann"},
)
CONTACT = PersonalContact("people/c1", "#1", fresh(ENTRY, STAMP, ("contactGroups/1",)))


def after(entry: Entry, *names: str, known: tuple[str, ...] = ENTRY.aliases) -> Held:
    agreed = Agreement(anchor="ad:1", key="people/c1", address="ann@b.example", aliases=known)
    changes = tuple(Change(name, "", entry.texts.get(Field(name), "") if name in set(Field) else "") for name in names)
    step = Step(act=Act.UPDATE, anchor="ad:1", why=Why.CHANGED, entry=entry, known=agreed, changes=changes)
    person: dict[str, Any] = changed(CONTACT, step)
    return held_of(PersonalContact("people/c1", "#1", person))


def test_what_was_written_is_held() -> None:
    held = held_of(CONTACT)
    assert (held.key, held.version, held.stamp, held.form) == ("people/c1", "#1", STAMP, Form.CONTACT)
    assert held.address == ENTRY.address
    assert held.addresses == {"ann@b.example", "second@b.example", "x500:/o=b/cn=ann"}
    assert held.texts == ENTRY.texts


def test_only_what_is_named_changes_and_only_in_a_copy() -> None:
    before = held_of(CONTACT)
    other = replace(ENTRY, address=Mailbox.parse("anne@b.example"), texts={Field.DISPLAY_NAME: "Anne"}, aliases=())
    assert after(other, "hidden", "photo") == before
    assert after(other, "display_name").texts == {**ENTRY.texts, Field.DISPLAY_NAME: "Anne"}
    assert after(other, "given_name").texts == {Field.DISPLAY_NAME: "Ann (B)"}
    assert after(other, "address").addresses == before.addresses - {"ann@b.example"} | {"anne@b.example"}
    assert after(other, "aliases").addresses == {"ann@b.example"}
    assert after(other, "aliases", known=()).addresses == before.addresses
    assert held_of(CONTACT) == before


def test_somebody_without_aliases_has_no_empty_ones() -> None:
    plain = fresh(replace(ENTRY, aliases=()), STAMP, ())
    assert [one["key"] for one in plain["clientData"]] == ["busyline"]
