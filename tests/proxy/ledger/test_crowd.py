"""Tests of proxy/ledger/crowd.py."""

from datetime import timedelta

from structlog.testing import capture_logs

from proxy.ledger.crowd import Crowd
from tests.proxy.ledger.entries import NOW


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> object:
        """The time now."""
        return self.now


def people(first: int, last: int) -> list[str]:
    """So many addresses."""
    return [f"p{number}@b.example" for number in range(first, last)]


def test_one_over_the_limit_is_told_once_an_hour() -> None:
    clock = Hands()
    crowd = Crowd({"x": 10, "y": 10}, clock=clock)  # type: ignore[arg-type]
    with capture_logs() as logs:
        crowd.asked("x", people(0, 10))
        crowd.asked("x", people(0, 10))
        assert (crowd.exceeded("x"), crowd.people("x")) == (0, 10)
        crowd.asked("x", people(10, 11))
        crowd.asked("x", people(11, 500))
        assert (crowd.exceeded("x"), crowd.people("x")) == (1, 11)
        clock.now += timedelta(hours=1)
        assert crowd.people("x") == 0
        crowd.asked("x", people(0, 5))
        assert (crowd.exceeded("x"), crowd.people("x")) == (1, 5)
        crowd.asked("x", people(0, 400))
    assert (crowd.exceeded("x"), crowd.exceeded("y")) == (2, 0)
    assert [(line["event"], line["caller"], line["limit"]) for line in logs] == [("people_limit_exceeded", "x", 10)] * 2
    assert "b.example" not in str(logs)


def test_callers_without_a_limit_are_not_counted() -> None:
    crowd = Crowd({"x": 1}, clock=lambda: NOW)
    crowd.asked("z", people(0, 100))
    assert crowd.people("x") == 0


def test_no_more_is_kept_than_the_limit_wants_and_no_address() -> None:
    crowd = Crowd({"x": 100}, clock=lambda: NOW)
    crowd.asked("x", people(0, 100_000))
    kept = crowd._hours["x"].people
    assert len(kept) == 101
    assert {len(digest) for digest in kept} == {8}
    other = Crowd({"x": 100}, clock=lambda: NOW)
    other.asked("x", people(0, 100))
    assert not kept & other._hours["x"].people, "each process has a key of its own"
