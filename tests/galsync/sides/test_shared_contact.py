"""An entry as a shared contact, and back."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from galsync.entries import Agreement, Entry, Form, Held, How, Stamp
from galsync.plans.fields import agreement, compare
from galsync.rules import Rules
from galsync.sides.shared_contact import changed, fresh, held_of, joined, narrowed, split
from galsync.steps import Act, Change, Step, Why
from protocols.google import contact_entry
from protocols.google.contact_entry import FIRST_TO_GO, MOST_BYTES
from protocols.google.shared_contacts import SharedContact
from protocols.model.mailbox import Mailbox
from protocols.model.person import DISPENSABLE, Field

STAMP = Stamp("x", "ad:1")
ENTRY = Entry(
    anchor="ad:1",
    form=Form.SHARED_CONTACT,
    address=Mailbox.parse("ann@b.example"),
    aliases=("Second@b.example", "X500:/o=B/cn=Ann"),
    texts={Field.DISPLAY_NAME: "Ann", Field.TITLE: "Lead"},
)
CONTACT = SharedContact("k", '"e"', fresh(ENTRY, STAMP))


def step(entry: Entry, *changes: Change, known: tuple[str, ...] = ENTRY.aliases) -> Step:
    agreed = Agreement(anchor="ad:1", key="k", address="ann@b.example", aliases=known)
    return Step(act=Act.UPDATE, anchor="ad:1", why=Why.CHANGED, entry=entry, known=agreed, changes=changes)


def after(entry: Entry, *changes: Change) -> Held:
    made = changed(CONTACT, step(entry, *changes))
    assert made is not None
    return held_of(SharedContact("k", "", made))


def test_what_was_written_is_held() -> None:
    held = held_of(CONTACT)
    assert (held.key, held.version, held.stamp, held.form) == ("k", '"e"', STAMP, Form.SHARED_CONTACT)
    assert held.address == ENTRY.address
    assert held.addresses == {"ann@b.example", "second@b.example", "x500:/o=b/cn=ann"}
    assert held.texts == ENTRY.texts


def test_only_what_is_named_changes() -> None:
    other = replace(ENTRY, address=Mailbox.parse("anne@b.example"), texts={Field.DISPLAY_NAME: "Anne"}, aliases=())
    assert after(other, Change("title", "Lead", "")).texts == {Field.DISPLAY_NAME: "Ann"}
    assert after(other, Change("hidden", "no", "yes"), Change("photo", "", "x")) == replace(
        held_of(CONTACT), version=""
    )
    moved = after(other, Change("address", "", ""))
    assert moved.address == other.address
    assert moved.addresses == {"anne@b.example", "second@b.example", "x500:/o=b/cn=ann"}
    bare = after(other, Change("aliases", "", ""))
    assert bare.addresses == {"ann@b.example"}


def test_the_contact_that_was_read_is_not_touched() -> None:
    after(ENTRY, Change("title", "Lead", "Head"))
    assert held_of(CONTACT).texts[Field.TITLE] == "Lead"


def test_what_the_mapping_leaves_out_first_is_what_google_is_told_last() -> None:
    assert FIRST_TO_GO[: len(DISPENSABLE)] == DISPENSABLE


def test_mail_and_x500() -> None:
    assert split(("A@b.example", "x500:/o=B", "X500:/o=C/cn=a@b")) == (["a@b.example"], ["/o=B", "/o=C/cn=a@b"])


NAMES = st.lists(st.sampled_from(["a", "B", "b", "c", "D"]), unique_by=str.lower)


@given(NAMES, NAMES, NAMES)
def test_what_others_added_stays_and_what_we_no_longer_want_goes(
    there: list[str], known: list[str], wanted: list[str]
) -> None:
    lower = {one.lower() for one in joined(there, known, wanted)}
    theirs = {one.lower() for one in there} - {one.lower() for one in known}
    assert lower == theirs | {one.lower() for one in wanted}


def test_what_fits_is_wanted_as_it_is() -> None:
    entry, gone = narrowed(ENTRY, STAMP)
    assert entry is ENTRY
    assert gone == ()


LARGE = st.builds(
    lambda aliases, names, texts: replace(
        ENTRY,
        aliases=(*(f"Alias.{one}@b.example" for one in aliases), *(f"X500:/o=B/cn={one}" for one in names)),
        texts={Field.DISPLAY_NAME: "Ann", **texts},
    ),
    st.lists(st.text("ab", min_size=1, max_size=40), max_size=60, unique=True),
    st.lists(st.text("abü&", min_size=1, max_size=200), max_size=20, unique_by=str.lower),
    st.dictionaries(st.sampled_from(Field), st.text("aü&<", min_size=1, max_size=700), max_size=8),
)


@settings(max_examples=60)
@given(LARGE)
def test_what_goes_in_is_not_wanted_again(entry: Entry) -> None:
    small, gone = narrowed(entry, STAMP)
    rules = Rules(sync="x", fields=dict.fromkeys(Field, How.OVERWRITE), hides=False, grace=timedelta(30))
    contact = fresh(small, STAMP)
    held = held_of(SharedContact("k", "e", contact))
    assert contact_entry.weight(contact) <= MOST_BYTES
    assert compare(small, held, agreement(small, "k", rules), rules).changes == ()
    assert (small is entry) is (gone == ())
    assert narrowed(small, STAMP) == (small, ())


def test_nothing_that_others_wrote_is_taken_out_to_make_room() -> None:
    theirs = CONTACT.copied()
    contact_entry.put(theirs, Field.NOTES, "n" * 1900)
    contact = SharedContact("k", "", theirs)
    assert changed(contact, step(ENTRY, Change("company", "", "c" * 300))) is None
    assert changed(contact, step(ENTRY, Change("company", "", "c"))) is not None
    contact_entry.put(theirs, Field.NOTES, "n" * 3000)
    assert changed(contact, step(ENTRY, Change("title", "Lead", "Sub"))) is not None
