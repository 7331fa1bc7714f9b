"""Tests of proxy/layers/breaker.py."""

from datetime import datetime, timedelta

import pytest

from protocols.model.freebusy import Reason
from proxy.layers.breaker import PEER_IS_DOWN, Breaker
from tests.contracts.virtual import START


class _Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def _open(clock: _Clock) -> Breaker:
    breaker = Breaker(clock=clock, failures=3, pause=timedelta(seconds=10))
    for _ in range(3):
        assert breaker.admit() is None
        breaker.note(Reason.TIMEOUT)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row_and_tells_the_last_reason() -> None:
    breaker = _open(_Clock())
    assert breaker.is_open
    assert breaker.refuses() is Reason.TIMEOUT
    assert breaker.admit() is Reason.TIMEOUT


def test_an_answer_between_starts_the_count_anew() -> None:
    breaker = Breaker(clock=_Clock(), failures=2)
    for outcome in (Reason.TIMEOUT, None, Reason.TIMEOUT, None, Reason.TIMEOUT):
        assert breaker.admit() is None
        breaker.note(outcome)
    assert not breaker.is_open


@pytest.mark.parametrize("reason", [Reason.GARBLED, Reason.PEER_FAILED, Reason.NO_SUCH_MAILBOX, Reason.THROTTLED])
def test_a_peer_that_answers_nonsense_is_not_down(reason: Reason) -> None:
    breaker = Breaker(clock=_Clock(), failures=1)
    breaker.note(reason)
    assert breaker.admit() is None


@pytest.mark.parametrize("reason", Reason)
def test_only_a_peer_that_is_down_counts(reason: Reason) -> None:
    breaker = Breaker(clock=_Clock(), failures=1)
    breaker.note(reason)
    assert breaker.is_open == (reason in PEER_IS_DOWN)


def test_zero_never_opens() -> None:
    breaker = Breaker(clock=_Clock(), failures=0)
    for _ in range(100):
        breaker.note(Reason.TIMEOUT)
    assert breaker.refuses() is None


def test_after_the_pause_one_call_probes() -> None:
    clock = _Clock()
    breaker = _open(clock)
    clock.wait(9.9)
    assert breaker.admit() is Reason.TIMEOUT
    clock.wait(0.1)
    assert breaker.refuses() is None
    assert breaker.admit() is None
    assert breaker.admit() is Reason.TIMEOUT


@pytest.mark.parametrize("outcome", [None, Reason.PEER_FAILED, Reason.GARBLED, Reason.THROTTLED])
def test_a_probe_that_is_answered_closes(outcome: Reason | None) -> None:
    clock = _Clock()
    breaker = _open(clock)
    clock.wait(10)
    breaker.admit()
    breaker.note(outcome)
    assert not breaker.is_open
    assert [breaker.admit(), breaker.admit()] == [None, None]


def test_a_probe_that_fails_opens_for_another_pause() -> None:
    clock = _Clock()
    breaker = _open(clock)
    clock.wait(10)
    breaker.admit()
    breaker.note(Reason.UNREACHABLE)
    clock.wait(9)
    assert breaker.refuses() is Reason.UNREACHABLE
    clock.wait(1)
    assert breaker.refuses() is None


def test_a_probe_that_is_called_off_lets_the_next_one_probe() -> None:
    clock = _Clock()
    breaker = _open(clock)
    clock.wait(10)
    breaker.admit()
    breaker.give_up()
    assert breaker.is_open
    assert breaker.admit() is None


def test_a_clock_set_back_does_not_keep_it_open_for_long() -> None:
    clock = _Clock()
    breaker = _open(clock)
    clock.wait(-3600)
    assert breaker.refuses() is None


def test_it_tells_how_long_nobody_is_let_through() -> None:
    clock = _Clock()
    assert Breaker(clock=clock).left() == timedelta()
    breaker = _open(clock)
    clock.wait(4)
    assert breaker.left() == timedelta(seconds=6)
    clock.wait(6)
    assert breaker.left() == timedelta()
    assert breaker.admit() is None
    assert breaker.left() > timedelta()
    breaker.note(None)
    assert breaker.left() == timedelta()


