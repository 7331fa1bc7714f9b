"""How long a plan of many people takes and how much memory: `python -m bench.galsync.plans --people 100000`."""

import argparse
import asyncio
import random
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.galsync.killed_run import SYNC
from galsync.engine.engine import Engine
from galsync.entries import Agreement, Form, Held, Stamp
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind, RunState
from galsync.people.mapping import Mapping
from galsync.people.selection import Selection
from galsync.plans.digests import digest
from galsync.plans.guards import Bound, Guards
from galsync.rules import Rules
from galsync.side import Ability, Outcome, Reading, Visible, Written
from galsync.steps import Act, Step, Why
from galsync.syncs import Feed, Sync
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from service.state.database import Database

_CITIES: Final = ("Berlin", "Hamburg", "München", "Köln")
_TEXTS: Final = 12


def person_of(number: int, *, title: str = "Specialist") -> Person:
    """A person as a directory tells of one: a dozen texts, an address and a distinguished name."""
    texts = {
        Field.DISPLAY_NAME: f"Person {number}",
        Field.GIVEN_NAME: "Person",
        Field.SURNAME: f"Number {number}",
        Field.COMPANY: "Fabrikam",
        Field.DEPARTMENT: f"Department {number % 40}",
        Field.TITLE: title,
        Field.OFFICE: f"Room {number % 500}",
        Field.PHONE: f"+49 30 {number:08}",
        Field.FAX: f"+49 31 {number:08}",
        Field.STREET: f"Street {number % 300}",
        Field.CITY: _CITIES[number % len(_CITIES)],
        Field.POSTAL_CODE: f"{number % 90000:05}",
    }
    dn = f"/o=Fabrikam/ou=Exchange Administrative Group/cn=Recipients/cn=p{number}"
    primary = Mailbox.parse(f"person{number}@a.example")
    return Person(anchor=f"id-{number}", kind=Kind.USER, primary=primary, x500=(dn,), texts=texts)


def held_of(number: int) -> Held:
    """The same as it stands in the target, in objects of its own, as a reading makes them."""
    person = person_of(number)
    address = str(person.primary)
    return Held(
        key=f"key-{number}",
        version="v1",
        stamp=Stamp(SYNC, f"hr:id-{number}"),
        form=Form.MAIL_CONTACT,
        address=person.primary,
        addresses=frozenset((address, f"x500:{person.x500[0].lower()}")),
        texts=person.texts,
    )


@dataclass(slots=True)
class Numbers:
    """A source of numbered people, of whom ``changed`` have another title since the token."""

    people: int
    changed: frozenset[int] = frozenset()
    name: str = "hr"

    async def read(self, since: str | None = None) -> Reading:
        """Everybody, or those who changed."""
        told = range(self.people) if since is None else sorted(self.changed)
        people = [person_of(n, title="Lead" if n in self.changed else "Specialist") for n in told]
        return Reading(people=people, whole=since is None, token="now")


class Shelf:
    """A target that makes what stands there when it is read, and counts what it is asked."""

    name = "shelf"
    ability = Ability(forms=frozenset(Form), visible=Visible.AT_ONCE, batch=20)

    def __init__(self, people: int) -> None:
        self.people = people
        self.asked = self.written = 0

    async def places(self) -> Sequence[str]:
        """A directory."""
        return ("",)

    async def held(self, _: str) -> AsyncIterator[Held]:
        """Everybody as they were agreed."""
        for number in range(self.people):
            yield held_of(number)

    async def look(self, _: str, keys: Sequence[str], __: Sequence[str]) -> Sequence[Held]:
        """By key: what has an address wanted is the same here."""
        self.asked += len(keys)
        return [held_of(int(key.removeprefix("key-"))) for key in keys]

    async def write(self, _: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """At once."""
        self.written += len(steps)
        return [Written(step.held.key if step.held else "new", "v2") for step in steps]


def _agreed(number: int) -> Step:
    held = held_of(number)
    agreement = Agreement(
        anchor=f"hr:id-{number}",
        key=held.key,
        address=str(held.address),
        written={name: digest(text) for name, text in held.texts.items()},
        aliases=tuple(f"X500:{dn}" for dn in person_of(number).x500),
    )
    return Step(act=Act.REMEMBER, anchor=agreement.anchor, why=Why.FOUND, held=held, agreement=agreement)


async def prepared(ledger: Ledger, people: int) -> None:
    """All agreed, as after a good run."""
    run = await ledger.begin(SYNC, RunKind.APPLY)
    for first in range(0, people, 2000):
        await ledger.remember(SYNC, "", [_agreed(n) for n in range(first, min(first + 2000, people))])
    await ledger.end(run, RunState.DONE, {})


def engine_of(ledger: Ledger, source: Numbers, shelf: Shelf) -> Engine:
    """An engine between the two, without guards."""
    mapping = Mapping(source=source.name)
    sync = Sync(
        name=SYNC,
        feeds=(Feed(source=source, selection=Selection(), mapping=mapping),),
        target=shelf,
        rules=Rules(sync=SYNC, fields=mapping.hows),
        guards=Guards(deletions=Bound(), changes=Bound(), shrink=1.0),
    )
    return Engine(sync, ledger, clock=_now, sleep=asyncio.sleep, holder="node")


async def measured(folder: Path, people: int, changes: int) -> list[str]:
    """Lines with the figures: an unchanged plan, and a run by changes."""
    shelf, lines = Shelf(people), list[str]()
    async with Database.open(f"sqlite:{folder / 'state.db'}") as database:
        ledger = Ledger(database, clock=_now)
        await prepared(ledger, people)
        before, began = _peak(), _started()
        outlook = await engine_of(ledger, Numbers(people), shelf).plan()
        spent = _spent(began)
        plan = outlook.plans[0]
        lines.append(f"{people} unchanged: {spent}, {len(plan.steps)} steps, {plan.equal} equal")
        lines.append(f"memory: {before} MB before, {_peak()} MB at most")
        del outlook, plan
        await engine_of(ledger, Numbers(people), shelf).apply()
        changed = frozenset(random.Random(1).sample(range(people), min(changes, people)))
        began = _started()
        report = await engine_of(ledger, Numbers(people, changed), shelf).apply()
        spent = _spent(began)
        lines.append(f"{len(changed)} changes: {spent}, {shelf.asked} asked, {shelf.written} written")
        lines.append(report.words or "all went well")
    return lines


def _started() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _spent(began: tuple[float, float]) -> str:
    """What has passed, and of it what this process worked: other work on the machine is not ours."""
    passed, worked = (now - then for now, then in zip(_started(), began, strict=True))
    return f"{passed:.1f} s ({worked:.1f} s of one core)"


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _now() -> datetime:
    return datetime.now(UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.galsync.plans", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="how many there are (default 100000)")
    parser.add_argument("--changes", type=int, default=1000, help="how many change among them (default 1000)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        for line in asyncio.run(measured(Path(folder), options.people, options.changes)):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
