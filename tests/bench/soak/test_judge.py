"""What is true, what is merely wrong, and what is falsely free are told apart."""

from datetime import UTC, date, datetime

import pytest

from bench.soak.judge import DIGITS, Judge, Verdict, painted, second
from protocols.model.intervals import BusyStatus
from protocols.model.window import TimeWindow
from simulation.living import LivingEstate, address

WINDOW = TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
ESTATE = LivingEstate(date(2026, 11, 22), people=5, period=10.0)
ANN, BOB = address(0, "contoso.example"), address(0, "northwind.example")
JUDGE = Judge(ESTATE, ttl=5.0, one_kind=frozenset({"northwind.example"}))


def truth(whom: str, version: int) -> bytes:
    return painted(WINDOW, [(low, high, DIGITS[status]) for low, high, status in ESTATE.blocks(whom, version)])


def verdict(view: bytes, *, whom: str = ANN, asked: float = 1003.0) -> Verdict:
    return JUDGE.verdict(whom, WINDOW, view, asked=asked, answered=asked + 1)


def test_the_truth_of_one_time_to_live_is_right() -> None:
    assert verdict(truth(ANN, 100)) is Verdict.RIGHT
    assert verdict(truth(ANN, 99)) is Verdict.RIGHT  # it stood there five seconds before
    assert verdict(truth(ANN, 99), asked=1006.0) is not Verdict.RIGHT
    assert verdict(truth(ANN, 101), asked=1009.5) is Verdict.RIGHT  # it came meanwhile


def test_an_empty_calendar_is_falsely_free() -> None:
    assert verdict(bytes(48), asked=1006.0) is Verdict.FALSELY_FREE
    assert verdict(b"", asked=1006.0) is Verdict.FALSELY_FREE


def test_more_than_the_truth_is_wrong() -> None:
    assert verdict(b"\x02" * 48) is Verdict.WRONG
    other = truth(ANN, 100).replace(bytes([2]), bytes([1])).replace(bytes([3]), bytes([1]))
    assert verdict(other, asked=1006.0) is Verdict.WRONG  # the time is right, its kind is not


def test_kinds_are_not_compared_where_there_is_one() -> None:
    view = truth(BOB, 100)
    assert verdict(view, whom=BOB) is Verdict.RIGHT
    assert verdict(bytes(2 if cell else 0 for cell in view), whom=BOB) is Verdict.RIGHT
    assert verdict(bytes(48), whom=BOB, asked=1006.0) is Verdict.FALSELY_FREE


def test_nobody_is_never_answered() -> None:
    assert verdict(bytes(48), whom="nobody00000@contoso.example") is Verdict.FALSELY_FREE
    assert verdict(b"\x02" * 48, whom="nobody00000@contoso.example") is Verdict.WRONG


def test_blocks_are_painted_and_cut() -> None:
    low, high = WINDOW.seconds
    assert painted(WINDOW, [(low - 1800, low + 1800, 2), (high - 1800, high + 3600, 3), (high, high + 1800, 1)]) == (
        b"\x02" + bytes(46) + b"\x03"
    )
    with pytest.raises(ValueError, match="which nobody has"):
        painted(WINDOW, [(low + 60, low + 1800, 2)])


def test_half_a_second_is_no_second() -> None:
    assert second(WINDOW.start) == WINDOW.seconds[0]
    with pytest.raises(ValueError, match="no whole second"):
        second(WINDOW.start.replace(microsecond=1))


def test_every_status_has_its_digit() -> None:
    assert set(DIGITS) == set(BusyStatus)