def test_a_call_from_before_that_fails_later_adds_nothing_to_the_pause() -> None:
    clock = _Clock()
    breaker = Breaker(clock=clock, failures=1, pause=timedelta(seconds=10))
    before = breaker.era
    breaker.note(Reason.TIMEOUT)
    clock.wait(8)
    breaker.note(Reason.TIMEOUT, before)
    clock.wait(2)
    assert breaker.admit() is None


@pytest.mark.parametrize("outcome", [Reason.TIMEOUT, Reason.UNREACHABLE, "called off"])
def test_a_call_from_before_says_nothing_of_the_probe(outcome: Reason | str) -> None:
    clock = _Clock()
    breaker = Breaker(clock=clock, failures=1, pause=timedelta(seconds=10))
    before = breaker.era
    breaker.note(Reason.TIMEOUT)
    clock.wait(10)
    assert breaker.admit() is None
    if isinstance(outcome, Reason):
        breaker.note(outcome, before)
    else:
        breaker.give_up(before)
    assert breaker.admit() is Reason.TIMEOUT


def test_a_call_from_before_that_fails_once_the_peer_is_back_is_no_news() -> None:
    clock = _Clock()
    breaker = Breaker(clock=clock, failures=1, pause=timedelta(seconds=10))
    before = breaker.era
    breaker.note(Reason.TIMEOUT)
    clock.wait(10)
    breaker.admit()
    breaker.note(None, breaker.era)
    breaker.note(Reason.TIMEOUT, before)
    assert not breaker.is_open


def test_a_call_from_before_that_is_answered_closes() -> None:
    breaker = Breaker(clock=_Clock(), failures=1)
    before = breaker.era
    breaker.note(Reason.TIMEOUT)
    breaker.note(None, before)
    assert not breaker.is_open


def test_the_next_probe_goes_out_a_pause_after_the_one_before_however_long_that_takes() -> None:
    """The peer may be back the moment after a probe went out that hangs: the others do not wait for its end."""
    clock = _Clock()
    breaker = _open(clock)
    clock.wait(10)
    assert breaker.admit() is None
    first = breaker.era
    clock.wait(9)
    assert breaker.admit() is Reason.TIMEOUT
    clock.wait(1)
    assert breaker.left() == timedelta()
    assert breaker.admit() is None
    assert breaker.admit() is Reason.TIMEOUT
    clock.wait(4)
    breaker.note(Reason.TIMEOUT, first)
    clock.wait(5)
    assert breaker.admit() is Reason.TIMEOUT
    clock.wait(1)
    assert breaker.admit() is None


def test_nobody_is_held_back_for_longer_than_the_peer_is_to_be_left_alone() -> None:
    clock = _Clock()
    breaker = Breaker(clock=clock, failures=1, pause=timedelta(seconds=10))
    breaker.note(Reason.UNAUTHORIZED, again=timedelta(seconds=3))
    assert breaker.left() == timedelta(seconds=3)
    clock.wait(3)
    assert breaker.admit() is None
    breaker.note(Reason.UNAUTHORIZED, again=timedelta(minutes=8))
    assert breaker.left() == timedelta(seconds=10)


def test_a_peer_that_is_down_is_not_asked_at_once_whatever_it_says() -> None:
    breaker = Breaker(clock=_Clock(), failures=1, pause=timedelta(seconds=10))
    breaker.note(Reason.UNREACHABLE, again=timedelta())
    assert breaker.left() == timedelta(seconds=1)


def test_what_began_before_the_peer_last_answered_is_no_news_where_it_fails() -> None:
    breaker = Breaker(clock=_Clock(), failures=2)
    before = breaker.era
    breaker.note(None, breaker.era)
    since = breaker.era
    for era in (before, before, since, before):
        breaker.note(Reason.TIMEOUT, era)
    assert not breaker.is_open
    breaker.note(Reason.TIMEOUT, since)
    assert breaker.is_open
