"""Tests of proxy/layers/steps.py: a clock that is set is noticed, one that drifts is not."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from proxy.layers.steps import Steps
from tests.contracts.virtual import START


@dataclass
class _Machine:
    """Its clock runs fast by ``drift`` of the time that passes, and is set by ``set``."""

    drift: float = 0.0
    passed: float = 1000.0
    was_set: float = 0.0
    forgotten: list[float] = field(default_factory=list)

    def steps(self) -> Steps:
        return Steps(self.now, forget=lambda: self.forgotten.append(self.passed), wall=self.wall, steady=self.steady)

    def wall(self) -> float:
        return 5e8 + self.passed * (1 + self.drift) + self.was_set

    def steady(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return START + timedelta(seconds=self.wall() - 5e8)


@pytest.mark.parametrize("by", [-86_400.0, -30.0, -0.6, 0.6, 30.0, 86_400.0])
def test_a_clock_that_was_set_is_noticed_once(by: float) -> None:
    machine = _Machine()
    clock = machine.steps()
    assert clock() == machine.now()
    machine.passed, machine.was_set = 1010.0, by
    assert [clock(), clock()] == [machine.now()] * 2
    machine.passed = 1020.0
    clock()
    assert machine.forgotten == [1010.0]


@pytest.mark.parametrize("drift", [5e-4, -5e-4, 0.0])
def test_a_clock_that_drifts_is_not(drift: float) -> None:
    machine = _Machine(drift=drift)
    clock = machine.steps()
    for _ in range(100):
        machine.passed += 900
        clock()
    assert machine.forgotten == []


def test_it_is_noticed_after_a_drift_too() -> None:
    machine = _Machine(drift=5e-4)
    clock = machine.steps()
    for _ in range(100):
        machine.passed += 100
        clock()
    machine.was_set = -30
    clock()
    assert machine.forgotten == [machine.passed]
