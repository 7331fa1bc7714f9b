"""How long a plan of many people takes and how much memory: `python -m bench.galsync.plans --people 100000`."""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.galsync.killed_run import SYNC
from bench.machine import ROOT
from bench.rows import Row
from galsync.engine.engine import Engine
from galsync.entries import Agreement, Form, Held, Stamp
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
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
from service.runs.states import RunState
from service.state.database import Database

PEOPLE: Final = 100_000
CHANGES: Final = 1_000
NAMES: Final = ("galsync_plan_s", "galsync_plan_mb", "galsync_delta_s", "galsync_delta_asked")
_CITIES: Final = ("Berlin", "Hamburg", "München", "Köln")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An unchanged plan of ``people``, and a run by ``changes``. ``…_busy`` are seconds of this process alone; ``idle``
    and ``peak`` is its memory in MB before the plan and at most; ``asked`` and ``written`` is what the run by changes
    asked of the target. ``words`` say what went wrong, "" for nothing."""

    people: int
    changes: int
    plan_seconds: float
    plan_busy: float
    steps: int
    equal: int
    idle: int
    peak: int
    delta_seconds: float
    delta_busy: float
    asked: int
    written: int
    words: str


async def measured(folder: Path, people: int, changes: int) -> Measured:
    """The figures of this process, which should be a new one: its memory never falls."""
    shelf = Shelf(people)
    async with Database.open(f"sqlite:{folder / 'state.db'}") as database:
        ledger = Ledger(database, clock=_now)
        await prepared(ledger, people)
        idle, began = _peak(), _started()
        outlook = await engine_of(ledger, Numbers(people), shelf).plan()
        planned, peak, plan = _spent(began), _peak(), outlook.plans[0]
        steps, equal = len(plan.steps), plan.equal
        del outlook, plan
        await engine_of(ledger, Numbers(people), shelf).apply()
        changed = frozenset(random.Random(1).sample(range(people), min(changes, people)))
        began = _started()
        report = await engine_of(ledger, Numbers(people, changed), shelf).apply()
        ran = _spent(began)
    return Measured(
        people=people,
        changes=len(changed),
        plan_seconds=planned[0],
        plan_busy=planned[1],
        steps=steps,
        equal=equal,
        idle=idle,
        peak=peak,
        delta_seconds=ran[0],
        delta_busy=ran[1],
        asked=shelf.asked,
        written=shelf.written,
        words=report.words,
    )


async def rows(folder: Path, *, people: int = PEOPLE, changes: int = CHANGES) -> list[Row]:
    """The figures of a process of its own. Raises RuntimeError where it planned what it should not."""
    line = ("-m", "bench.galsync.plans", "--people", str(people), "--changes", str(changes), "--json")
    with (folder / "errors.txt").open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *line, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=errors
        )
        output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError((folder / "errors.txt").read_text(errors="replace")[-300:])
    found = Measured(**json.loads(output))
    if trouble := wrong(found):
        raise RuntimeError(trouble)
    unchanged = f"{people:,} unchanged; processor {found.plan_busy:.1f} s"
    changed = f"{changes:,} changes among {people:,}; processor {found.delta_busy:.1f} s"
    return [
        Row(name=NAMES[0], value=round(found.plan_seconds, 1), unit="s", at_most=20, note=unchanged),
        Row(name=NAMES[1], value=found.peak, unit="MB", at_most=600, note=f"at most; {found.idle} before"),
        Row(name=NAMES[2], value=round(found.delta_seconds, 2), unit="s", at_most=3, note=changed),
        Row(name=NAMES[3], value=round(found.asked / found.changes, 2), unit="objects", at_most=1, note="by change"),
    ]


def wrong(found: Measured) -> str:
    """What is not as it should be; "" where all is well."""
    if found.steps or found.equal != found.people:
        return f"of {found.people} unchanged {found.steps} steps were planned, and {found.equal} are equal"
    if found.written != found.changes or found.words:
        return f"of {found.changes} changes {found.written} were written. {found.words}".strip()
    return ""


def told(found: Measured) -> list[str]:
    """The figures in words."""
    planned = f"{found.plan_seconds:.1f} s ({found.plan_busy:.1f} s of one core)"
    ran = f"{found.delta_seconds:.1f} s ({found.delta_busy:.1f} s of one core)"
    return [
        f"{found.people} unchanged: {planned}, {found.steps} steps, {found.equal} equal",
        f"memory: {found.idle} MB before, {found.peak} MB at most",
        f"{found.changes} changes: {ran}, {found.asked} asked, {found.written} written",
        wrong(found) or "all went well",
    ]


def _started() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _spent(began: tuple[float, float]) -> tuple[float, float]:
    """What has passed, and of it what this process worked: other work on the machine is not ours."""
    passed, worked = (now - then for now, then in zip(_started(), began, strict=True))
    return passed, worked


def _peak() -> int:
    """MB of this program at most; getrusage would tell of the one that began it, where that had more."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _now() -> datetime:
    return datetime.now(UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.galsync.plans", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"how many there are (default {PEOPLE})")
    parser.add_argument("--changes", type=int, default=CHANGES, help=f"how many change among them (default {CHANGES})")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder), options.people, options.changes))
    print(json.dumps(asdict(found)) if options.json else "\n".join(told(found)))
    return 1 if wrong(found) and not options.json else 0


if __name__ == "__main__":
    sys.exit(main())
