"""Zones out of the histories that calendars bring."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from protocols.caldav.lines import Block, calendars
from protocols.caldav.zone_histories import zone_of_history
from protocols.zones.alike import LAST_YEAR, beginning
from protocols.zones.transitions import offset_of, transitions
from tests.protocols.caldav.ics import cal


def block(*lines: str) -> Block:
    [calendar] = calendars(cal("BEGIN:VTIMEZONE", "TZID:strange", *lines, "END:VTIMEZONE"))
    return calendar.inner[0]


def observance(at: int, before: int, after: int, *lines: str) -> list[str]:
    wall = datetime.fromtimestamp(at + before, UTC)
    offsets = [f"{'-' if each < 0 else '+'}{abs(each) // 3600:02}{abs(each) // 60 % 60:02}" for each in (before, after)]
    head = [f"DTSTART:{wall:%Y%m%dT%H%M%S}", f"TZOFFSETFROM:{offsets[0]}", f"TZOFFSETTO:{offsets[1]}"]
    return ["BEGIN:STANDARD", *head, *lines, "END:STANDARD"]


def history(name: str, first: int, last: int) -> list[str]:
    """Every change of a zone by itself."""
    zone, low, high = ZoneInfo(name), beginning(first), beginning(last)
    before, lines = offset_of(zone, low), list[str]()
    lines += observance(low, before, before)
    for at, after in transitions(zone, low, high):
        lines += observance(at, before, after)
        before = after
    return lines


@pytest.mark.parametrize(
    "name", ["Europe/Istanbul", "Europe/Moscow", "Africa/Casablanca", "America/New_York", "Australia/Lord_Howe"]
)
def test_a_history_until_2037_is_the_zones(name: str) -> None:
    found = zone_of_history(block(*history(name, 1990, LAST_YEAR + 1)))
    assert found is not None
    span = beginning(1990), beginning(LAST_YEAR + 1)
    assert transitions(found, *span) == transitions(ZoneInfo(name), *span)


def test_a_few_years_written_out_are_nobodys() -> None:
    assert zone_of_history(block(*history("Europe/Berlin", 2020, 2026))) is None  # and from then on for ever winter?


def test_years_that_are_over_by_their_rule() -> None:
    lines = [
        *observance(beginning(2010), 10_800, 10_800),
        *observance(1301180400, 10_800, 14_400),  # 27 March 2011: Moscow's summer that did not end
        *observance(1414274400, 14_400, 10_800),  # until 26 October 2014
        *observance(beginning(2010), 10_800, 10_800, "RRULE:FREQ=YEARLY;UNTIL=20110101T000000Z"),
    ]
    assert zone_of_history(block(*lines)) is None  # in 2010 Moscow had a summer
    assert str(zone_of_history(block(*lines[5:15]))) == "Europe/Moscow"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        observance(0, 3600, 3600),
        observance(0, 3600, 7200, "RRULE:FREQ=SECONDLY"),
        observance(0, 3600, 7200, "RRULE:FREQ=YEARLY;UNTIL=soon"),
        observance(0, 3600, 7200, "RDATE:soon"),
        ["BEGIN:STANDARD", "DTSTART:20200101T000000Z", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:STANDARD"],
        ["BEGIN:STANDARD", "DTSTART:20200101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:?", "END:STANDARD"],
        [*observance(0, 3600, 7200), *observance(0, 3600, 0)],
        observance(0, 3600, 7200) * 501,
    ],
)
def test_what_tells_nothing_is_nobodys(lines: list[str]) -> None:
    assert zone_of_history(block(*lines)) is None
