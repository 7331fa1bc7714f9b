"""Builds who remembers the look-ups: the ledger, and the count of people for callers that have a limit."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from proxy.connector import Clock
from proxy.ledger.files import Files
from proxy.ledger.headcount import Headcount
from proxy.ledger.naming import naming
from proxy.ledger.witness import Witness
from proxy.ledger.writer import Writer
from proxy.settings import ProxySettings
from proxy.settings.ledger import LedgerSettings
from service.metrics import Metrics


async def witness(
    settings: ProxySettings, directory: Path, *, clock: Clock, metrics: Metrics, stack: AsyncExitStack
) -> Witness | None:
    """The witness of all callers, closed by ``stack``; None where there is nothing to remember.

    Raises SecretError, and OSError where the ledger's directory cannot be used.
    """
    limits = {caller.name: caller.people_per_hour for caller in settings.callers if caller.people_per_hour}
    writer = None
    if settings.ledger is not None:
        writer = await stack.enter_async_context(_writer(settings.ledger, directory, clock))
        _count_writing(writer, metrics)
    if writer is None and not limits:
        return None
    headcount = Headcount(limits, clock=clock)
    _count_people(headcount, limits, metrics)
    return Witness(headcount=headcount, writer=writer, clock=clock)


def _writer(settings: LedgerSettings, directory: Path, clock: Clock) -> Writer:
    files = Files(directory / settings.directory, rotate=settings.rotate, keep=settings.keep)
    return Writer(files, name=naming(settings, directory), clock=clock, required=settings.required)


def _count_writing(writer: Writer, metrics: Metrics) -> None:
    lost, waiting = "Requests that the ledger lost", "Requests that the ledger has not written yet"
    metrics.read("busyline_ledger_lost_total", lost, lambda: float(writer.lost))
    metrics.read("busyline_ledger_waiting", waiting, lambda: float(writer.waiting))


def _count_people(headcount: Headcount, limits: dict[str, int], metrics: Metrics) -> None:
    exceeded = "Hours in which a caller asked about more people than its people_per_hour"
    people = "Different people that a caller asked about in this hour, up to one over its limit"
    for caller in limits:
        labels = {"caller": caller}
        metrics.read(
            "busyline_people_limit_exceeded_total",
            exceeded,
            partial(_number, headcount.exceeded, caller),
            labels=labels,
        )
        metrics.read("busyline_people_asked", people, partial(_number, headcount.people, caller), labels=labels)


def _number(reading: Callable[[str], int], caller: str) -> float:
    return float(reading(caller))
