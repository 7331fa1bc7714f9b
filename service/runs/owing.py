"""What a history tells whoever starts runs: whether one is owed since the process before, and when all was well."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from service.runs.states import RunState

_UNTRIED: Final = "untried"
"""In the figures of a run: steps that were left when it was told to end (Tally.figures)."""


class Past(Protocol):
    """A run of any history."""

    @property
    def state(self) -> RunState:
        """How it ended, if it did."""
        ...

    @property
    def begun_at(self) -> datetime:
        """When it began."""
        ...

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, if it did."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """Its figures."""
        ...


class History(Protocol):
    """A ledger, as far as it is asked here."""

    async def runs(self, name: str, /, most: int) -> Sequence[Past]:
        """Newest first."""
        ...

    async def paused(self, name: str, /) -> str:
        """Why, "" where it is not."""
        ...


async def owed(history: History, name: str, due: datetime) -> bool:
    """Whether the run of ``due`` did not take place, or the newest not to its end.

    What never ran owes nothing: its first plan is for somebody to look at, or for its first time. Nor does what is
    paused, or what a guard stopped. Raises StateError.
    """
    newest = next(iter(await history.runs(name, most=1)), None)
    if newest is None or await history.paused(name):
        return False
    return newest.begun_at < due or _cut_off(newest)


def last_well(runs: Sequence[Past]) -> datetime | None:
    """When the newest of ``runs`` (newest first) that ended well did so, else when the oldest began; None of none."""
    ended = (run.ended_at for run in runs if run.state is RunState.DONE and run.ended_at)
    return next(ended, runs[-1].begun_at if runs else None)


def _cut_off(run: Past) -> bool:
    """It was killed (or goes on elsewhere, which the lease will tell), or ended with its process."""
    return run.state is RunState.BEGUN or (run.state is RunState.STOPPED and run.counts.get(_UNTRIED, 0) > 0)
