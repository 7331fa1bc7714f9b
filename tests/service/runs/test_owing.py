"""Tests of service/runs/owing.py: which runs are owed after a restart, and when all was well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from service.runs.owing import last_well, owed
from service.runs.states import RunState
from tests.service.runs.kept import NOON

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Ran:
    """A run of an hour."""

    state: RunState
    begun_at: datetime = NOON
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def ended_at(self) -> datetime | None:
        """An hour later, if it ended."""
        return None if self.state is RunState.BEGUN else self.begun_at + HOUR


@dataclass(frozen=True)
class Remembered:
    """A history, newest first."""

    newest: Sequence[Ran] = ()
    why: str = ""

    async def runs(self, name: str, /, most: int) -> Sequence[Ran]:
        return self.newest[:most]

    async def paused(self, name: str, /) -> str:
        return self.why


@pytest.mark.parametrize(
    ("history", "due", "expected"),
    [
        (Remembered(), NOON, False),
        *((Remembered([Ran(state)]), NOON, False) for state in RunState if state is not RunState.BEGUN),
        *((Remembered([Ran(state)]), NOON + HOUR, True) for state in RunState),
        (Remembered([Ran(RunState.BEGUN)]), NOON - HOUR, True),
        (Remembered([Ran(RunState.STOPPED, counts={"untried": 3})]), NOON - HOUR, True),
        (Remembered([Ran(RunState.BEGUN)], why="a move goes on"), NOON + HOUR, False),
    ],
)
async def test_what_is_owed(history: Remembered, due: datetime, expected: bool) -> None:
    assert await owed(history, "staff", due) is expected


def test_the_last_that_ended_well() -> None:
    failed, done = Ran(RunState.FAILED, NOON + 2 * HOUR), Ran(RunState.DONE, NOON - HOUR)
    assert last_well([failed, done]) == NOON
    assert last_well([failed, Ran(RunState.BEGUN)]) == NOON, "never well, and first tried then"
    assert last_well([]) is None
