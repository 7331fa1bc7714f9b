"""CalendarEventArray, written."""

from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from hypothesis import given

from protocols.ews.events import write_events
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.window import TimeWindow
from tests.protocols.ews.samples import BERLIN, block, blocks, event_details


def _written(
    *found: BusyInterval, zone: tzinfo = BERLIN, details: bool = True, offsets: bool = False, new: bool = True
) -> str:
    return write_events(Intervals.pack(found), zone, details=details, offsets=offsets, elsewhere=new)


def test_no_events_no_array() -> None:
    assert _written() == ""


def test_times_are_those_of_the_zone() -> None:
    assert "<t:StartTime>2026-11-23T09:00:00</t:StartTime><t:EndTime>2026-11-23T10:00:00</t:EndTime>" in _written(
        block(8)
    )
    assert "<t:StartTime>2026-11-23T09:00:00+01:00</t:StartTime>" in _written(block(8), offsets=True)


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    """Berlin, 25 October 2026: 02:30 in summer to 02:30 in winter; then 02:45 to 02:15, which would look reversed."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    hour = BusyInterval(TimeWindow(first, first + timedelta(hours=1)), BusyStatus.BUSY)
    half = BusyInterval(TimeWindow(first + timedelta(minutes=15), first + timedelta(minutes=45)), BusyStatus.BUSY)
    ends = [text.partition("<")[0] for text in _written(hour, half).split("<t:EndTime>")[1:]]
    assert ends == ["2026-10-25T02:30:00+01:00", "2026-10-25T02:15:00+01:00"]
    assert "<t:StartTime>2026-10-25T02:30:00<" in _written(hour)


def test_events_come_by_start() -> None:
    text = _written(block(9), block(3), block(6))
    assert text.index("T04:00") < text.index("T07:00") < text.index("T10:00")


@pytest.mark.parametrize(("new", "word"), [(True, "WorkingElsewhere"), (False, "Free")])
def test_old_readers_do_not_know_working_elsewhere(new: bool, word: str) -> None:
    assert f"<t:BusyType>{word}<" in _written(block(1, status=BusyStatus.WORKING_ELSEWHERE), new=new)


def test_details_in_the_order_of_the_schema() -> None:
    details = EventDetails(subject="A & B", location="<3>", meeting=True, exception=True, reminder=True)
    assert (
        "<t:CalendarEventDetails><t:Subject>A &amp; B</t:Subject><t:Location>&lt;3&gt;</t:Location>"
        "<t:IsMeeting>true</t:IsMeeting><t:IsRecurring>false</t:IsRecurring><t:IsException>true</t:IsException>"
        "<t:IsReminderSet>true</t:IsReminderSet><t:IsPrivate>false</t:IsPrivate></t:CalendarEventDetails>"
    ) in _written(block(1, details=details))


def test_a_private_event_shows_nothing_but_that() -> None:
    text = _written(block(1, details=EventDetails(private=True, meeting=True)))
    assert "<t:IsPrivate>true</t:IsPrivate>" in text
    assert not any(name in text for name in ("Subject", "Location", "<t:ID>"))


def test_only_the_events_that_have_details_show_some() -> None:
    text = _written(block(1), block(2, details=EventDetails(subject="x")))
    assert text.count("<t:CalendarEvent>") == 2
    assert text.count("<t:CalendarEventDetails>") == 1


@given(blocks(event_details()))
def test_without_details_nothing_of_them_is_written(found: list[BusyInterval]) -> None:
    bare = [BusyInterval(one.window, one.status) for one in found]
    assert _written(*found, details=False) == _written(*bare, details=False)
