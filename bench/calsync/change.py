"""What one change costs in a hub of ten spokes, by the number of items: `python -m bench.calsync.change`.

Calendars are Google's (simulated), read by their sync tokens; with `--kind contacts` the hub joins the contacts of five
users at Google and of five mailboxes in Microsoft 365. The ledger is filled through its own interface, as a first sync
would leave it: so many items, each linked at all ten. The servers hold only the items that are changed: of all others
no feed tells anything, and each request is counted by what it asks for, so that a listing of everything would be seen,
and is an error here.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from bench.calsync.apart import Apart
from bench.calsync.ground import Asked
from bench.calsync.hubs import CALENDARS, NAME, NOW, SETTINGS, Setting, engine, rules
from bench.calsync.processes import apart_from_here, forget_peak, peak
from bench.calsync.ways import Counts, Faster, wire
from bench.rows import Row
from calsync.agreed import Agreed
from calsync.contents import digests
from calsync.engine.engine import Engine
from calsync.ledger.ledger import Ledger
from calsync.ledger.rows import RunKind
from calsync.plans.fingerprints import fingerprint
from calsync.plans.guards import GUARDS
from calsync.plans.identity import item_id
from calsync.rules import HubRules, Kind
from service.runs.states import RunState
from service.state.database import Database

SPOKES: Final = 10
ITEMS: Final = (1_000, 10_000, 100_000)
ROUNDS: Final = 9
_FIGURES: Final = ("requests", "ratio", "ms", "mb_ratio")
NAMES: Final = tuple(f"hub_change_{each}" for each in _FIGURES)
CONTACT_NAMES: Final = tuple(f"hub_contacts_change_{each}" for each in _FIGURES)
_AT_ONCE: Final = 500
_CALENDARS: Final = tuple(f"google-{number}" for number in range(SPOKES))
_BOOKS: Final = tuple(f"{system}-{number}" for number in range(SPOKES // 2) for system in ("google", "outlook"))
_EXPECTED: Final = {
    Kind.CALENDAR: {"changes": SPOKES, "look": SPOKES - 1, "patch": SPOKES - 1},
    Kind.CONTACTS: {
        "google changes": 5,
        "graph changes": 5,
        "google batchGet": 9,
        "graph look": 9,
        "google batchUpdateContacts": 5,
        "graph write": 5,
    },
}
"""What one change takes: every feed once, and each copy looked at and written. No feed of contacts tells all of a
contact, so that what changed is read as well: by others, or by us the last time. Of changes at Google and in Microsoft
365 by turns the most of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``requests`` are those of one change by what they asked for (of all of them: the most), ``seconds`` what the runs
    took, ``busy`` what we worked in all of them together, ``idle`` and ``peak`` our memory in MB before and at most
    meanwhile, ``kept`` the MB of the ledger. ``words`` say what went wrong, "" for nothing."""

    items: int
    requests: dict[str, int]
    seconds: list[float]
    busy: float
    idle: int
    peak: int
    kept: int
    words: str
    kind: str = CALENDARS.kind.value

    @property
    def median(self) -> float:
        """Milliseconds of one run."""
        return 1000 * statistics.median(self.seconds)


async def measured(folder: Path, items: int, *, rounds: int = ROUNDS, setting: Setting = CALENDARS) -> Measured:
    """The figures of this process, which should be a new one."""
    clock, counts = Faster(NOW, 1.0), Counts()
    names = spokes_of(setting)
    path = folder / "state.db"
    with setting.ground(_asked(names, clock)) as there:
        async with wire() as way, Database.open(f"sqlite:{path}") as database:
            ledger = Ledger(database, clock=clock.clock)
            spokes = {name: setting.spoke(name, way, there.told, clock, counts) for name in names}
            hub = engine(rules(names, kind=setting.kind), spokes, ledger, clock)
            keys = [await there.ask("create", name, setting.entry(number)) for number, name in enumerate(names)]
            words = (await hub.sync(allow=frozenset(GUARDS))).words
            await filled(ledger, hub.hub.rules, items, title=setting.title)
            changing = Changing(hub, there, setting, keys)
            await changing.once(0, 0)  # the first one opens connections, and reads our own writes back
            forget_peak()
            idle, busy = peak(), time.process_time()
            seconds, requests = [], Counts().requests
            for number in range(1, rounds + 1):
                counts.clear()
                took, said = await changing.once(number % SPOKES, number)
                requests |= counts.requests
                words = words or said
                seconds.append(took)
            busy = time.process_time() - busy
    return Measured(
        items=items,
        requests=dict(requests),
        seconds=seconds,
        busy=busy,
        idle=idle,
        peak=peak(),
        kept=path.stat().st_size >> 20,
        words=words,
        kind=setting.kind.value,
    )


def spokes_of(setting: Setting) -> tuple[str, ...]:
    """The names of the spokes of the hub, which tell the systems."""
    return _BOOKS if setting.kind is Kind.CONTACTS else _CALENDARS


def _asked(names: Sequence[str], clock: Faster) -> Asked:
    google = sum(name.startswith("google") for name in names)
    return Asked(calendars=google, mailboxes=len(names) - google, clock=clock)


async def filled(ledger: Ledger, hub: HubRules, items: int, *, title: str = "subject") -> None:
    """As many items as if there had been so many from the beginning, each like one that there is, but for ``title``."""
    found = [agreed async for some in ledger.everything(hub.name) for agreed in some]
    run = await ledger.begin(hub.name, RunKind.SYNC)
    for first in range(len(found), items, _AT_ONCE):
        many = range(first, min(first + _AT_ONCE, items))
        agreed = [_like(found[number % len(found)], number, hub, title) for number in many]
        await ledger.keep(NAME, run, agreed=agreed)
    await ledger.end(run, RunState.DONE, {})


@dataclass(frozen=True, slots=True)
class Changing:
    """Somebody who changes an item of one spoke after the other; ``keys`` are those of the items, by spoke."""

    hub: Engine
    there: Apart
    setting: Setting
    keys: Sequence[str]

    async def once(self, which: int, number: int) -> tuple[float, str]:
        """One change, and the hub is synchronised: how long that took, and what was wrong."""
        name, entry = spokes_of(self.setting)[which], self.setting.entry(which, words=f", changed {number}")
        await self.there.ask("change", name, self.keys[which], entry)
        began = time.perf_counter()
        report = await self.hub.sync()
        took = time.perf_counter() - began
        written = report.tally.written.total()
        return took, report.words or ("" if written == SPOKES - 1 else f"{written} copies were written")


def _like(one: Agreed, number: int, hub: HubRules, title: str) -> Agreed:
    """Another item, with keys, versions and UIDs of its own at every spoke."""
    fields = {**one.fields, title: f"Item {number}"}
    signs = digests(fields)
    links = {
        name: replace(
            link, key=f"{link.key}n{number}", uid=link.uid and f"{number}-{link.uid}", asked=signs, stood=signs
        )
        for name, link in one.links.items()
    }
    made = item_id(hub.name, one.origin, links[one.origin].key)
    return replace(one, id=made, fields=fields, links=links, print=fingerprint(fields, hub))


def wrong(found: Measured) -> str:
    """What is not as it should be; "" where all is well."""
    if found.words:
        return found.words
    return (
        ""
        if found.requests == _EXPECTED[Kind(found.kind)]
        else f"one change of {found.items} items asked {found.requests}"
    )


async def rows(
    folder: Path, *, items: Sequence[int] = ITEMS, rounds: int = ROUNDS, setting: Setting = CALENDARS
) -> list[Row]:  # fmt: skip
    """The figures, each number of items in a process of its own. Raises RuntimeError where something was wrong."""
    every = [await _told(folder, each, rounds, setting) for each in items]
    for found in every:
        if trouble := wrong(found):
            raise RuntimeError(trouble)
    names = CONTACT_NAMES if setting.kind is Kind.CONTACTS else NAMES
    least, most = every[0], every[-1]
    times = ", ".join(f"{found.items:,}: {found.median:.0f} ms, {found.peak} MB" for found in every)
    asked = ", ".join(f"{number} {name}" for name, number in most.requests.items())
    between = f"{most.items:,} items beside {least.items:,}"
    return [
        Row(
            name=names[0],
            value=sum(most.requests.values()),
            unit="requests",
            at_most=sum(least.requests.values()),
            note=f"{asked}; the same with {least.items:,} items",
        ),
        Row(name=names[1], value=round(most.median / least.median, 2), unit="times", at_most=1.5, note=between),
        Row(name=names[2], value=round(most.median), unit="ms", note=f"{SPOKES} spokes; {times}"),
        Row(name=names[3], value=round(most.peak / least.peak, 2), unit="times", at_most=1.5, note=between),
    ]


async def _told(folder: Path, items: int, rounds: int, setting: Setting) -> Measured:
    kind = setting.kind.value
    (here := folder / f"{kind}-{items}").mkdir()
    given = ("--items", str(items), "--rounds", str(rounds), "--kind", kind)
    return Measured(**await apart_from_here(here, __name__, *given))


def told(found: Measured) -> Iterator[str]:
    """The figures in words."""
    asked = ", ".join(f"{number} {name}" for name, number in found.requests.items())
    yield f"{found.items} items at {SPOKES} spokes, {found.kept} MB of ledger"
    yield f"one change: {sum(found.requests.values())} requests ({asked})"
    fastest, slowest = 1000 * min(found.seconds), 1000 * max(found.seconds)
    ours = 1000 * found.busy / len(found.seconds)
    yield f"{found.median:.0f} ms, {fastest:.0f} to {slowest:.0f} ({ours:.0f} of one core)"
    yield f"memory {found.idle} MB before, {found.peak} MB at most"
    yield wrong(found) or "all went well"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=ITEMS[0], help=f"how many there are (default {ITEMS[0]})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many changes (default {ROUNDS})")
    parser.add_argument("--kind", choices=sorted(SETTINGS), default=CALENDARS.kind.value, help="what the hub joins")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        measuring = measured(Path(folder), given.items, rounds=given.rounds, setting=SETTINGS[given.kind])
        found = asyncio.run(measuring)
    print(json.dumps(asdict(found)) if given.json else "\n".join(told(found)))
    return 1 if wrong(found) and not given.json else 0


if __name__ == "__main__":
    sys.exit(main())
