"""Says who carries a sync out at this moment, and what whoever comes second can do."""

from collections.abc import Callable
from datetime import datetime

from galsync.engine.holders import this_process
from galsync.engine.lease import Lease
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Run, RunState
from galsync.syncs import Sync


async def nobody_runs(ledger: Ledger, sync: Sync, *, clock: Callable[[], datetime]) -> None:
    """Raises BusyError where a run of ``sync`` goes on: what is planned meanwhile would be of yesterday once it ends,
    and a long reading would be for nothing."""
    lease = Lease(ledger, sync.name, this_process(), clock=clock, length=sync.lease)
    await lease.take()
    await lease.give_back()


async def who_runs(ledger: Ledger, sync: str) -> str:
    """Which run goes on, since when, by which process of which machine; raises StateError."""
    newest = next(iter(await ledger.runs(sync, most=1)), None)
    what = _what(newest if newest and newest.state is RunState.BEGUN else None, sync)
    where, process = _process(await ledger.holder(sync) or "")
    end = f"end process {process} there with SIGTERM" if process else "end it there with SIGTERM"
    return (
        f"{what}{where}: nothing was done here. Wait for its end (`busyline gal history {sync}` tells of it), or {end}:"
        " it stops after the calls under way, and the next run goes on from there"
    )


def _what(run: Run | None, sync: str) -> str:
    if run is None:
        return f"another run of {sync} reads and plans"
    return f"{run.kind.value} {run.number} of {sync} goes on since {run.begun_at:%Y-%m-%d %H:%M} UTC"


def _process(holder: str) -> tuple[str, str]:
    """Machine and process in a name of :func:`galsync.engine.holders.this_process`, as words and as a number."""
    host, dash, rest = holder.split(" ", maxsplit=1)[0].rpartition("-")[0].rpartition("-")
    return (f", by process {rest} of {host}", rest) if dash and rest.isdecimal() else ("", "")
