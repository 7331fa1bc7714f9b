"""How soon a change is at all other spokes where the servers tell of it: `python -m bench.calsync.notice`.

A Google calendar, a mailbox of Microsoft 365, one on an Exchange server and a public folder there, served by the
service itself: its door for hooks, its settling and its runs. The servers call the hooks over HTTP. From the moment at
which somebody changes an appointment, in each by turns, to the moment at which all others have it, by the clock of the
simulation. With `--kind contacts` it is a changed contact, in three mailboxes of Microsoft 365: Google tells nobody of
contacts, which are read there by the schedule and are no part of this.
"""

import argparse
import asyncio
import json
import secrets
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry

from bench.calsync.apart import Apart
from bench.calsync.books import books
from bench.calsync.four import NAMES as SPOKES
from bench.calsync.four import four
from bench.calsync.four import spokes as spokes_of
from bench.calsync.ground import Asked, Reached
from bench.calsync.hubs import NAME, NOW, appointment, contact, engine, graph_contacts, rules
from bench.calsync.processes import apart_from_here
from bench.calsync.ways import Counts, Faster, wire
from bench.machine import free_port
from bench.rows import Row
from calsync.counting import Figures
from calsync.engine.engine import Engine
from calsync.items import Content
from calsync.ledger.ledger import Ledger
from calsync.notices.front import HookFront
from calsync.plans.guards import GUARDS
from calsync.reports.report import HubReport
from calsync.rules import Kind
from calsync.schedule import Scheduled
from calsync.service import Heard, Service
from calsync.spoke import Watched
from calsync.spokes.graph_contacts import GraphContacts
from calsync.wiring.later import WatchedSpoke
from calsync.wiring.notices import BY_URL, READS
from service.addresses import ListenAddress
from service.door import Door
from service.jobs.cron import Schedule
from service.jobs.job import Ran
from service.state.database import Database
from service.wire import Wire

CHANGES: Final = 50
ITEMS: Final = 30
"""Items of each spoke."""
PATIENCE: Final = 30.0
LATENCY: Final = 0.24
_FIGURES: Final = ("median_s", "worst_s")
NAMES: Final = tuple(f"hub_notice_{each}" for each in _FIGURES)
CONTACT_NAMES: Final = tuple(f"hub_contacts_notice_{each}" for each in _FIGURES)
_MAILBOXES: Final = ("outlook-0", "outlook-1", "outlook-2")
_RHYTHM: Final = (0.0, 0.3, 0.9, 1.4, 2.1)
"""Seconds between two changes: some come while the last one still settles, some while a run goes on."""
_NEVER: Final = Schedule.parse("0 0 1 1 *")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``seconds`` of each change; ``mails`` that anybody was sent. ``words`` say what went wrong, "" for nothing."""

    seconds: list[float]
    mails: int
    words: str


@dataclass(frozen=True, slots=True)
class Doing:
    """The hub, which is open all the time."""

    engine: Engine
    spokes: Mapping[str, Watched]

    async def sync(self, only: frozenset[str] | None, removed: frozenset[str] = frozenset()) -> HubReport:
        """See :class:`calsync.schedule.Doing`."""
        return await self.engine.sync(only=only)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Mapping[str, Watched]]:
        """See :class:`calsync.schedule.Doing`."""
        yield self.spokes


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What the hub joins: ``names`` of the spokes, in each of which something is changed by turns, over servers with so
    many ``calendars`` of Google's and ``mailboxes``; ``entry`` is what people have, by its number. ``where`` says where
    the changes are made."""

    kind: Kind
    names: tuple[str, ...]
    ground: Callable[[Asked], AbstractContextManager[Apart]]
    calendars: int
    mailboxes: int
    spokes: Callable[[Wire, Any, Faster], Mapping[str, WatchedSpoke]]
    entry: Callable[..., Content]
    where: str

    def asked(self, clock: Faster) -> Asked:
        """The servers."""
        return Asked(
            calendars=self.calendars, mailbox=True, mailboxes=self.mailboxes, clock=clock, latency=LATENCY
        )  # fmt: skip


def _mailboxes(way: Wire, reached: Reached, clock: Faster) -> dict[str, GraphContacts]:
    return {name: graph_contacts(name, way, reached, clock, Counts()) for name in _MAILBOXES}


ALL_CALENDARS: Final = Joined(
    kind=Kind.CALENDAR,
    names=SPOKES,
    ground=four,
    calendars=1,
    mailboxes=0,
    spokes=spokes_of,
    entry=appointment,
    where=f"at Google, Microsoft 365, Exchange and its public folder by turns, {LATENCY:g} s a request at the latter"
    " three",
)
ALL_CONTACTS: Final = Joined(
    kind=Kind.CONTACTS,
    names=_MAILBOXES,
    ground=books,
    calendars=0,
    mailboxes=len(_MAILBOXES),
    spokes=_mailboxes,
    entry=contact,
    where=f"of contacts in {len(_MAILBOXES)} mailboxes of Microsoft 365 by turns, {LATENCY:g} s a request",
)
_JOINED: Final = {each.kind.value: each for each in (ALL_CALENDARS, ALL_CONTACTS)}


