"""Each caller has its own rate, and waits no longer than it takes to come down to it."""

import pytest

from proxy.admission import Admission


class _Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_the_rate() -> None:
    time = _Time()
    admission = Admission({"a": 10.0}, clock=time)
    assert [admission.wait("a") for _ in range(41)] == [0.0] * 40 + [pytest.approx(0.1)]
    for _ in range(5):
        time.now += 0.1001
        assert admission.wait("a") == 0
        assert admission.wait("a") > 0


def test_who_was_quiet_has_a_burst_again_and_not_more() -> None:
    time = _Time()
    admission = Admission({"a": 10.0}, clock=time)
    for later in (0.0, 3_600.0):
        time.now = later
        assert [admission.wait("a") for _ in range(60)].count(0) == 40


def test_asking_too_early_costs_nothing() -> None:
    time = _Time()
    admission = Admission({"a": 1.0}, clock=time)
    for _ in range(1_000):
        admission.wait("a")
    time.now = 1.0
    assert admission.wait("a") == 0


def test_nobody_pays_for_another() -> None:
    admission = Admission({"a": 1.0, "b": 1.0}, clock=_Time())
    for _ in range(100):
        admission.wait("a")
    assert admission.wait("b") == 0
    assert admission.wait("unknown") == 0


def test_a_rate_of_less_than_one_lets_one_request_through() -> None:
    time = _Time()
    admission = Admission({"a": 0.1}, clock=time)
    assert admission.wait("a") == 0
    assert admission.wait("a") == pytest.approx(10)
    time.now = 10.0
    assert admission.wait("a") == 0
