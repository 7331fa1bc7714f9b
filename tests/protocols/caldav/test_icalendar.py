"""The reader as a whole: bounds, scopes, clips, and how long a large calendar takes."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from protocols.caldav.icalendar import Bounds, Scope, read
from protocols.errors import PeerError
from protocols.model.freebusy import Detail, Reason
from tests.protocols.caldav.ics import NINE, TIMES, WINDOW, cal, doubts, event, spans, told

WHOLE = ["23T00:00-30T00:00"]


def refusal(data: bytes, bounds: Bounds = Bounds()) -> Reason:  # noqa: B008
    with pytest.raises(PeerError) as raised:
        read(data, WINDOW, zone=UTC, detail=Detail.BUSY, bounds=bounds)
    return raised.value.reason


def test_what_is_refused() -> None:
    assert refusal(b"") is Reason.GARBLED
    assert refusal(b"<html>") is Reason.GARBLED
    assert refusal(cal("CALSCALE:HEBREW")) is Reason.GARBLED
    assert refusal(cal(*event(*TIMES))[:-20]) is Reason.INCOMPLETE
    assert refusal(cal(), Bounds(size=10)) is Reason.INCOMPLETE


def test_an_empty_calendar_is_free_and_empty_free_busy_is_unknown() -> None:
    assert told().unknown == ()
    assert doubts(told(scope=Scope.FREE_BUSY)) == WHOLE
    assert told(scope=Scope.ANSWER).unknown == ()


def test_a_calendar_beside_free_busy_speaks_of_all_its_time() -> None:
    vfb = ["BEGIN:VFREEBUSY", "DTSTART:20261123T000000Z", "DTEND:20261124T000000Z", "END:VFREEBUSY"]
    found = told(*event(*TIMES), *vfb)
    assert (spans(found), found.unknown) == ([NINE], ())
    assert doubts(told(*event(*TIMES), *vfb, scope=Scope.FREE_BUSY)) == ["24T00:00-30T00:00"]


def test_what_an_exporter_clipped_is_unknown() -> None:
    found = told("X-CLIPSTART:20261101T000000Z", "X-CLIPEND:20261125T000000Z", *event(*TIMES))
    assert (spans(found), doubts(found)) == ([NINE], ["25T00:00-30T00:00"])
    assert told("X-CLIPEND:nonsense").unknown == ()


def test_several_calendars_are_one_persons() -> None:
    data = cal(*event(*TIMES)) + cal("X-WR-TIMEZONE:Asia/Tokyo", *event("DTSTART;VALUE=DATE:20261126"))
    found = read(data, WINDOW, zone=UTC, detail=Detail.BUSY)
    assert spans(found) == [NINE, "25T15:00-26T15:00"]


def test_other_components_say_nothing() -> None:
    todo = ["BEGIN:VTODO", "DTSTART:20261124T090000Z", "DUE:20261124T100000Z", "END:VTODO"]
    assert spans(told(*todo, "BEGIN:X-THING", "END:X-THING")) == []


def test_a_zone_that_the_calendar_defines_and_names_as_its_own() -> None:
    defined = ["BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:16010101T000000"]
    defined += ["TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE"]
    assert spans(told("X-WR-TIMEZONE:Ours", *defined, *event("DTSTART;VALUE=DATE:20261124"))) == ["23T21:00-24T21:00"]


def test_five_thousand_events_of_ten_years_are_read_in_time() -> None:
    lines: list[str] = []
    for number in range(5000):
        start = datetime(2017, 1, 1, tzinfo=UTC) + timedelta(hours=17 * number)
        rule = ["RRULE:FREQ=WEEKLY;BYDAY=MO,WE"] if number % 50 == 0 else []
        times = (
            [f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}", "DURATION:PT1H"]
            if rule
            else [
                f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}",
                f"DTEND;TZID=Europe/Berlin:{start + timedelta(hours=1):%Y%m%dT%H%M%S}",
            ]
        )
        lines += event(*times, *rule, f"DESCRIPTION:{'x' * 60}", uid=f"{number}@x")
    begun = perf_counter()
    assert len(told(*lines).intervals) > 100
    assert perf_counter() - begun < 3


def test_a_calendar_full_of_bombs_costs_bounded_time() -> None:
    rules = (
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=HOURLY",
    )
    lines: list[str] = []
    for number in range(400):
        rule = rules[number % len(rules)]
        lines += event("DTSTART:20200101T000000Z", "DURATION:PT1H", f"RRULE:{rule}", uid=f"{number}@x")
    begun = perf_counter()
    assert doubts(told(*lines)) == WHOLE
    assert perf_counter() - begun < 20
