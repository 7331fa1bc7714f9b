"""How fast mailboxes are filled with a list of contacts: `python -m bench.galsync.fill --mailboxes 500 --contacts 700`.

What the limits allow: Outlook does four requests of one application at one mailbox at a time, so that a mailbox takes
contacts / 4 times the seconds of one request, and a target writes AT_ONCE mailboxes at the same time; a tenant takes
2,000 requests in a second. A batch of twenty is five rounds of four, which loses nothing of this; what a batch costs on
its way and what we think between two of them does. The share is the time that these limits alone would take, from the
first batch to the last, in parts of the time that the engine took from its first question to its report.
"""

import argparse
import asyncio
import cProfile
import io
import math
import pstats
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bench.galsync.mailbox_server import Counts, MailboxServer, address, mailbox_server
from bench.rows import Row
from galsync.engine.engine import Engine
from galsync.entries import Form
from galsync.ledger.ledger import Ledger
from galsync.people.mapping import Mapping
from galsync.people.selection import Selection
from galsync.plans.guards import Bound, Guards
from galsync.rules import Rules
from galsync.side import Reading
from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_places import Listed
from galsync.sides.mailbox_contacts_target import AT_ONCE, MailboxContactsTarget
from galsync.syncs import Feed, Sync
from protocols.http import HttpRequest, HttpResponse
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from service.reach import ANYWHERE
from service.state.database import Database
from service.wire import Wire
from simulation.graph.mailbox_limits import AT_ONCE as PER_MAILBOX
from simulation.graph.mailbox_limits import TENANT

