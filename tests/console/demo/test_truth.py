"""The truth as callers see it, system by system."""

from datetime import UTC, date, datetime

import pytest

from console.demo.truth import as_answer, expected, intervals_of, seen
from protocols.ews.tables import BUSY_TYPES
from protocols.model.freebusy import Detail, Unavailable
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.callers import Block, Seen
from simulation.estate import Estate
from simulation.people import Sharing

WINDOW = TimeWindow(datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))
ESTATE = Estate(date(2026, 11, 23))
ADDRESS = "renate.schaefer@fabrikam.example"


def at(hour: int) -> datetime:
    return datetime(2026, 11, 24, hour, tzinfo=UTC)


def test_google_knows_busy_alone() -> None:
    facts = expected(ESTATE, "jack.thompson@northwind.example", WINDOW, Detail.DETAILS)
    assert facts
    assert {(status, subject) for _, _, status, subject in facts} == {("Busy", "")}


def test_details_are_part_of_the_truth_where_they_may_be_seen() -> None:
    facts = expected(ESTATE, ADDRESS, WINDOW, Detail.DETAILS) or set()
    assert any(subject for *_, subject in facts)
    assert not any(subject for *_, subject in expected(ESTATE, ADDRESS, WINDOW, Detail.BUSY) or set())


def test_nobody_and_who_shares_nothing_are_nothing() -> None:
    hidden = next(p for p in ESTATE.people if p.sharing is Sharing.NOTHING)
    assert expected(ESTATE, "nobody@contoso.example", WINDOW, Detail.BUSY) is None
    assert expected(ESTATE, hidden.address, WINDOW, Detail.BUSY) is None


def test_what_was_seen_is_cut_to_the_window_and_free_is_left_out() -> None:
    long = Block(datetime(2026, 11, 23, tzinfo=UTC), at(9), "OOF")
    answer = Seen(ADDRESS, "NoError", (long, Block(at(10), at(11), "Free")))
    assert seen(answer, WINDOW) == {(WINDOW.start, at(9), "OOF", "")}
    assert seen(Seen(ADDRESS, "ErrorTimeoutExpired"), WINDOW) is None


def test_a_block_without_subject_is_private_to_whoever_may_see_details() -> None:
    answer = Seen(ADDRESS, "NoError", (Block(at(9), at(10), "Busy", "Budget", "Elbe"), Block(at(10), at(11), "Busy")))
    shown = [interval.details for interval in intervals_of(answer, Detail.DETAILS)]
    assert [(d.subject, d.location, d.private) for d in shown if d] == [("Budget", "Elbe", False), (None, None, True)]
    assert intervals_of(answer, Detail.BUSY)[1].details is None


def test_the_drawing_gets_no_data_as_no_data() -> None:
    assert isinstance(as_answer(Seen(ADDRESS, "ErrorServerBusy"), WINDOW, at(0), Detail.BUSY), Unavailable)


@pytest.mark.parametrize("status", BusyStatus)
def test_what_was_seen_is_told_in_the_words_of_the_wire(status: BusyStatus) -> None:
    answer = Seen(ADDRESS, "NoError", (Block(at(10), at(11), BUSY_TYPES[status]),))
    (interval,) = intervals_of(answer, Detail.BUSY)
    assert interval.status is status
    hidden = status in (BusyStatus.FREE, BusyStatus.WORKING_ELSEWHERE)
    assert seen(answer, WINDOW) == (set() if hidden else {(at(10), at(11), BUSY_TYPES[status], "")})
