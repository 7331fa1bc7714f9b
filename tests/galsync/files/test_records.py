"""Tests of galsync/files/records.py: what an update makes of a record."""

from dataclasses import replace

import pytest

from galsync.entries import Agreement, Entry, Form, Stamp
from galsync.files.records import Record, created, hidden, merged_aliases, updated
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

ENTRY = Entry(
    anchor="ad:1",
    form=Form.CONTACT,
    address=Mailbox.parse("ann@b.example"),
    aliases=("X500:/o=B/cn=Ann",),
    texts={Field.TITLE: "Lead"},
    members=("bob@b.example",),
    photo=b"p",
    hidden=True,
)


def test_a_new_record_holds_all_of_the_entry_and_its_stamp() -> None:
    held = created(ENTRY, "s").held("k")
    assert held.stamp == Stamp("s", "ad:1")
    assert held.addresses == {"ann@b.example", "x500:/o=b/cn=ann"}
    told = (held.key, held.form, held.address, held.texts, held.members, held.photo, held.hidden)
    assert told == ("k", ENTRY.form, ENTRY.address, ENTRY.texts, ENTRY.members, ENTRY.photo, ENTRY.hidden)


@pytest.mark.parametrize("name", ["title", "address", "hidden", "members", "photo", "aliases"])
def test_one_field_changes_alone_and_the_version_with_it(name: str) -> None:
    before = Record(stamp=Stamp("s", "ad:1"), texts={Field.TITLE: "Head", Field.CITY: "Bonn"}, rest={"x": "y"})
    after = updated(before, ENTRY, None, frozenset({name}))
    assert after.version != before.version
    same = [each for each in ("address", "hidden", "members", "photo", "aliases") if each != name]
    assert all(getattr(after, each) == getattr(before, each) for each in same)
    assert after.texts == {Field.TITLE: "Lead" if name == "title" else "Head", Field.CITY: "Bonn"}
    assert after.rest == before.rest


def test_a_field_that_the_entry_has_not_is_emptied() -> None:
    before = replace(created(ENTRY, "s"), texts={Field.TITLE: "Head", Field.CITY: "Bonn"})
    assert updated(before, ENTRY, None, frozenset({"city"})).texts == {Field.TITLE: "Head"}


def test_aliases_of_others_stay_and_those_that_were_ours_go() -> None:
    known = Agreement(anchor="a", key="", address="", aliases=("X500:/o=Old", "b@b.example"))
    there = ("x500:/o=old", "b@b.example", "c@b.example")
    assert merged_aliases(there, ("b@b.example", "d@b.example"), known.aliases) == (
        "b@b.example",
        "d@b.example",
        "c@b.example",
    )


def test_a_changed_record_is_not_given_back_as_it_stood() -> None:
    before = replace(created(ENTRY, "s"), raw=(("dn", "CN=x"),))
    assert updated(before, ENTRY, None, frozenset({"title"})) == before
    assert updated(before, ENTRY, None, frozenset({"title"})).raw == before.raw
    assert updated(before, replace(ENTRY, texts={}), None, frozenset({"title"})).raw is None
    assert hidden(replace(before, hidden=False)).raw is None
