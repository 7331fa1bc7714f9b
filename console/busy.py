"""Says who carries a sync or a hub out at this moment, and what whoever comes second can do."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from console.terminal import EndingError
from service.runs.holders import this_process
from service.runs.lease import BusyError, Lease
from service.runs.leases import Leases
from service.runs.states import RunState


class AnyRun(Protocol):
    """What every history knows of a run."""

    @property
    def number(self) -> int:
        """Its number."""
        ...

    @property
    def kind(self) -> Enum:
        """What it set out to do."""
        ...

    @property
    def state(self) -> RunState:
        """How it ended, if it did."""
        ...

    @property
    def begun_at(self) -> datetime:
        """When it began, UTC."""
        ...


class Ledger(Leases, Protocol):
    """A ledger that knows its runs."""

    async def runs(self, name: str, /, most: int = 50) -> Sequence[AnyRun]:
        """The history, newest first. Raises StateError."""
        ...


async def nobody_runs(ledger: Ledger, name: str, *, clock: Callable[[], datetime], length: timedelta) -> None:
    """Raises BusyError where a run of ``name`` goes on: what is planned meanwhile would be of yesterday once it ends,
    and a long reading would be for nothing. ``length`` is that of its leases."""
    lease = Lease(ledger, name, this_process(), clock=clock, length=length)
    await lease.take()
    await lease.give_back()


@asynccontextmanager
async def told_who_runs(ledger: Ledger, name: str, history: str) -> AsyncIterator[None]:
    """Raises EndingError in place of BusyError: who it is; ``history`` is the command that tells of its end."""
    try:
        yield
    except BusyError:
        raise EndingError(await who_runs(ledger, name, history)) from None


async def who_runs(ledger: Ledger, name: str, history: str) -> str:
    """Which run goes on, since when, by which process of which machine; raises StateError."""
    newest = next(iter(await ledger.runs(name, most=1)), None)
    what = _what(newest if newest and newest.state is RunState.BEGUN else None, name)
    where, process = _process(await ledger.holder(name) or "")
    end = f"end process {process} there with SIGTERM" if process else "end it there with SIGTERM"
    return (
        f"{what}{where}: nothing was done here. Wait for its end (`{history}` tells of it), or {end}:"
        " it stops after the calls under way, and the next run goes on from there"
    )


def _what(run: AnyRun | None, name: str) -> str:
    if run is None:
        return f"another run of {name} reads and plans"
    return f"{run.kind.value} {run.number} of {name} goes on since {run.begun_at:%Y-%m-%d %H:%M} UTC"


def _process(holder: str) -> tuple[str, str]:
    """Machine and process in a name of :func:`service.runs.holders.this_process`, as words and as a number."""
    host, dash, rest = holder.split(" ", maxsplit=1)[0].rpartition("-")[0].rpartition("-")
    return (f", by process {rest} of {host}", rest) if dash and rest.isdecimal() else ("", "")
