"""Checks whether there are as many workers as this machine has processors for, and the calendar systems calls; and
says who runs what they do not."""

import os
from collections.abc import Iterator
from typing import Final

from console.configuration import Configuration
from console.findings import Finding, note, warning
from proxy.settings.connectors import ConnectorSettings

_KEY: Final = "server.workers"


def processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_workers(configuration: Configuration, machine: int) -> Iterator[Finding]:
    """Whether workers are more than the processors of the machine, or than the calls that they are to share, and what
    does not run in them."""
    workers = configuration.server.workers
    if workers == 1:
        return
    if workers > machine:
        here = "1 processor" if machine == 1 else f"{machine} processors"
        yield warning(_KEY, f"{workers} share {here}: no more is answered, and more memory is taken", _write(machine))
    connectors = configuration.connectors
    few = {name: each.concurrency for name, each in connectors.items() if each.concurrency < workers}
    if few:
        which = ", ".join(f"{name} ({calls})" for name, calls in few.items())
        what = f"each makes one call at a time at least, {workers} together, and concurrency is smaller: {which}"
        larger = "or a larger concurrency where the other side allows it"
        yield warning(_KEY, what, f"{_write(min(few.values()))}, {larger}")
    for name, connector in connectors.items():
        yield from _budgets(f"connectors.{name}", connector, workers)
    yield from _beside(configuration)


def _beside(configuration: Configuration) -> Iterator[Finding]:
    """Workers serve the proxy alone: hubs and syncs run once, in processes of their own."""
    alone = {"galsync": configuration.scheduled, "calsync": configuration.hubs}
    if beside := [f"`busyline serve --only {part}`" for part, some in alone.items() if some]:
        what = "workers serve the proxy alone: nothing that has a schedule runs there, and no hub is told of changes"
        yield note(_KEY, what, f"keep {' and '.join(beside)} running beside them")


def _budgets(section: str, connector: ConnectorSettings, workers: int) -> Iterator[Finding]:
    for key, rates in (("budget", connector.rates), ("total_budget", connector.total_rates)):
        if rates and (calls := min(rate.calls for rate in rates)) < workers:
            what = f"of {calls} calls each worker has one at least, and {workers} workers pass that limit together"
            yield warning(f"{section}.{key}", what, f"{_write(calls)} in [server], or fewer")


def _write(workers: int) -> str:
    return f"write workers = {workers}"
