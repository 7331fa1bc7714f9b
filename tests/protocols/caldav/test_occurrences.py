"""Series: exceptions, what replaces an occurrence, the change of the clocks, and the same as the libraries say."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.caldav.icalendar import read
from protocols.model.freebusy import Detail
from protocols.model.window import TimeWindow
from tests.protocols.caldav.ics import TIMES, WINDOW, at, cal, doubts, event, spans, told

BERLIN = "TZID=Europe/Berlin"
DAILY = (f"DTSTART;{BERLIN}:20261102T100000", f"DTEND;{BERLIN}:20261102T110000", "RRULE:FREQ=DAILY")


def test_a_series_without_its_exceptions() -> None:
    without = [
        f"EXDATE;{BERLIN}:20261124T100000,20261125T100000",
        "EXDATE:20261126T090000Z",
        "EXDATE;VALUE=DATE:20261127",
    ]
    assert spans(told(*event(*DAILY, *without))) == [f"{day}T09:00-{day}T10:00" for day in (23, 28, 29)]


def test_an_occurrence_that_was_moved_one_that_was_cancelled_and_one_made_free() -> None:
    series = event(*DAILY, "EXDATE:20261126T090000Z,20261127T090000Z,20261128T090000Z,20261129T090000Z")
    moved = event(f"RECURRENCE-ID;{BERLIN}:20261123T100000", "DTSTART:20261128T200000Z", "DURATION:PT1H")
    cancelled = event("RECURRENCE-ID:20261124T090000Z", "DTSTART:20261124T090000Z", "STATUS:CANCELLED")
    free = event("RECURRENCE-ID:20261125T090000Z", "DTSTART:20261125T090000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT")
    assert spans(told(*series, *moved, *cancelled, *free)) == ["28T20:00-28T21:00"]


def test_one_that_was_moved_here_from_far_away_and_one_that_was_moved_away() -> None:
    here = event("RECURRENCE-ID:20261110T090000Z", "DTSTART:20261124T150000Z", "DURATION:PT1H")
    away = event("RECURRENCE-ID:20261124T090000Z", "DTSTART:20270324T090000Z", "DURATION:PT1H")
    found = spans(told(*event(*DAILY), *here, *away))
    assert "24T15:00-24T16:00" in found
    assert "24T09:00-24T10:00" not in found
    assert len(found) == 7


def test_one_without_its_series_still_takes_its_time() -> None:
    alone = event("RECURRENCE-ID:20261110T090000Z", "DTSTART:20261124T150000Z", "DURATION:PT1H")
    assert spans(told(*alone)) == ["24T15:00-24T16:00"]


def test_one_that_the_series_excludes_and_replaces_is_not_lost() -> None:
    series = event(*DAILY[:2], "RRULE:FREQ=DAILY;UNTIL=20261101", "EXDATE:20261102T090000Z")
    other = event("RECURRENCE-ID:20261102T090000Z", "DTSTART:20261124T150000Z", "DURATION:PT1H")
    assert spans(told(*series, *other)) == ["24T15:00-24T16:00"]


def test_this_and_all_after_it() -> None:
    later = event(
        f"RECURRENCE-ID;RANGE=THISANDFUTURE;{BERLIN}:20261125T100000",
        f"DTSTART;{BERLIN}:20261125T120000",
        "DURATION:PT2H",
    )
    assert spans(told(*event(*DAILY), *later)) == [
        "23T09:00-23T10:00",
        "24T09:00-24T10:00",
        *(f"{day}T11:00-{day}T13:00" for day in range(25, 30)),
    ]


def test_dates_beside_the_rule_and_periods_of_their_own_length() -> None:
    dates = ["RDATE:20261124T150000Z", "RDATE;VALUE=PERIOD:20261125T150000Z/PT3H"]
    found = told(*event(*DAILY[:2], *dates))
    assert spans(found) == ["24T15:00-24T16:00", "25T15:00-25T18:00"]


def test_until_in_the_series_own_time_and_by_the_day() -> None:
    for until in ("20261124T090000Z", "20261124T100000", "20261124"):
        assert len(spans(told(*event(*DAILY[:2], f"RRULE:FREQ=DAILY;UNTIL={until}")))) == 2
    assert len(spans(told(*event(*DAILY[:2], "RRULE:FREQ=DAILY;UNTIL=20261124T085959Z")))) == 1


def test_all_day_series_and_until_by_the_instant() -> None:
    found = told(
        *event("DTSTART;VALUE=DATE:20261102", "RRULE:FREQ=WEEKLY;UNTIL=20261123T230000Z"), zone=ZoneInfo("Asia/Tokyo")
    )
    assert spans(found) == ["22T15:00-23T15:00"]


def test_the_wall_keeps_its_hour_when_the_clocks_change() -> None:
    window = TimeWindow(datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC))
    lines = event(f"DTSTART;{BERLIN}:20260701T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    found = read(cal(*lines), window, zone=None, detail=Detail.BUSY)
    assert spans(found) == ["24T07:00-24T08:00", "25T08:00-25T09:00", "26T08:00-26T09:00"]


def test_through_the_night_of_the_change_the_longer_of_both_is_busy() -> None:
    window = TimeWindow(datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    lines = event(f"DTSTART;{BERLIN}:20261003T220000", f"DTEND;{BERLIN}:20261004T060000", "RRULE:FREQ=WEEKLY")
    assert spans(read(cal(*lines), window, zone=None, detail=Detail.BUSY)) == ["24T20:00-25T05:00"]


def test_the_newest_of_two_states_of_one_event() -> None:
    old, new = event(*DAILY, "SEQUENCE:1"), event("DTSTART:20261124T150000Z", "RRULE:FREQ=DAILY;COUNT=1", "SEQUENCE:2")
    new[-1:-1] = ["DURATION:PT1H"]
    assert spans(told(*old, *new)) == spans(told(*new, *old)) == ["24T15:00-24T16:00"]
    old, new = (event("DTSTART:20261124T150000Z", "DURATION:PT1H", f"SEQUENCE:{number}") for number in (1, 2))
    assert spans(told(*old, *new)) == ["24T15:00-24T16:00"]
    new[-1:-1] = ["STATUS:CANCELLED"]
    assert spans(told(*old, *new)) == spans(told(*new, *old)) == []


def test_another_event_of_the_same_name_is_kept_whatever_its_sequence() -> None:
    one = event("DTSTART:20261124T090000Z", "DURATION:PT1H", "SEQUENCE:0")
    other = event("DTSTART:20261125T090000Z", "DURATION:PT1H", "SEQUENCE:1")
    assert spans(told(*one, *other)) == ["24T09:00-24T10:00", "25T09:00-25T10:00"]
    assert len(spans(told(*event(*DAILY), *other))) == 8
    assert len(spans(told(*event(*DAILY), *other[:-1], "STATUS:CANCELLED", "END:VEVENT"))) == 7


def test_two_events_of_one_name_are_both_busy() -> None:
    one, other = (event(f"DTSTART:20261124T{hour}0000Z", "DURATION:PT1H") for hour in ("09", "15"))
    assert spans(told(*one, *other)) == ["24T09:00-24T10:00", "24T15:00-24T16:00"]
    assert spans(told(*[line for line in [*one, *other] if not line.startswith("UID")])) == spans(told(*one, *other))


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;BYSETPOS=1", "FREQ=NEVER"])
def test_a_bomb_makes_its_time_unknown_and_no_other_events(rule: str) -> None:
    bomb = event("DTSTART:20261125T000000Z", "DURATION:PT1S", f"RRULE:{rule}", uid="bomb")
    found = told(*bomb, *event(*DAILY))
    assert doubts(found) == ["25T00:00-30T00:00"]
    assert len(spans(found)) == 7


@pytest.mark.parametrize("zone", [None, ZoneInfo("Europe/Berlin")])
def test_a_floating_series_is_doubt_without_a_zone(zone: Any) -> None:
    found = told(*event("DTSTART:20261102T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"), zone=zone)
    assert spans(found) == ([] if zone is None else ["23T09:00-23T10:00"])
    assert doubts(found) == (["23T00:00-23T23:00", "29T20:00-30T00:00"] if zone is None else [])


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Europe/Berlin", "Pacific/Kiritimati"])
def test_until_midnight_utc_of_an_all_day_series_keeps_its_last_day(zone: str) -> None:
    lines = event("DTSTART;VALUE=DATE:20261124", "RRULE:FREQ=DAILY;UNTIL=20261126T000000Z")
    assert len(spans(told(*lines, zone=ZoneInfo(zone)))) == 3


def test_a_change_of_all_to_come_without_its_series_is_doubt() -> None:
    lines = ["RECURRENCE-ID;RANGE=THISANDFUTURE:20261124T090000Z", "DTSTART:20261124T110000Z", "DURATION:PT1H"]
    for others in ([], event("DTSTART:20261123T090000Z", "DURATION:PT1H"), event("DTSTART:nonsense", "RRULE:x")):
        found = told(*event(*lines), *others)
        assert "24T11:00-24T12:00" in spans(found)
        assert doubts(found)[-1].endswith("30T00:00")
        assert found.unknown[-1].start <= at(24, 11)
    assert told(*event(*lines, "STATUS:CANCELLED")).unknown == ()


def test_an_exception_that_repeats_is_a_series() -> None:
    lines = ["DTSTART:20261124T110000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"]
    expected = [f"{day}T11:00-{day}T12:00" for day in (24, 25, 26)]
    for reach in ("", ";RANGE=THISANDFUTURE"):
        found = told(*event(f"RECURRENCE-ID{reach}:20261124T090000Z", *lines))
        assert (spans(found), found.unknown) == (expected, ())


def test_a_change_of_all_before_is_doubt() -> None:
    prior = event("RECURRENCE-ID;RANGE=THISANDPRIOR:20261125T090000Z", "DTSTART:20261125T150000Z", "DURATION:PT1H")
    found = told(*event(*DAILY), *prior)
    assert doubts(found) == ["23T00:00-25T16:00"]
    assert "26T09:00-26T10:00" in spans(found)


def test_a_day_that_is_excluded_from_a_timed_series_means_its_only_occurrence() -> None:
    twice = [*DAILY[:2], "RRULE:FREQ=DAILY;BYHOUR=10,15"]
    assert len(spans(told(*event(*twice, "EXDATE;VALUE=DATE:20261124")))) == 14
    assert len(spans(told(*event(*twice), *event("RECURRENCE-ID;VALUE=DATE:20261124", *TIMES)))) == 15
    assert len(spans(told(*event(*DAILY, "EXDATE;VALUE=DATE:20261124")))) == 6


def test_a_day_added_to_a_timed_series_is_doubt() -> None:
    found = told(*event(*DAILY[:2], "RDATE;VALUE=DATE:20261125", "RDATE:20261127T090000Z"))
    assert spans(found) == ["27T09:00-27T10:00"]
    assert doubts(found) == ["24T23:00-26T00:00"]


def test_a_group_before_a_name_changes_nothing() -> None:
    assert spans(told(*event(*(f"item1.{line}" for line in DAILY)))) == spans(told(*event(*DAILY)))


STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 29)).map(  # noqa: DTZ001
    lambda each: each.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
)
RULES = st.builds(
    "FREQ={};INTERVAL={}{}{}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 3),
    st.sampled_from(["", ";BYDAY=MO,FR", ";BYMONTHDAY=24,25"]),
    st.sampled_from(["", ";COUNT=400", ";UNTIL=20261127T000000Z"]),
)


def stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


@settings(max_examples=60)
@given(
    STARTS, st.integers(1, 60), RULES, st.lists(st.integers(0, 10), max_size=3), st.integers(-100, 100), st.booleans()
)
def test_it_is_what_the_libraries_say(
    first: datetime, hours: int, rule: str, excluded: list[int], moved: int, later: bool
) -> None:
    """icalendar with recurring-ical-events: the slow way that the fast one must not differ from."""
    plain = icalendar.Calendar.from_ical(cal(*event(f"DTSTART:{stamp(first)}", f"RRULE:{rule}")))
    known = [each["DTSTART"].dt for each in recurring_ical_events.of(plain).between(at(20), at(30))][:12] or [first]
    lines = event(f"DTSTART:{stamp(first)}", f"DURATION:PT{hours}H", f"RRULE:{rule}")
    gone = sorted({known[number % len(known)] for number in excluded} - {known[0]})
    lines[-1:-1] = [f"EXDATE:{stamp(each)}" for each in gone]
    reach = ";RANGE=THISANDFUTURE" if later else ""
    start = known[0] + timedelta(hours=moved)
    lines += event(f"RECURRENCE-ID{reach}:{stamp(known[0])}", f"DTSTART:{stamp(start)}", "DURATION:PT2H")
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(cal(*lines))).between(WINDOW.start, WINDOW.end)
    expected = sorted((each["DTSTART"].dt, each["DTEND"].dt) for each in found)
    ours = read(cal(*lines), WINDOW, zone=None, detail=Detail.BUSY)
    assert sorted({(block.window.start, block.window.end) for block in ours.intervals}) == sorted(set(expected))
    assert ours.unknown == ()
