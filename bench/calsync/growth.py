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

from calsync.engine.engine import Engine
from calsync.hubs import Hub
from calsync.ledger.ledger import Ledger
from calsync.plans.guards import GUARDS
from calsync.reports.report import HubReport
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
    parser.add_argument("--items", type=int, default=10_000, help="how many appointments the first calendar has")
    given = parser.parse_args(arguments)
    asyncio.run(_measured(given.items))
    return 0


async def _measured(items: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Database.open(f"sqlite:{Path(folder) / 'state.db'}") as database:
            clock = Time()
            servers = [Server(name=name, clock=clock.clock) for name in ("north", "south")]
            for number in range(items):
                when = span(1 + number % 28, number % 24, 30 + number % 60)
                servers[0].create(Event(when=when, subject=f"Appointment {number}", location="Room", body=_BODY))
            before = _megabytes()
            engine = _engine(servers, Ledger(database, clock=clock.clock), clock)
            began = time.monotonic()
            report = await engine.sync(allow=frozenset(GUARDS))
            took = time.monotonic() - began
            written = report.tally.written.total()
            print(f"{items} items: {written} copies in {took:.1f} s, {_megabytes() - before:.0f} MB more at most")
            servers[0].create(Event(when=span(9, 9), subject="One more"))
            await _change(engine, servers, clock)
            for number in range(3):
                servers[0].change("north-1", Event(when=span(9, 9), subject=f"Another one {number}"))
                await _change(engine, servers, clock)


async def _change(engine: Engine, servers: list[Server], clock: Time) -> None:
    clock.now += timedelta(minutes=5)
    for server in servers:
        server.reads = server.writes = 0
    began = time.monotonic()
    report: HubReport = await engine.sync()
    took = 1000 * (time.monotonic() - began)
    reads, writes = sum(server.reads for server in servers), sum(server.writes for server in servers)
    print(f"one change: {report.tally.written.total()} written, {reads} reads, {writes} writes, {took:.0f} ms")


def _engine(servers: list[Server], ledger: Ledger, clock: Time) -> Engine:
    given = rules()
    given = replace(given, spokes=given.spokes[:2])
    spokes = {server.name: MemorySpoke(server, batch=20, at_once=4) for server in servers}
    hub = Hub(rules=given, spokes=spokes, fingerprint="1")
    return Engine(hub, ledger, clock=clock.clock, sleep=clock.sleep, holder="here")


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
