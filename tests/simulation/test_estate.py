"""The truth is the same every time, and what hand computation finds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from protocols.model.freebusy import Detail
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.estate import Estate, united

WEEK = TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC))


def test_two_estates_of_a_day_are_equal() -> None:
    one, other = Estate(date(2026, 11, 25)), Estate(date(2026, 11, 25))
    for address in one.mailboxes:
        assert one.expected(address, WEEK, Detail.DETAILS) == other.expected(address, WEEK, Detail.DETAILS)


def test_annas_week_by_hand(estate: Estate) -> None:
    """Number 0, Berlin, UTC+1 in November: stand-up at 9, on Wednesday moved to 11:45; steering on Thursday at 16."""
    found = [
        (i.window.start, i.window.length, i.status) for i in estate.expected("anna.schneider@contoso.example", WEEK)
    ]

    def at(day: int, hour: int, minute: int, minutes: int, status: BusyStatus = BusyStatus.BUSY) -> tuple[object, ...]:
        return datetime(2026, 11, day, hour, minute, tzinfo=UTC), timedelta(minutes=minutes), status

    assert found == [
        at(23, 8, 0, 15),
        at(23, 12, 0, 30),  # one on one
        at(24, 8, 0, 15),
        at(24, 10, 30, 45),  # customer call
        at(24, 14, 0, 60),  # team meeting, 15:00 in Berlin
        at(25, 10, 45, 15),
        at(25, 13, 0, 60, BusyStatus.TENTATIVE),
        at(26, 8, 0, 15),
        at(26, 15, 0, 90),
        at(27, 8, 0, 15),
    ]


def test_the_night_of_the_clocks_lasts_seven_hours_in_autumn_and_five_in_spring(estate: Estate) -> None:
    def night(day: datetime) -> list[timedelta]:
        window = TimeWindow(day, day + timedelta(hours=1))
        return [i.window.length for i in estate.expected("frieda.lang@fabrikam.example", window)]

    assert night(datetime(2026, 10, 25, 1, tzinfo=UTC)) == [timedelta(hours=7)]
    assert night(datetime(2027, 3, 28, 1, tzinfo=UTC)) == [timedelta(hours=5)]
    assert night(datetime(2027, 4, 4, 1, tzinfo=UTC)) == []


def test_a_team_meeting_abroad_wanders_on_the_clock(estate: Estate) -> None:
    """Tuesday 15:00 in New York, seen from Kolkata: 0:30 the next day in summer, 1:30 in winter."""
    window = TimeWindow(datetime(2026, 10, 27, 12, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC))
    events = estate.events("indrani.roy@fabrikam.example", window)
    team = [e.window.start for e in events if e.series.subject == "Fabrikam team meeting"]
    assert team == [datetime(2026, 10, 27, 19, tzinfo=UTC), datetime(2026, 11, 3, 20, tzinfo=UTC)]


def test_an_event_that_only_touches_the_window_is_not_in_it(estate: Estate) -> None:
    standup_end = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
    after = TimeWindow(standup_end, standup_end + timedelta(minutes=5))
    before = TimeWindow(standup_end - timedelta(seconds=1), standup_end)
    assert estate.expected("anna.schneider@contoso.example", after) == []
    assert len(estate.expected("anna.schneider@contoso.example", before)) == 1


def test_what_google_calls_busy_is_joined_cut_and_without_the_home_office(estate: Estate) -> None:
    noon = datetime(2026, 11, 27, 11, tzinfo=UTC)
    address = "emre.demir@northwind.example"  # number 1: at home on Fridays from nine
    window = TimeWindow(noon, noon + timedelta(hours=1))
    assert [i.status for i in estate.expected(address, window)] == [BusyStatus.WORKING_ELSEWHERE]
    assert estate.expected_busy(address, window) == []


def test_united_joins_what_touches_and_cuts() -> None:
    def minutes(start: int, end: int) -> TimeWindow:
        return TimeWindow.of_seconds(start * 60, end * 60)

    assert united([minutes(30, 40), minutes(0, 10), minutes(10, 20), minutes(5, 8)], minutes(2, 35)) == [
        minutes(2, 20),
        minutes(30, 35),
    ]


def test_somebody_is_found_in_any_letter_case_on_their_own_system_only(estate: Estate) -> None:
    person = estate.find("Anna.Schneider@Contoso.example")
    assert person is not None
    assert person.name == "Anna Schneider"
    assert estate.find(person.address, "google") is None
    with pytest.raises(KeyError):
        estate.expected("nobody@contoso.example", WEEK)
