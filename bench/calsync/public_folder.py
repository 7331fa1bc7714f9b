"""What a run without changes costs over a public folder with many items: `python -m bench.calsync.public_folder`.

A public folder tells no changes by itself. Between two listings a run asks for what was changed since the last one seen
(one request, whatever stands there); now and then, at a rhythm that the settings give, all ids are listed, by which
deletions are found. Octets are those of the bodies, as they travel without compression.
"""

import argparse
import asyncio
import base64
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from bench.calsync.apart import Apart, answering, apart
from bench.calsync.hubs import NOW, appointment, engine, rules
from bench.calsync.processes import apart_from_here
from bench.calsync.ways import Counts, Faster, Way, exchange, wire
from bench.rows import Row
from calsync.engine.engine import Engine
from calsync.ledger.ledger import Ledger
from calsync.plans.guards import GUARDS
from calsync.rules import Gets
from calsync.spokes.exchange_calendar_asking import Exchange
from calsync.spokes.exchange_public_folder import ExchangePublicFolder, Route
from protocols.model.event import Event
from service.state.database import Database
from service.wire import Wire
from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange.calendar_folders import CalendarDesk
from tests.calsync.spokes.exchange_calendar_world import ANCHOR, ANNA, CONTENT, PATH, SVC, TREE, Outlook

ITEMS: Final = 10_000
EVERY: Final = timedelta(hours=1)
NAMES: Final = (
    "hub_public_folder_requests",
    "hub_public_folder_kb",
    "hub_public_folder_listing_requests",
    "hub_public_folder_listing_kb",
)
_FOLDER: Final = "folder"
_BETWEEN: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One run: requests by their operation, octets that went and came, and the seconds that it took."""

    requests: dict[str, int]
    sent: int
    got: int
    seconds: float

    @property
    def asked(self) -> int:
        """All requests."""
        return sum(self.requests.values())

    @property
    def kilobytes(self) -> float:
        """Both ways."""
        return round((self.sent + self.got) / 1000, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The ``first`` run, which reads everything, one ``between`` two listings, and one that is ``listing``. ``words``
    say what went wrong, "" for nothing."""

    items: int
    first: Cost
    between: Cost
    listing: Cost
    words: str


@dataclass(slots=True)
class Forward:
    """Ours, and ``passed`` by which it was set forward."""

    passed: timedelta = timedelta()
    right: Faster = field(default_factory=lambda: Faster(NOW, 1.0))

    def clock(self) -> datetime:
        """What it shows."""
        return self.right.clock() + self.passed

    async def sleep(self, seconds: float) -> None:
        """So long."""
        await self.right.sleep(seconds)


class Ground:
    """Answers what :class:`Apart` asks."""

    def __init__(self, desk: CalendarDesk) -> None:
        self._desk = desk

    async def fill(self, events: Sequence[Event]) -> None:
        """People enter all of them, one every five minutes until now."""
        user = Outlook(self._desk, self._desk.public_folder(PATH))
        for left, event in zip(range(len(events), 0, -1), events, strict=True):
            moment = NOW - left * _BETWEEN
            self._desk.clock = lambda moment=moment: moment  # type: ignore[misc]
            await user.create(event)


async def measured(folder: Path, items: int) -> Measured:
    """The figures of a hub that reads the folder and writes nowhere."""
    clock, counts = Forward(), Counts()
    with apart(_serve) as there:
        await there.ask("fill", [appointment(number) for number in range(items)])
        async with wire() as way, Database.open(f"sqlite:{folder / 'state.db'}") as database:
            hub = _hub(there, way, counts, clock, Ledger(database, clock=clock.clock))
            first, said = await _cost(hub, counts)
            known = await Ledger(database, clock=clock.clock).count(hub.hub.name, _FOLDER)
            clock.passed += EVERY / 4
            between, more = await _cost(hub, counts)
            clock.passed += EVERY
            listing, last = await _cost(hub, counts)
    words = said or more or last or ("" if known == items else f"{known} of {items} items were read")
    return Measured(items=items, first=first, between=between, listing=listing, words=words)


def _hub(there: Apart, way: Wire, counts: Counts, clock: Forward, ledger: Ledger) -> Engine:
    secret = base64.b64encode(f"{SVC.username}:{SVC.password}".encode()).decode()
    ask = Way(wire=way, authorization=f"Basic {secret}", named=exchange, counts=counts)
    asked = Exchange(
        send=ask.send,
        url=there.told,
        mailbox=SVC.username,
        impersonates=False,
        clock=clock.clock,
        sleep=asyncio.sleep,
        chance=lambda: 0.5,
    )
    route = Route(path=PATH, hierarchy_mailbox=TREE, content_mailbox=CONTENT)
    spoke = ExchangePublicFolder(_FOLDER, asked, route=route, deletions_every=EVERY)
    return engine(rules((_FOLDER,), gets={_FOLDER: Gets()}), {_FOLDER: spoke}, ledger, clock)


async def _cost(hub: Engine, counts: Counts) -> tuple[Cost, str]:
    counts.clear()
    began = time.perf_counter()
    report = await hub.sync(allow=frozenset(GUARDS))
    seconds = time.perf_counter() - began
    cost = Cost(requests=dict(counts.requests), sent=counts.sent, got=counts.got, seconds=seconds)
    return cost, report.words


async def _serve(pipe: Connection) -> None:
    desk = CalendarDesk([ANNA.username], impersonators=[SVC.username], clock=lambda: NOW)
    desk.public.tree, desk.public.anchor = TREE, ANCHOR
    desk.public_folder(PATH, content=CONTENT)
    async with ExchangeServer(Estate(NOW.date()), accounts=(ANNA, SVC), calendars=desk) as server:
        await answering(pipe, Ground(desk), server.ews_url)


async def rows(folder: Path, *, items: int = ITEMS) -> list[Row]:
    """The figures of a process of its own. Raises RuntimeError where something was wrong."""
    told = await apart_from_here(folder, __name__, "--items", str(items))
    costs = {name: Cost(**told[name]) for name in ("first", "between", "listing")}
    found = Measured(items=told["items"], words=told["words"], **costs)
    if found.words:
        raise RuntimeError(found.words)
    between, listing = found.between, found.listing
    note = f"a run without changes between two listings, {items:,} items; {between.seconds:.2f} s"
    listed = f"a run that lists all ids, {items:,} items; {listing.seconds:.2f} s"
    return [
        Row(name=NAMES[0], value=between.asked, unit="requests", at_most=1, note=note),
        Row(name=NAMES[1], value=between.kilobytes, unit="kB", at_most=10, note=note),
        Row(name=NAMES[2], value=listing.asked, unit="requests", note=listed),
        Row(name=NAMES[3], value=listing.kilobytes, unit="kB", note=listed),
    ]


def told(found: Measured) -> list[str]:
    """The figures in words."""
    costs = {"read first": found.first, "without changes": found.between, "with a listing": found.listing}
    lines = [
        f"{name}: {cost.asked} requests ({', '.join(f'{many} {each}' for each, many in cost.requests.items())}),"
        f" {cost.kilobytes} kB, {cost.seconds:.2f} s"
        for name, cost in costs.items()
    ]
    return [f"{found.items} items in a public folder", *lines, found.words or "all went well"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=ITEMS, help=f"how many there are (default {ITEMS})")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), given.items))
    print(json.dumps(asdict(found)) if given.json else "\n".join(told(found)))
    return 1 if found.words and not given.json else 0


if __name__ == "__main__":
    sys.exit(main())