async def measured(folder: Path, changes: int, *, items: int = ITEMS, joined: Joined = ALL_CALENDARS) -> Measured:
    """The figures of so many changes, after a first sync."""
    clock = Faster(NOW, 1.0)
    with joined.ground(joined.asked(clock)) as there:
        changing = Changing(there, joined, await _entered(there, items, joined))
        async with wire() as way, Database.open(f"sqlite:{folder / 'state.db'}") as database:
            spokes = joined.spokes(way, there.told, clock)
            ledger = Ledger(database, clock=clock.clock)
            hub = engine(rules(tuple(spokes), kind=joined.kind), spokes, ledger, clock)
            words = (await hub.sync(allow=frozenset(GUARDS))).words
            async with _served(Doing(hub, spokes), ledger, clock):
                await changing.arrived(changes)  # not counted: all is looked at again once the servers begin to tell
                seconds = [await changing.arrived(number) for number in range(changes)]
        mails = (await there.ask("seen")).mails
    return Measured(seconds=seconds, mails=mails, words=words)


async def _entered(there: Apart, items: int, joined: Joined) -> dict[str, list[str]]:
    """The keys of what people have at each spoke."""
    return {
        spoke: [await there.ask("create", spoke, joined.entry(place * items + each)) for each in range(items)]
        for place, spoke in enumerate(joined.names)
    }


@dataclass(frozen=True, slots=True)
class Changing:
    """People who change something at one spoke after the other; ``keys`` are those of what they have."""

    there: Apart
    joined: Joined
    keys: Mapping[str, Sequence[str]]

    async def arrived(self, number: int) -> float:
        """The seconds of one change, until it is everywhere."""
        await asyncio.sleep(_RHYTHM[number % len(_RHYTHM)])
        turn, which = divmod(number, len(self.joined.names))
        spoke = self.joined.names[which]
        key = self.keys[spoke][turn % len(self.keys[spoke])]
        entry = self.joined.entry(number, words=f", changed {number}")
        seconds: float = await self.there.ask("arrived", spoke, key, entry, PATIENCE)
        return seconds


@asynccontextmanager
async def _served(doing: Doing, ledger: Ledger, clock: Faster) -> AsyncIterator[None]:
    """The service with its door, once the servers have promised to tell of changes."""
    port = free_port()
    service = Service(
        {NAME: Scheduled(doing=doing, schedule=_NEVER)},
        ledger,
        figures=Figures(CollectorRegistry()),
        clock=clock.clock,
        sleep=clock.sleep,
        heard=Heard(public_url=f"http://127.0.0.1:{port}", random=secrets.token_hex),
    )
    front = HookFront(ledger.hook, service.attending.heard, reads=READS, by_url=BY_URL)
    async with Door(front.answer, (ListenAddress("127.0.0.1", port),)):
        attending = asyncio.ensure_future(service.attending.serve())
        try:
            assert await service.watch(NAME) is Ran.ENDED
            yield
        finally:
            attending.cancel()
            await asyncio.gather(attending, return_exceptions=True)


async def rows(
    folder: Path, *, changes: int = CHANGES, items: int = ITEMS, joined: Joined = ALL_CALENDARS
) -> list[Row]:  # fmt: skip
    """The figures of a process of its own. Raises RuntimeError where something was wrong."""
    given = ("--changes", str(changes), "--items", str(items), "--kind", joined.kind.value)
    found = Measured(**await apart_from_here(folder, __name__, *given))
    if trouble := wrong(found):
        raise RuntimeError(trouble)
    names = CONTACT_NAMES if joined.kind is Kind.CONTACTS else NAMES
    median = round(statistics.median(found.seconds), 2)
    return [
        Row(name=names[0], value=median, unit="s", at_most=5, note=f"{changes} changes {joined.where}"),
        Row(name=names[1], value=round(max(found.seconds), 2), unit="s", at_most=5, note="of the same"),
    ]


def wrong(found: Measured) -> str:
    """What is not as it should be; "" where all is well."""
    late = sum(seconds >= PATIENCE for seconds in found.seconds)
    if found.words or found.mails:
        return f"{found.mails} mails were sent. {found.words}"
    return f"{late} of {len(found.seconds)} changes did not arrive in {PATIENCE:g} s" if late else ""


def told(found: Measured) -> list[str]:
    """The figures in words."""
    median, worst = statistics.median(found.seconds), max(found.seconds)
    return [
        f"{len(found.seconds)} changes: {median:.2f} s in the middle, {worst:.2f} s at most",
        wrong(found) or "all went well",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--changes", type=int, default=CHANGES, help=f"how many (default {CHANGES})")
    parser.add_argument("--items", type=int, default=ITEMS, help=f"items of a spoke (default {ITEMS})")
    parser.add_argument("--kind", choices=sorted(_JOINED), default=ALL_CALENDARS.kind.value, help="what the hub joins")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):  # where the log goes
        joined = _JOINED[given.kind]
        found = asyncio.run(measured(Path(folder), given.changes, items=given.items, joined=joined))
    print(json.dumps(asdict(found)) if given.json else "\n".join(told(found)))
    return 1 if wrong(found) and not given.json else 0


if __name__ == "__main__":
    sys.exit(main())
