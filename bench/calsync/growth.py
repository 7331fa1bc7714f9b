"""What a first sync takes, and one change after it, by the number of items: `python -m bench.calsync.growth`."""

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench.calsync.hubs import SETTINGS, contact
from calsync.engine.engine import Engine
from calsync.hubs import Hub
from calsync.items import Content
from calsync.ledger.ledger import Ledger
from calsync.plans.guards import GUARDS
from calsync.reports.report import HubReport
from calsync.rules import Kind
from protocols.model.event import Event
from service.state.database import Database
from tests.calsync.world.clock import Time
from tests.calsync.world.server import Server
from tests.calsync.world.spoke import MemorySpoke
from tests.calsync.world.world import rules
from tests.contracts.spoke_events import span

_BODY = "Agenda and notes. " * 20


def main(arguments: Sequence[str] | None = None) -> int:
    """0 always: the figures are to be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000, help="how many the first spoke has")
    parser.add_argument("--kind", choices=sorted(SETTINGS), default=Kind.CALENDAR.value, help="what the hub joins")
    given = parser.parse_args(arguments)
    asyncio.run(_measured(given.items, Kind(given.kind)))
    return 0


async def _measured(items: int, kind: Kind) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Database.open(f"sqlite:{Path(folder) / 'state.db'}") as database:
            clock = Time()
            servers = [Server(name=name, clock=clock.clock) for name in ("north", "south")]
            for number in range(items):
                servers[0].create(_entry(kind, number))
            before = _megabytes()
            engine = _engine(servers, Ledger(database, clock=clock.clock), clock, kind)
            began = time.monotonic()
            report = await engine.sync(allow=frozenset(GUARDS))
            took = time.monotonic() - began
            written = report.tally.written.total()
            print(f"{items} items: {written} copies in {took:.1f} s, {_megabytes() - before:.0f} MB more at most")
            servers[0].create(_entry(kind, items, " and one more"))
            await _change(engine, servers, clock)
            for number in range(3):
                servers[0].change("north-1", _entry(kind, items + 1, f" another time {number}"))
                await _change(engine, servers, clock)


def _entry(kind: Kind, number: int, words: str = "") -> Content:
    if kind is Kind.CONTACTS:
        return contact(number, words=words)
    when = span(1 + number % 28, number % 24, 30 + number % 60)
    return Event(when=when, subject=f"Appointment {number}{words}", location="Room", body=_BODY)


async def _change(engine: Engine, servers: list[Server], clock: Time) -> None:
    clock.now += timedelta(minutes=5)
    for server in servers:
        server.reads = server.writes = 0
    began = time.monotonic()
    report: HubReport = await engine.sync()
    took = 1000 * (time.monotonic() - began)
    reads, writes = sum(server.reads for server in servers), sum(server.writes for server in servers)
    print(f"one change: {report.tally.written.total()} written, {reads} reads, {writes} writes, {took:.0f} ms")


def _engine(servers: list[Server], ledger: Ledger, clock: Time, kind: Kind) -> Engine:
    given = rules()
    given = replace(given, kind=kind, spokes=given.spokes[:2])
    spokes = {server.name: MemorySpoke(server, batch=20, at_once=4) for server in servers}
    hub = Hub(rules=given, spokes=spokes, fingerprint="1")
    return Engine(hub, ledger, clock=clock.clock, sleep=clock.sleep, holder="here")


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
