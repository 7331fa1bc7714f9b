"""A hub of three calendars or folders in bad weather, step by step as Hypothesis chooses; judged when it is quiet."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from calsync.engine.moments import Moment
from calsync.items import Fields
from calsync.rules import Conflict, Detail, Gets, HubRules, Kind, Treat
from service.state.database import Database
from tests.calsync.world import appointments, contacts
from tests.calsync.world.judge import Judge
from tests.calsync.world.people import WAYS, People, labelled
from tests.calsync.world.server import Fault, Server
from tests.calsync.world.world import ALL, EVERYTHING, SPOKES, World, rules

T = TypeVar("T")

_SPOKE: Final = st.sampled_from(SPOKES)
_PICK: Final = st.integers(0, 20)
_HOW: Final = st.runner().flatmap(lambda machine: st.sampled_from(WAYS[machine.kind]))
_MORE: Final = {Kind.CALENDAR: ["delete", "invite"], Kind.CONTACTS: ["delete"]}
_AHEAD: Final = st.runner().flatmap(lambda machine: st.sampled_from([*WAYS[machine.kind], *_MORE[machine.kind]]))
_SHORT: Final = st.runner().flatmap(lambda machine: st.just(False) if of_calendars(machine) else st.booleans())
_CRASHES: Final = st.sampled_from(
    [Moment.READ, Moment.PLANNED, Moment.KEPT, Moment.BEGUN, Moment.WRITTEN, Moment.LINKED]
)

NARROW: Final[tuple[HubRules, ...]] = (
    rules(gets={"west": replace(ALL, detail=Detail.BUSY)}),
    rules(gets={"south": replace(ALL, change=False, delete=False)}),
    rules(gets={"south": replace(ALL, prefix="N: ", category="Hub", private=True), "west": Gets()}),
    rules(gives={"west": None}),
    rules(gives={"north": replace(EVERYTHING, detail=Detail.BUSY)}, conflicts=Conflict.BOTH),
    rules(conflicts=Conflict.HUB),
    rules(gives=dict.fromkeys(SPOKES, replace(EVERYTHING, private=Treat.SKIP))),
    rules(gives={"north": replace(EVERYTHING, private=Treat.BUSY), "south": replace(EVERYTHING, private=Treat.SKIP)}),
)
"""Rules by which not every edit counts."""
_HIDING: Final = 6
"""The one of them by which no spoke gives what is private."""


class Ground:
    """A database for many machines, each of which has a hub of its own in it."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.numbers = count(1)
        self.figures: Counter[str] = Counter()
        self._stack = AsyncExitStack()
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "state.db"
        self.database = self.runner.run(self._stack.enter_async_context(Database.open(f"sqlite:{path}")))

    def close(self) -> None:
        """Nothing is left of it."""
        self.runner.run(self._stack.aclose())
        self.runner.close()
        self._folder.cleanup()


def of_calendars(machine: "Weather") -> bool:
    """Others can be asked to come to an appointment alone."""
    return machine.kind is Kind.CALENDAR


