"""What a run without changes costs over a public folder with many items: `python -m bench.calsync.public_folder`.

A public folder tells no changes by itself. Between two listings a run asks for what was changed since the last one seen
(one request, whatever stands there); now and then, at a rhythm that the settings give, all ids are listed, by which
deletions are found. Octets are those of the bodies, as they travel without compression. With `--kind contacts` it is a
folder of contacts.
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
from typing import Any, Final

from bench.calsync.apart import Apart, answering, apart
from bench.calsync.hubs import CALENDARS, NOW, SETTINGS, Setting, engine, rules
from bench.calsync.processes import apart_from_here
from bench.calsync.ways import Counts, Faster, Way, exchange, wire
from bench.rows import Row
from calsync.engine.engine import Engine
from calsync.ledger.ledger import Ledger
from calsync.plans.guards import GUARDS
from calsync.rules import Gets, Kind
from calsync.spoke import Spoke
from calsync.spokes.exchange_calendar_asking import Exchange
from calsync.spokes.exchange_contacts import ExchangePublicContacts
from calsync.spokes.exchange_public_folder import ExchangePublicFolder, Route
from service.state.database import Database
from service.wire import Wire
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.calendar_folders import CalendarDesk
from simulation.exchange.contact_mailboxes import ContactsDesk
from tests.calsync.spokes.exchange_calendar_world import ANCHOR, ANNA, CONTENT, PATH, SVC, TREE, Outlook
from tests.calsync.spokes.test_exchange_contacts import Owner
from tests.galsync.sides.exchange_world import WRITER

ITEMS: Final = 10_000
EVERY: Final = timedelta(hours=1)
_FIGURES: Final = ("requests", "kb", "listing_requests", "listing_kb")
NAMES: Final = tuple(f"hub_public_folder_{each}" for each in _FIGURES)
CONTACT_NAMES: Final = tuple(f"hub_contacts_public_folder_{each}" for each in _FIGURES)
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
    """Answers what :class:`Apart` asks. ``user`` works in the folder of ``desk``."""

    def __init__(self, desk: CalendarDesk | ContactsDesk, user: Outlook | Owner) -> None:
        self._desk, self._user = desk, user

    async def fill(self, contents: Sequence[Any]) -> None:
        """People enter all of them, one every five minutes until now."""
        for left, content in zip(range(len(contents), 0, -1), contents, strict=True):
            moment = NOW - left * _BETWEEN
            self._desk.clock = lambda moment=moment: moment  # type: ignore[misc]
            await self._user.create(content)


async def measured(folder: Path, items: int, *, setting: Setting = CALENDARS) -> Measured:
    """The figures of a hub that reads the folder and writes nowhere."""
    clock, counts = Forward(), Counts()
    with apart(_SERVED[setting.kind]) as there:
        await there.ask("fill", [setting.entry(number) for number in range(items)])
        async with wire() as way, Database.open(f"sqlite:{folder / 'state.db'}") as database:
            spoke = _SPOKES[setting.kind](there, way, counts, clock)
            made = rules((_FOLDER,), gets={_FOLDER: Gets()}, kind=setting.kind)
            hub = engine(made, {_FOLDER: spoke}, Ledger(database, clock=clock.clock), clock)
            first, said = await _cost(hub, counts)
            known = await Ledger(database, clock=clock.clock).count(hub.hub.name, _FOLDER)
            clock.passed += EVERY / 4
            between, more = await _cost(hub, counts)
            clock.passed += EVERY
            listing, last = await _cost(hub, counts)
    words = said or more or last or ("" if known == items else f"{known} of {items} items were read")
    return Measured(items=items, first=first, between=between, listing=listing, words=words)


def _appointments(there: Apart, way: Wire, counts: Counts, clock: Forward) -> Spoke:
    route = Route(path=PATH, hierarchy_mailbox=TREE, content_mailbox=CONTENT)
    return ExchangePublicFolder(
        _FOLDER, _asked(there, way, counts, clock, SVC), route=route, deletions_every=EVERY
    )  # fmt: skip


def _contacts(there: Apart, way: Wire, counts: Counts, clock: Forward) -> Spoke:
    route = Route(path="/Shared/Customers")
    return ExchangePublicContacts(
        _FOLDER, _asked(there, way, counts, clock, WRITER), route=route, deletions_every=EVERY
    )  # fmt: skip


def _asked(there: Apart, way: Wire, counts: Counts, clock: Forward, account: Account) -> Exchange:
    secret = base64.b64encode(f"{account.username}:{account.password}".encode()).decode()
    ask = Way(wire=way, authorization=f"Basic {secret}", named=exchange, counts=counts)
    return Exchange(
        send=ask.send,
        url=there.told,
        mailbox=account.username,
        impersonates=False,
        clock=clock.clock,
        sleep=asyncio.sleep,
        chance=lambda: 0.5,
    )


async def _cost(hub: Engine, counts: Counts) -> tuple[Cost, str]:
    counts.clear()
    began = time.perf_counter()
    report = await hub.sync(allow=frozenset(GUARDS))
    seconds = time.perf_counter() - began
    cost = Cost(requests=dict(counts.requests), sent=counts.sent, got=counts.got, seconds=seconds)
    return cost, report.words


async def _serve_appointments(pipe: Connection) -> None:
    desk = CalendarDesk([ANNA.username], impersonators=[SVC.username], clock=lambda: NOW)
    desk.public.tree, desk.public.anchor = TREE, ANCHOR
    folder = desk.public_folder(PATH, content=CONTENT)
    async with ExchangeServer(Estate(NOW.date()), accounts=(ANNA, SVC), calendars=desk) as server:
        await answering(pipe, Ground(desk, Outlook(desk, folder)), server.ews_url)


async def _serve_contacts(pipe: Connection) -> None:
    desk = ContactsDesk([ANNA.username], impersonators=[WRITER.username])
    shared = desk.new_folder(desk.public, "public-folders/root", "Shared")
    owner = Owner(desk, desk.new_folder(desk.public, shared.key, "Customers"))
    async with ExchangeServer(Estate(NOW.date()), accounts=(ANNA, WRITER), contacts=desk) as server:
        await answering(pipe, Ground(desk, owner), server.ews_url)


_SERVED: Final = {Kind.CALENDAR: _serve_appointments, Kind.CONTACTS: _serve_contacts}
_SPOKES: Final = {Kind.CALENDAR: _appointments, Kind.CONTACTS: _contacts}


async def rows(folder: Path, *, items: int = ITEMS, setting: Setting = CALENDARS) -> list[Row]:
    """The figures of a process of its own. Raises RuntimeError where something was wrong."""
    told = await apart_from_here(folder, __name__, "--items", str(items), "--kind", setting.kind.value)
    costs = {name: Cost(**told[name]) for name in ("first", "between", "listing")}
    found = Measured(items=told["items"], words=told["words"], **costs)
    if found.words:
        raise RuntimeError(found.words)
    names = CONTACT_NAMES if setting.kind is Kind.CONTACTS else NAMES
    between, listing = found.between, found.listing
    note = f"a run without changes between two listings, {items:,} items; {between.seconds:.2f} s"
    listed = f"a run that lists all ids, {items:,} items; {listing.seconds:.2f} s"
    return [
        Row(name=names[0], value=between.asked, unit="requests", at_most=1, note=note),
        Row(name=names[1], value=between.kilobytes, unit="kB", at_most=10, note=note),
        Row(name=names[2], value=listing.asked, unit="requests", note=listed),
        Row(name=names[3], value=listing.kilobytes, unit="kB", note=listed),
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
    parser.add_argument("--kind", choices=sorted(SETTINGS), default=CALENDARS.kind.value, help="what it holds")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), given.items, setting=SETTINGS[given.kind]))
    print(json.dumps(asdict(found)) if given.json else "\n".join(told(found)))
    return 1 if found.words and not given.json else 0


if __name__ == "__main__":
    sys.exit(main())
