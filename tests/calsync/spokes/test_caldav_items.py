"""What stands in a CalDAV calendar as items, and what it can hold."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from calsync.event_fields import AT
from calsync.items import Item, Unread
from calsync.spokes.caldav_items import fit, item_of
from protocols.caldav.sync_reading import Stored
from protocols.model.card import Card
from protocols.model.event import Event, Occurrence, Sensitivity
from tests.contracts.spoke_events import SERIES, SINGLE
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import OWNER, START, WEEKLY

AT_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def item(*lines: str, changed_at: datetime | None = None) -> Item | Unread | None:
    stored = Stored(key="a.ics", etag='"1"', data=cal(*lines), changed_at=changed_at)
    return item_of(stored, zone=None, owners=[OWNER])


def test_an_item_is_what_stands_there() -> None:
    told = item(*event(START, "X-BUSYLINE-STAMP:busyline:merger/i1", "ATTENDEE:mailto:bob@elsewhere.example"))
    assert isinstance(told, Item)
    assert (told.key, told.version, told.uid, told.mark) == ("a.ics", '"1"', "1@x", "busyline:merger/i1")
    assert told.guarded == "others are invited"
    assert told.maker == "x"  # its UID, where no program names itself


def test_the_servers_clock_counts_before_that_of_a_program() -> None:
    lines = event(START, "LAST-MODIFIED:20261031T000000Z")
    for changed_at in (AT_NOON, None):
        told = item(*lines, changed_at=changed_at)
        assert isinstance(told, Item)
        assert told.changed_at == (changed_at or datetime(2026, 10, 31, tzinfo=UTC))


def test_an_occurrence_that_is_cut_is_named_as_its_field_is() -> None:
    override = event("RECURRENCE-ID:20261116T090000Z", "DTSTART:20261116T090000Z", "DESCRIPTION:" + "x" * 33_000)
    told = item(*event(*WEEKLY), *override)
    assert isinstance(told, Item)
    assert told.cut == {f"{AT}2026-11-16T09:00:00Z"}


def test_what_cannot_be_read_stands_there_all_the_same() -> None:
    assert item(*event("DTSTART:never")) == Unread("a.ics", "not a date or a time")
    hidden = Stored(key="a.ics", wrong="the server does not show it")
    assert item_of(hidden, zone=None, owners=()) == Unread("a.ics", "the server does not show it")
    assert item("BEGIN:VTODO", "END:VTODO") is None


def test_what_is_personal_is_private_there() -> None:
    held, words = fit(SINGLE["personal"])
    assert (held, words) == (replace(SINGLE["personal"], sensitivity=Sensitivity.PRIVATE), "")
    [original] = SERIES["an occurrence moved"].exceptions
    one = Occurrence(when=SERIES["weekly"].when, sensitivity=Sensitivity.PERSONAL)
    series, _ = fit(replace(SERIES["weekly"], exceptions={original: one}))
    assert isinstance(series, Event)
    assert series.exceptions == {original: replace(one, sensitivity=Sensitivity.PRIVATE)}
    assert fit(SERIES["an occurrence cancelled"]) == (SERIES["an occurrence cancelled"], "")


def test_a_calendar_holds_no_contacts() -> None:
    assert fit(Card()) == (None, "a calendar holds no contacts")


@pytest.mark.parametrize(
    ("more", "frail"),
    [
        ("ATTACH:https://files.example/plan.pdf", True),
        ("X-ALT-DESC;FMTTYPE=text/html:<b>x</b>", True),
        ("DESCRIPTION:ATTACH:x", False),
    ],
)
def test_an_occurrence_with_more_in_it_than_is_told_is_named(more: str, frail: bool) -> None:
    override = event("RECURRENCE-ID:20261116T090000Z", "DTSTART:20261116T110000Z", more)
    told = item(*event(*WEEKLY), *override)
    assert isinstance(told, Item)
    assert told.frail == (frozenset({f"{AT}2026-11-16T09:00:00Z"}) if frail else frozenset())
