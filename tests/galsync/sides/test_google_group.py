"""An entry as a group of Google's, and the stamp in its description."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galsync.entries import Form, Stamp
from galsync.sides.google_group import described, group_of, held_of, notes_of, stamp_of, version_of
from protocols.google.groups import Group
from protocols.google.people import Found
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person

OURS = Stamp("fabrikam", "ad:1")


def of(description: str, name: str = "Sales") -> Group:
    return Group("g1", Mailbox.parse("sales@b.example"), name, description, ("old@b.example",))


@settings(max_examples=50)
@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_notes_and_stamp_come_back_as_they_were(notes: str) -> None:
    notes = "\n".join(notes.splitlines()).strip()
    group = of(described(notes, OURS))
    assert stamp_of(group) == OURS
    assert notes_of(group) == notes


@pytest.mark.parametrize(
    ("description", "stamp", "notes"),
    [
        ("", None, ""),
        ("Words\r\nbusyline:fabrikam/ad:1\r\n", OURS, "Words"),
        ("busyline:fabrikam/ad:1\nWords", None, "busyline:fabrikam/ad:1\nWords"),
        ("Words busyline:fabrikam/ad:1", None, "Words busyline:fabrikam/ad:1"),
        ("Words\nbusyline:fabrikam", None, "Words\nbusyline:fabrikam"),
    ],
)
def test_the_last_line_alone_is_the_stamp(description: str, stamp: Stamp | None, notes: str) -> None:
    assert (stamp_of(of(description)), notes_of(of(description))) == (stamp, notes)


def test_what_is_listed_and_what_is_asked_for_have_one_version() -> None:
    person = Person(
        anchor="g1",
        kind=Kind.GROUP,
        primary=Mailbox.parse("sales@b.example"),
        aliases=("old@b.example",),
        texts={Field.DISPLAY_NAME: "Sales"},
    )
    listed = group_of(Found(person, marks=("N\nbusyline:fabrikam/ad:1", "N", "busyline:fabrikam/ad:1")))
    asked = of("N\nbusyline:fabrikam/ad:1")
    assert listed == asked
    assert len({version_of(one) for one in (asked, of("N"), of("N", "Else"), of(""))}) == 4


def test_everybody_of_the_organisation_is_no_member_that_a_plan_takes_away() -> None:
    held = held_of(of("busyline:fabrikam/ad:1"), ("ann@b.example", "*"))
    assert (held.form, held.members, held.readonly) == (Form.GROUP, ("ann@b.example",), "")
    assert held.addresses == {"sales@b.example", "old@b.example"}
