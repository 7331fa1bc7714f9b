"""Asks every calendar system concerned at once, and answers in order and in time."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import addressed
from proxy.combining import combined
from proxy.connector import Connector, Ready, at_once, guarded
from proxy.flights import Flights
from routing.table import Combine
from routing.ways import Leg, Way, Ways

Observer: TypeAlias = Callable[[Mailbox, Way, Sequence[Answer]], None]
"""Sees how each calendar on the way to a mailbox answered, before the answers are joined."""


@dataclass(slots=True)
class _Group:
    """The mailboxes asked of one connector: the places of their answers, and their addresses as it knows them."""

    places: list[int] = field(default_factory=list)
    mailboxes: list[Mailbox] = field(default_factory=list)

    def without(self, answers: Sequence[Answer | None]) -> "_Group":
        left = [pair for pair in zip(self.places, self.mailboxes, strict=True) if answers[pair[0]] is None]
        return _Group([place for place, _ in left], [mailbox for _, mailbox in left])


@dataclass(slots=True)
class _Asked:
    """One question on its way.

    ``answers`` has a place for each mailbox, and behind them one for each leg of those with several. ``several``: by
    the place of a mailbox, its way and the places of its legs. ``chains``: the ways of which the next leg is asked
    only where one does not know the mailbox.
    """

    question: Question
    answers: list[Answer | None]
    groups: dict[str, _Group] = field(default_factory=dict)
    several: dict[int, tuple[Way, range]] = field(default_factory=dict)
    chains: dict[int, Way] = field(default_factory=dict)


class Federation:
    """All connectors as one, by ``ways``, for callers that are never answered ``never_via`` some of them.

    ``deadline`` cuts the caller's answer: what has not come by then is TIMEOUT, and goes on for those who ask next.
    Raises ValueError where a route names a connector that is not there.
    """

    def __init__(
        self,
        *,
        ways: Ways,
        connectors: Mapping[str, Connector],
        deadline: timedelta,
        never_via: Collection[str] = (),
        observer: Observer | None = None,
    ) -> None:
        if missing := sorted(ways.table.connectors - set(connectors)):
            raise ValueError(f"no connector is called {', '.join(missing)}")
        self._ways, self._connectors, self._deadline = ways, dict(connectors), deadline
        self._never_via, self._observer = frozenset(never_via), observer
        self._ready = {name: connector for name, connector in connectors.items() if isinstance(connector, Ready)}
        self._flights = Flights()

    @property
    def deadline(self) -> timedelta:
        """How long a caller waits."""
        return self._deadline

    @property
    def never_via(self) -> frozenset[str]:
        """The connectors that these callers are never answered by."""
        return self._never_via

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`. What is ready is answered without a task and without waiting."""
        asked = self._planned(mailboxes, question)
        self._take_ready(asked.groups, asked)
        if asked.chains or any(answer is None for answer in asked.answers):
            await self._ask(asked)
        for place, (way, places) in asked.several.items():
            legs = [
                _late(leg.mailbox) if (found := asked.answers[each]) is None else found
                for leg, each in zip(way.legs, places, strict=True)
            ]
            if self._observer is not None:
                self._observer(mailboxes[place], way, legs)
            asked.answers[place] = combined(legs, way.combine, question.window)
        return [
            _late(mailbox) if answer is None else addressed(answer, mailbox)
            for mailbox, answer in zip(mailboxes, asked.answers, strict=False)
        ]

    async def close(self, *, grace: timedelta = timedelta()) -> None:
        """End the look-ups that still go on, after ``grace``."""
        await self._flights.close(grace=grace)

    def _planned(self, mailboxes: Sequence[Mailbox], question: Question) -> _Asked:
        asked = _Asked(question, [None] * len(mailboxes))
        find, take = self._ways.find, self._take
        for place, mailbox in enumerate(mailboxes):
            way = find(mailbox)
            if type(way) is Leg:  # nearly always
                take(way, place, asked)
            elif isinstance(way, Unavailable):
                asked.answers[place] = way
            elif isinstance(way, Way):
                self._take_several(way, place, asked)
        return asked

    def _take(self, leg: Leg, place: int, asked: _Asked) -> None:
        """Ask the leg's connector; its answer comes to ``place``."""
        via = leg.via
        if via in self._never_via:
            asked.answers[place] = _looping(leg)
            return
        group = asked.groups.get(via)
        if group is None:
            group = asked.groups[via] = _Group()
        group.places.append(place)
        group.mailboxes.append(leg.mailbox)

    def _take_several(self, way: Way, place: int, asked: _Asked) -> None:
        if way.combine is Combine.FIRST:
            asked.chains[place] = way
            return
        places = range(len(asked.answers), len(asked.answers) + len(way.legs))
        asked.answers += [None] * len(places)
        asked.several[place] = way, places
        for each, leg in zip(places, way.legs, strict=True):
            self._take(leg, each, asked)

    def _take_ready(self, groups: Mapping[str, _Group], asked: _Asked) -> None:
        for name, group in groups.items():
            if ready := self._ready.get(name):
                _fill(asked.answers, group, at_once(ready, name, group.mailboxes, asked.question))

    async def _ask(self, asked: _Asked) -> None:
        left = {name: group.without(asked.answers) for name, group in asked.groups.items()}
        tasks = {
            name: self._flights.start(guarded(self._connectors[name], name, group.mailboxes, asked.question))
            for name, group in left.items()
            if group.places
        }
        chains = {
            place: self._flights.start(self._first_that_knows(way, asked.question))
            for place, way in asked.chains.items()
        }
        if not tasks and not chains:
            return
        await asyncio.wait([*tasks.values(), *chains.values()], timeout=self._deadline.total_seconds())
        late = {}
        for name, task in tasks.items():
            if task.done() and not task.cancelled():
                _fill(asked.answers, left[name], task.result())
            else:
                late[name] = left[name]
        for place, chain in chains.items():
            asked.answers[place] = chain.result() if chain.done() and not chain.cancelled() else None
        self._take_ready(late, asked)  # what other flights have brought meanwhile

    async def _first_that_knows(self, way: Way, question: Question) -> Answer:
        """The answer of the first leg that knows the mailbox, or why it is not known whether one does."""
        answers: list[Answer] = []
        for leg in way.legs:
            if leg.via in self._never_via:
                answers.append(_looping(leg))
            else:
                answers += await guarded(self._connectors[leg.via], leg.via, [leg.mailbox], question)
            last = answers[-1]
            if not isinstance(last, Unavailable) or last.reason is not Reason.NO_SUCH_MAILBOX:
                break
        return combined(answers, Combine.EITHER, question.window)


def _looping(leg: Leg) -> Unavailable:
    detail = f"this caller is never answered via {leg.via} (never_via)"
    return Unavailable(mailbox=leg.mailbox, reason=Reason.LOOP, detail=detail, source=leg.via)


def _late(mailbox: Mailbox) -> Unavailable:
    return Unavailable(mailbox=mailbox, reason=Reason.TIMEOUT, detail="the caller's deadline")


def _fill(answers: list[Answer | None], group: _Group, found: Sequence[Answer | None]) -> None:
    for place, answer in zip(group.places, found, strict=True):
        answers[place] = answer