class Weather(RuleBasedStateMachine):
    """``ground`` is set by whoever runs it, and ``kind`` what its hubs join. In the figures of ``ground`` are counted:
    the runs, and what was found wrong."""

    ground: Ground
    kind: ClassVar[Kind] = Kind.CALENDAR

    @initialize(
        skews=st.lists(st.sampled_from([0, -7200, 60]), min_size=3, max_size=3),
        capitals=st.booleans(),
        conflicts=st.sampled_from([Conflict.NEWEST, Conflict.ORDER, Conflict.HUB]),
        short=_SHORT,
    )
    def begin(self, skews: list[int], capitals: bool, conflicts: Conflict, short: bool = False) -> None:
        self.name = f"hub{next(self.ground.numbers)}"
        self.world = World.over(self.ground.database, rules(self.name, conflicts=conflicts, kind=self.kind))
        self.people, self.counting, self.whole = People(kind=self.kind), True, True
        for server, skew in zip(self.world.servers.values(), skews, strict=True):
            server.skew = timedelta(seconds=skew)
        self.world.servers["south"].loud = capitals
        if short:
            self.world.servers["south"].shape = contacts.less

    @rule(spoke=_SPOKE, other=st.booleans())
    def create(self, spoke: str, other: bool) -> None:
        self.people.create(self._at(spoke), self.people.something(other=other))

    @rule(spoke=_SPOKE, other=st.booleans())
    def create_the_same_twice(self, spoke: str, other: bool) -> None:
        content = self.people.something(other=other)
        self.people.twice.add(labelled(content))
        for each in SPOKES:
            if each != spoke:
                self.people.create(self._at(each), content)
        for server in self.world.servers.values():  # as long as they are the same: later they may be two
            server.faults.clear()
            server.meanwhile.clear()
        self._sync(None)

    @rule(spoke=_SPOKE, pick=_PICK, how=_HOW)
    def edit(self, spoke: str, pick: int, how: str) -> None:
        server = self._at(spoke)
        if key := _picked(server, pick):
            self.people.edit(server, key, how)

    @rule(spoke=_SPOKE, pick=_PICK)
    def delete(self, spoke: str, pick: int) -> None:
        server = self._at(spoke)
        if key := _picked(server, pick):
            self.people.delete(server, key)

    @precondition(of_calendars)
    @rule(spoke=_SPOKE, pick=_PICK)
    def invite(self, spoke: str, pick: int) -> None:
        server = self._at(spoke)
        if key := _picked(server, pick):
            self.people.invite(server, key)

    @precondition(of_calendars)
    @rule(spoke=_SPOKE)
    def receive_an_invitation_at_two(self, spoke: str) -> None:
        event = self.people.event(series=False)
        self.people.received.add(labelled(event))
        for each in SPOKES:
            if each != spoke:
                server = self._at(each)
                self.people.invite(server, self.people.create(server, event, uid=f"{event.subject}@elsewhere.example"))

    @rule(spoke=_SPOKE, pick=_PICK)
    def bump(self, spoke: str, pick: int) -> None:
        server = self._at(spoke)
        if key := _picked(server, pick):
            server.bump(key)

    @rule(spoke=_SPOKE, fault=st.sampled_from(Fault))
    def trouble(self, spoke: str, fault: Fault) -> None:
        self._at(spoke).faults.append(fault)

    @rule(spoke=_SPOKE, pick=_PICK, how=_AHEAD)
    def somebody_is_faster(self, spoke: str, pick: int, how: str) -> None:
        server = self._at(spoke)

        def now() -> None:
            if not (key := _picked(server, pick)):
                return
            acts = {"delete": self.people.delete, "invite": self.people.invite}
            if act := acts.get(how):
                act(server, key)
            else:
                self.people.edit(server, key, how)

        server.meanwhile.append(now)

    @rule(only=st.none() | _SPOKE)
    def sync(self, only: str | None) -> None:
        self._sync(only)

    @rule(moment=_CRASHES, after=st.integers(0, 4))
    def crash(self, moment: Moment, after: int) -> None:
        self.world.crash = (moment, after)
        self._sync(None)

    @rule()
    def lose_the_ledger(self) -> None:
        self.whole = False
        self.people.apart |= self.people.twice | self.people.received
        self.people.free |= self.people.twice
        self.people.twice.clear()
        self._run(self.world.lose_the_ledger())

    @rule(which=st.integers(0, len(NARROW) - 1))
    def change_the_rules(self, which: int) -> None:
        self._ruled(which)

    @precondition(of_calendars)
    @rule(spoke=_SPOKE, other=_SPOKE, how=st.sampled_from(["fewer", "length", "no series", "subject"]))
    def change_the_copy_of_what_hides_something(self, spoke: str, other: str, how: str) -> None:
        """By rules that tell nothing of what is private."""
        self._ruled(_HIDING)
        series = self.people.event(series=True)
        hiding = appointments.EDITS["hide one"](series, self.people.number())
        assert hiding is not None
        self.people.create(self._at(spoke), hiding)
        self._sync(None)
        server = self._at(other)
        for key in [key for key, one in server.standing.items() if labelled(one.content) == series.location]:
            self.people.edit(server, key, how)

    def _ruled(self, which: int) -> None:
        self.counting = False
        self.world.rules = replace(NARROW[which], name=self.name, kind=self.kind)
        for spoke in self.world.rules.spokes:
            hides = spoke.gives is not None and spoke.gives.private is not Treat.COPY
            self.world.servers[spoke.name].held = appointments.held if hides else _nothing

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        judge = Judge(world=self.world, people=self.people, counting=self.counting, whole=self.whole)
        found = self._run(judge.verdict())
        self.ground.figures.update(["machines", *found])
        assert not found, "\n".join(f"{sort}: {line}" for sort, lines in found.items() for line in lines)

    def _at(self, spoke: str) -> Server:
        self.world.time.now += timedelta(minutes=1)
        return self.world.servers[spoke]

    def _sync(self, only: str | None) -> None:
        self.ground.figures["runs"] += 1
        self._run(self.world.sync(only=None if only is None else frozenset({only})))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.ground.runner.run(work)


def _nothing(fields: Fields) -> frozenset[str]:
    """All is given."""
    return frozenset()


def _picked(server: Server, pick: int) -> str:
    keys = sorted(server.standing)
    return keys[pick % len(keys)] if keys else ""
