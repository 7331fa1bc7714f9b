"""One run of a sync between files, as a process of its own that somebody kills."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from bench.galsync.target import WorldTarget
from bench.galsync.world import File
from galsync.engine.engine import Engine
from galsync.engine.moments import News
from galsync.ledger.ledger import Ledger
from galsync.people.mapping import Mapping
from galsync.people.selection import Selection
from galsync.plans.guards import Bound, Guards
from galsync.reports.report import RunReport
from galsync.rules import Rules
from galsync.side import Reading
from galsync.syncs import Feed, Sync
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from service.runs.holders import this_process
from service.state.database import Database

SYNC: Final = "staff"
PEOPLE: Final = 24
_TITLES: Final = ("", "Lead", "Specialist")


def people_of(seed: int, generation: int) -> dict[str, Person]:
    """Who is there in a generation: most of everybody, with titles that change and addresses that are swapped."""
    chance = random.Random(f"{seed}/{generation}")
    numbers = list(range(PEOPLE))
    one, other = chance.sample(numbers, 2)
    numbers[one], numbers[other] = numbers[other], numbers[one]
    there = {}
    for number, local in enumerate(numbers):
        if chance.random() < 0.15:
            continue
        texts = {Field.DISPLAY_NAME: f"Person {number}"}
        if title := chance.choice(_TITLES):
            texts[Field.TITLE] = title
        address = Mailbox.parse(f"person{local}@a.example")
        there[f"p{number}"] = Person(anchor=f"p{number}", kind=Kind.USER, primary=address, texts=texts)
    return there


class Generations:
    """A source whose token is the number of a generation."""

    name = "hr"

    def __init__(self, seed: int, generation: int) -> None:
        self._seed, self._generation = seed, generation

    async def read(self, since: str | None = None) -> Reading:
        """Everybody of this generation, or how it differs from the one of the token."""
        now, token = people_of(self._seed, self._generation), str(self._generation)
        if since is None:
            return Reading(people=tuple(now.values()), token=token)
        before = people_of(self._seed, int(since))
        changed = tuple(person for anchor, person in now.items() if before.get(anchor) != person)
        gone = tuple(anchor for anchor in before if anchor not in now)
        return Reading(people=changed, whole=False, gone=gone, token=token)


def grace_of(seed: int) -> timedelta:
    """Half of the worlds hide first who is gone, half remove at once."""
    return timedelta(days=30) if seed % 2 else timedelta()


def sync_of(target: WorldTarget, source: Generations, grace: timedelta) -> Sync:
    """Everybody as they are, and no guards: a killed run is about what is lost, not about what is allowed."""
    mapping = Mapping(source=source.name)
    rules = Rules(sync=SYNC, fields=mapping.hows, grace=grace)
    guards = Guards(deletions=Bound(), changes=Bound(), shrink=1.0)
    feed = Feed(source=source, selection=Selection(), mapping=mapping)
    return Sync(name=SYNC, feeds=(feed,), target=target, rules=rules, guards=guards)


def state_of(folder: Path) -> str:
    """Where the ledger of a world is, unless somebody says otherwise."""
    return f"sqlite:{folder / 'state.db'}"


async def carried_out(
    folder: Path, seed: int, generation: int, heard: Callable[[str], None], *, state: str = ""
) -> RunReport:
    """One run from generation to target, with the ledger in ``state``; ``heard`` learns of every point of it."""
    async with machinery(folder, seed, generation, heard, state=state) as engine:
        return await engine.apply()


@asynccontextmanager
async def machinery(
    folder: Path, seed: int, generation: int, heard: Callable[[str], None], *, state: str = ""
) -> AsyncIterator[Engine]:
    """What carries such a run out, in the name of this process."""
    world = File(folder / "world.db")
    target = WorldTarget(world, sync=SYNC, heard=heard)
    sync = sync_of(target, Generations(seed, generation), grace_of(seed))

    def tell(news: News) -> None:
        heard(news.moment.value)

    def clock() -> datetime:
        return datetime.now(UTC)

    async with Database.open(state or state_of(folder)) as database:
        ledger = Ledger(database, clock=clock)
        yield Engine(sync, ledger, clock=clock, sleep=asyncio.sleep, holder=this_process(), tell=tell)
    world.close()


def killed(folder: Path, seed: int, generation: int, event: int, wait: bool, told: Connection, state: str = "") -> None:
    """What the process does: tells of its ``event``-th point, and there waits for its death, or runs on until it
    comes. Whoever lives to the end tells so."""
    count = 0

    def heard(point: str) -> None:
        nonlocal count
        count += 1
        if count == event:
            told.send(point)
            while wait:
                signal.pause()

    asyncio.run(carried_out(folder, seed, generation, heard, state=state))
    told.send("")
    os._exit(0)