SYNC: Final = "staff"
LATENCY: Final = 0.25
"""Seconds of one request, as of a mailbox in the same region; no limit and no promise says how long it is."""
NAMES: Final = ("galsync_fill_share", "galsync_fill_minutes")
_TOP: Final = 25
_CITIES: Final = ("Berlin", "Hamburg", "München", "Köln")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One fill: ``seconds`` that it took and ``bound``, those that the limits alone would take; ``busy`` are our own
    seconds of processor time, ``words`` what went wrong, "" for nothing."""

    seconds: float
    bound: float
    busy: float
    counts: Counts
    words: str

    @property
    def share(self) -> float:
        """How much of what the limits allow was reached."""
        return self.bound / self.seconds


class Staff:
    """A source of numbered people, as a directory tells of them."""

    name = "hr"

    def __init__(self, people: int) -> None:
        self._people = people

    async def read(self, since: str | None = None) -> Reading:
        """Everybody."""
        del since
        return Reading(people=[_person(number) for number in range(self._people)])


def bound(mailboxes: int, contacts: int, latency: float) -> float:
    """The seconds that the limits allow: rounds of AT_ONCE mailboxes, four contacts at a time in each, or as many as a
    tenant takes in a second."""
    each = math.ceil(contacts / PER_MAILBOX) * latency
    return max(each, mailboxes * each / AT_ONCE, mailboxes * contacts / TENANT)


async def filled(folder: Path, server: MailboxServer, *, mailboxes: int, contacts: int, latency: float) -> Filled:
    """The engine with a ledger of its own fills every mailbox once."""
    async with Wire(timeout=timedelta(minutes=2), reach=ANYWHERE, environ={}) as wire:

        async def send(request: HttpRequest) -> HttpResponse:
            headers = request.headers.set("Authorization", f"Bearer {server.token}")
            return await wire.send(HttpRequest(request.method, request.url, headers, request.body))

        target = MailboxContactsTarget(
            "contoso",
            send,
            sync=SYNC,
            folder=ListFolder("Fabrikam"),
            places=Listed([Mailbox.parse(address(number)) for number in range(mailboxes)]),
            api_url=server.url,
            clock=_now,
            sleep=asyncio.sleep,
        )
        async with Database.open(f"sqlite:{folder / 'state.db'}") as database:
            engine = Engine(
                _sync(target, contacts), Ledger(database, clock=_now), clock=_now, sleep=asyncio.sleep, holder="bench"
            )
            began, busy = time.perf_counter(), time.process_time()
            report = await engine.apply()
            seconds, busy = time.perf_counter() - began, time.process_time() - busy
    limit = bound(mailboxes, contacts, latency)
    return Filled(seconds=seconds, bound=limit, busy=busy, counts=server.counts(), words=report.words)


def _sync(target: MailboxContactsTarget, contacts: int) -> Sync:
    source = Staff(contacts)
    mapping = Mapping(source=source.name, forms={Kind.USER: Form.CONTACT})
    return Sync(
        name=SYNC,
        feeds=(Feed(source=source, selection=Selection(), mapping=mapping),),
        target=target,
        rules=Rules(sync=SYNC, fields=mapping.hows),
        guards=Guards(deletions=Bound(), changes=Bound(), shrink=1.0),
    )


def _person(number: int) -> Person:
    texts = {
        Field.DISPLAY_NAME: f"Person {number}",
        Field.GIVEN_NAME: "Person",
        Field.SURNAME: f"Number {number}",
        Field.COMPANY: "Fabrikam",
        Field.DEPARTMENT: f"Department {number % 40}",
        Field.TITLE: "Specialist",
        Field.PHONE: f"+49 30 {number:08}",
        Field.MOBILE: f"+49 170 {number:08}",
        Field.CITY: _CITIES[number % len(_CITIES)],
    }
    primary = Mailbox.parse(f"person{number}@fabrikam.example")
    return Person(anchor=f"id-{number}", kind=Kind.USER, primary=primary, texts=texts)


def _now() -> datetime:
    return datetime.now(UTC)


async def rows(folder: Path, *, mailboxes: int = 500, contacts: int = 700, latency: float = LATENCY) -> list[Row]:
    """The figures of one fill. Raises RuntimeError where it did not fill all, or asked more than it may."""
    with mailbox_server(mailboxes, latency) as server:
        found = await filled(folder, server, mailboxes=mailboxes, contacts=contacts, latency=latency)
    if trouble := wrong(found, mailboxes, contacts):
        raise RuntimeError(trouble)
    note = f"{mailboxes} mailboxes with {contacts} contacts, {AT_ONCE} at once, {latency:g} s a request"
    speed = f"{found.counts.contacts / found.seconds:,.0f} contacts a second; processor {found.busy:.0f} s"
    speed += f", of the simulation {found.counts.busy:.0f} s"
    return [
        Row(name=NAMES[0], value=round(found.share, 3), unit="of the limits", at_least=0.9, note=note),
        Row(name=NAMES[1], value=round(found.seconds / 60, 2), unit="min", note=speed),
    ]


def wrong(found: Filled, mailboxes: int, contacts: int) -> str:
    """What is not as it should be after a fill; "" where all is well."""
    counts = found.counts
    if found.words or counts.contacts != mailboxes * contacts or counts.fewest != contacts:
        stand = f"{counts.contacts} contacts stand in {counts.mailboxes} mailboxes, {counts.fewest} somewhere"
        return f"{stand}. {found.words}"
    return f"{counts.most_at_once} requests at once at one mailbox" if counts.most_at_once > PER_MAILBOX else ""


def told(found: Filled) -> list[str]:
    """The figures in words."""
    counts, memory = found.counts, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [
        f"{counts.contacts} contacts in {counts.mailboxes} mailboxes: {found.seconds:.1f} s,"
        f" {counts.contacts / found.seconds:,.0f} a second",
        f"the limits allow {found.bound:.1f} s: {found.share:.1%} of that speed",
        f"{counts.requests} requests in {counts.batches} batches, {counts.refused} refused,"
        f" at most {counts.most_at_once} at once at one mailbox",
        f"processor time {found.busy:.1f} s, of the simulation {counts.busy:.1f} s, memory {memory} MB",
        found.words or "all went well",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.galsync.fill", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mailboxes", type=int, default=500, help="how many are filled (default 500)")
    parser.add_argument("--contacts", type=int, default=700, help="how many each gets (default 700)")
    parser.add_argument("--latency", type=float, default=LATENCY, help=f"seconds of a request (default {LATENCY})")
    parser.add_argument("--profile", action="store_true", help="show where our own time goes, and be slower for it")
    given = parser.parse_args(arguments)
    many = {"mailboxes": given.mailboxes, "contacts": given.contacts, "latency": given.latency}
    watch = cProfile.Profile() if given.profile else None
    with tempfile.TemporaryDirectory() as folder, mailbox_server(given.mailboxes, given.latency) as server:
        if watch is not None:
            watch.enable()
        found = asyncio.run(filled(Path(folder), server, **many))
        if watch is not None:
            watch.disable()
    print("\n".join(told(found)))
    if watch is not None:
        output = io.StringIO()
        pstats.Stats(watch, stream=output).strip_dirs().sort_stats("tottime").print_stats(_TOP)
        print(output.getvalue())
    return 1 if wrong(found, given.mailboxes, given.contacts) else 0


if __name__ == "__main__":
    sys.exit(main())
