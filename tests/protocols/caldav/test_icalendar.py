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


def several(count: int, *lines: str) -> list[str]:
    return [line for number in range(count) for line in event(*lines, uid=f"{number}@x")]


ZONE = ["BEGIN:VTIMEZONE", "TZID:{}", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0300"]
ZONE += ["TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE"]
NIGHT = ("DTSTART:20261124T000000Z", "DURATION:PT1S")
BOMBS = {
    "a rule of many places": event(*NIGHT, "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=" + ",".join(["1"] * 100_000)),
    "many exceptions": event(*NIGHT, "RRULE:FREQ=DAILY", "EXDATE:" + ",".join(["20261124T000000Z"] * 30_000)),
    "many dates": event(*NIGHT, *["RDATE:" + ",".join(["20261124T000000Z"] * 500)] * 60),
    "many plain series": several(6000, *NIGHT, "RRULE:FREQ=WEEKLY"),
    "many events": several(20_000, *NIGHT),
    "many periods": ["BEGIN:VFREEBUSY", *["FREEBUSY:20261124T000000Z/PT1H"] * 70_000, "END:VFREEBUSY"],
    "many changes of a series": [
        *event(*NIGHT, "RRULE:FREQ=HOURLY"),
        *[
            line
            for number in range(15_000)
            for line in event(f"RECURRENCE-ID;RANGE=THISANDFUTURE:20270101T{number % 24:02}0000Z", *NIGHT)
        ],
    ],
    "many series of one name": [
        *[line for _ in range(500) for line in event(*NIGHT, "RRULE:FREQ=YEARLY")],
        *[line for _ in range(900) for line in event("RECURRENCE-ID:20261124T000000Z", *NIGHT)],
    ],
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_whatever_is_too_much_is_given_up_after_so_many_steps(bomb: str) -> None:
    budget = Bounds().budget()
    data = cal(*BOMBS[bomb])
    found = read(data, WINDOW, zone=UTC, detail=Detail.BUSY, budget=budget)
    assert found.unknown
    assert found.unknown[-1].end == WINDOW.end


def test_many_zones_and_many_names_of_none_are_read_in_steps_that_grow_with_their_number() -> None:
    lines = [line.format(number) for number in range(900) for line in ZONE]
    lines += [
        line for number in range(2000) for line in event(f"DTSTART;TZID=Q{number}:20261124T090000", uid=str(number))
    ]
    begun = perf_counter()
    assert told(*lines).unknown
    assert perf_counter() - begun < 10


def test_many_empty_calendars_are_given_up() -> None:
    budget = Bounds(steps=10_000).budget()
    found = read(cal() * 2000, WINDOW, zone=UTC, detail=Detail.BUSY, budget=budget)
    assert doubts(found) == WHOLE


def test_hours_beyond_measure_are_not_told() -> None:
    lines = ["BEGIN:VAVAILABILITY", "BEGIN:AVAILABLE", "DTSTART:20200101T090000Z", "DTEND:20200101T170000Z"]
    lines += ["RRULE:FREQ=DAILY", "END:AVAILABLE"]
    assert told(*lines, "END:VAVAILABILITY").hours is not None
    assert told(*lines, f"COMMENT:{'x' * 300_000}", "END:VAVAILABILITY").hours is None


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
