"""What is measured, in the order of the table: groups of rows, each chosen by its own name or that of a row."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from bench import (
    authentication,
    cached,
    coalescing,
    davmail,
    first_answer,
    growth,
    lists,
    memory,
    moves,
    overload,
    rolling,
    routes,
    second_level,
    union,
    workers,
)
from bench.calsync import change, first_sync, notice, public_folder
from bench.calsync.hubs import CONTACTS
from bench.galsync import fill, plans
from bench.rows import Row
from bench.served import Served
from bench.soak import figures as soak
from bench.workload import capacity

SOAKED: Final = 100_000  # of the two million that `make soak` asks: enough to see that nothing is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a measurement is given: a folder of its own, and the server where its group shares one."""

    folder: Path
    rounds: int
    seconds: float
    server: Served | None = None

    @property
    def shared(self) -> Served:
        """The server of the groups that share one."""
        assert self.server is not None
        return self.server

    def at(self, server: Served) -> "Run":
        """The same with ``server``."""
        return replace(self, server=server)

    def within(self, name: str) -> "Run":
        """The same in a folder of that name, which is made."""
        (folder := self.folder / name).mkdir(exist_ok=True)
        return replace(self, folder=folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that are measured together. ``shares``: on the one server that all such groups ask."""

    name: str
    rows: tuple[str, ...]
    words: str
    measure: Callable[[Run], Awaitable[list[Row]]]
    shares: bool = False


class UnknownGroupError(ValueError):
    """No group and no row has that name; the message lists those there are."""


def chosen(names: Sequence[str]) -> list[Group]:
    """The groups that ``names`` mean, all where there are none, in the order of the table. Raises UnknownGroupError."""
    known = {name for group in GROUPS for name in (group.name, *group.rows)}
    if strange := [name for name in names if name not in known]:
        raise UnknownGroupError(f"{strange[0]} is not measured; there are {', '.join(sorted(known))}")
    return [group for group in GROUPS if not names or {group.name, *group.rows} & set(names)]


def _cached(each: cached.Cached) -> Group:
    async def measure(run: Run, *, only: cached.Cached) -> list[Row]:
        return await cached.rows(run.shared, rounds=run.rounds, seconds=run.seconds, only=[only])

    words = f"{each.name}: answers under load, beside a bare handler"
    return Group(name="cached", rows=(each.name,), words=words, measure=partial(measure, only=each), shares=True)


GROUPS: Final = (
    *map(_cached, cached.CACHED),
    Group(
        name="first_answer",
        rows=("first_answer_added_ms", "first_answer_p99_ms"),
        words="first answers, through the server and past it",
        measure=lambda run: first_answer.rows(run.shared, rounds=run.rounds, seconds=run.seconds),
        shares=True,
    ),
    Group(
        name="davmail",
        rows=davmail.NAMES,
        words="DavMail beside us, on the same upstream",
        measure=lambda run: davmail.rows(run.folder, rounds=run.rounds, seconds=run.seconds),
    ),
    Group(
        name="workers",
        rows=workers.ROWS,
        words="two workers beside one",
        measure=lambda run: workers.rows(run.folder, rounds=run.rounds, seconds=run.seconds),
    ),
    Group(
        name="second_level",
        rows=second_level.NAMES,
        words="a node's first look at what another fetched",
        measure=lambda run: second_level.rows(run.folder),
    ),
    Group(
        name="memory",
        rows=("cached_bytes_per_mailbox",),
        words="100,000 mailboxes in memory",
        measure=lambda _: memory.rows(),
    ),
    Group(
        name="overload",
        rows=("overload_goodput", "overload_p99_of_deadline", "overload_small_caller_refused"),
        words="three times as much as can be answered",
        measure=lambda run: overload.rows(run.folder, rounds=run.rounds, seconds=run.seconds),
    ),
    Group(
        name="soak",
        rows=(
            "soak_wrong",
            "soak_falsely_free",
            "soak_hung",
            "soak_answered",
            "soak_recovered",
            "soak_memory_growth",
        ),
        words=f"{SOAKED:,} questions with faults (all of them: make soak)",
        measure=lambda run: soak.rows(run.folder, questions=SOAKED, seconds=600),
    ),
    Group(
        name="rolling",
        rows=("rolling_restart_failed",),
        words="restarts, certificates and 100,000 moves under load",
        measure=lambda run: rolling.rows(run.folder),
    ),
    Group(
        name="growth",
        rows=growth.NAMES,
        words="from 10 routes to 100,000, and from 1,000 mailboxes to a million",
        measure=lambda run: growth.rows(run.folder, rounds=run.rounds, seconds=run.seconds),
    ),
    Group(
        name="authentication",
        rows=("authentication_added_us",),
        words="cached answers with and without authentication",
        measure=lambda run: authentication.rows(run.shared),
        shares=True,
    ),
    Group(
        name="coalescing",
        rows=("coalesced_upstream_calls",),
        words="1,000 askers at once",
        measure=lambda run: coalescing.rows(run.shared),
        shares=True,
    ),
    Group(
        name="union",
        rows=("union_added_ms",),
        words="two calendars of one person",
        measure=lambda run: union.rows(run.folder),
    ),
    Group(
        name="moves",
        rows=("moves_effective_s", "moves_reload_p99_ratio"),
        words=f"a move of {moves.PEOPLE:,} people, again and again",
        measure=lambda run: moves.rows(run.folder, rounds=run.rounds, seconds=run.seconds),
    ),
    Group(
        name="routes",
        rows=("route_lookup_us",),
        words="ways among 100,000 addresses and 10,000 domains",
        measure=lambda _: routes.rows(),
    ),
    Group(
        name="lists",
        rows=("route_bytes_per_address", "move_bytes_per_person"),
        words="people in lists",
        measure=lambda _: lists.rows(),
    ),
    Group(
        name="workload",
        rows=("workload_calls_per_question",),
        words="the calls that 10,000 people cost",
        measure=lambda _: capacity.rows(),
    ),
    Group(
        name="galsync_fill",
        rows=fill.NAMES,
        words="500 mailboxes are filled with 700 contacts each",
        measure=lambda run: fill.rows(run.folder),
    ),
    Group(
        name="galsync_plan",
        rows=plans.NAMES,
        words=f"a plan of {plans.PEOPLE:,} people, and {plans.CHANGES:,} changes among them",
        measure=lambda run: plans.rows(run.folder),
    ),
    Group(
        name="hub_change",
        rows=change.NAMES,
        words=f"one change in a hub of {change.SPOKES} calendars, with up to {change.ITEMS[-1]:,} items",
        measure=lambda run: change.rows(run.folder),
    ),
    Group(
        name="hub_first_sync",
        rows=first_sync.NAMES,
        words=f"a first sync of {first_sync.ITEMS:,} items from Google to Microsoft 365",
        measure=lambda run: first_sync.rows(run.folder),
    ),
    Group(
        name="hub_notice",
        rows=notice.NAMES,
        words=f"{notice.CHANGES} changes of which the servers tell",
        measure=lambda run: notice.rows(run.folder),
    ),
    Group(
        name="hub_contacts_change",
        rows=change.CONTACT_NAMES,
        words=f"one change in a hub of {change.SPOKES} folders of contacts, with up to {change.ITEMS[-1]:,} of them",
        measure=lambda run: change.rows(run.folder, setting=CONTACTS),
    ),
    Group(
        name="hub_contacts_first_sync",
        rows=first_sync.CONTACT_NAMES,
        words=f"a first sync of {first_sync.ITEMS:,} contacts from Google to Microsoft 365",
        measure=lambda run: first_sync.rows(run.folder, setting=CONTACTS),
    ),
    Group(
        name="hub_contacts_notice",
        rows=notice.CONTACT_NAMES,
        words=f"{notice.CHANGES} changes of contacts of which Graph tells",
        measure=lambda run: notice.rows(run.folder, joined=notice.ALL_CONTACTS),
    ),
    Group(
        name="hub_public_folder",
        rows=public_folder.NAMES,
        words=f"runs without changes over a public folder with {public_folder.ITEMS:,} items",
        measure=lambda run: public_folder.rows(run.folder),
    ),
    Group(
        name="hub_contacts_public_folder",
        rows=public_folder.CONTACT_NAMES,
        words=f"runs without changes over a public folder with {public_folder.ITEMS:,} contacts",
        measure=lambda run: public_folder.rows(run.folder, setting=CONTACTS),
    ),
)
