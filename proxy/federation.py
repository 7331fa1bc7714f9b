"""Asks every calendar system concerned at once, and answers in order and in time."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import addressed
from proxy.chain import Chain
from proxy.combining import combined, looping
from proxy.connector import Connector, Ready, at_once, at_once_of, guarded
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
    the place of a mailbox, its way and the places of its legs. ``chains``: by the connectors asked one after the
    other, the places of mailboxes and their ways.
    """

    question: Question
    answers: list[Answer | None]
    groups: dict[str, _Group] = field(default_factory=dict)
    several: dict[int, tuple[Way, range]] = field(default_factory=dict)
    chains: dict[tuple[str, ...], tuple[list[int], list[Way]]] = field(default_factory=dict)

    @property
    def is_answered(self) -> bool:
        """Whether nobody has to be waited for."""
        if all(self.answers):
            return True
        several = self.several
        return all(answer or place in several for place, answer in enumerate(self.answers)) if several else False

    def chains_left(self) -> Iterator[tuple[list[int], list[Way]]]:
        """Those of ``chains`` without an answer."""
        for places, ways in self.chains.values():
            left = [pair for pair in zip(places, ways, strict=True) if self.answers[pair[0]] is None]
            if left:
                yield [place for place, _ in left], [way for _, way in left]

    def whom(self, place: int) -> str:
        """Which connector's answer is awaited at ``place``; the first of a chain; "" where it is none's."""
        asked = (name for name, group in self.groups.items() if place in group.places)
        return next(asked, next((vias[0] for vias, (places, _) in self.chains.items() if place in places), ""))


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
        self._prompt = {name: at_once_of(each) for name, each in connectors.items() if name not in self._never_via}
        self._chain = Chain(self._connectors, self._never_via)
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
        asked = self._known(mailboxes, question)
        if not asked.is_answered:
            await self._ask(asked)
        return self._told(mailboxes, asked)

    def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
        """See :class:`proxy.connector.Prompt`."""
        if legs := self._legs_to_one(mailboxes):
            return self._at_once_of_one(legs, mailboxes, question)
        asked = self._known(mailboxes, question)
        return self._told(mailboxes, asked) if asked.is_answered else None

    def _legs_to_one(self, mailboxes: Sequence[Mailbox]) -> list[Leg]:
        """Where one connector alone knows about everybody, which is nearly always, the legs to it; else none."""
        find, legs, via = self._ways.find, [], ""
        for mailbox in mailboxes:
            leg = find(mailbox)
            if type(leg) is not Leg or (via and leg.via != via):
                return []
            via = leg.via
            legs.append(leg)
        return legs if via in self._prompt else []

    def _at_once_of_one(
        self, legs: Sequence[Leg], mailboxes: Sequence[Mailbox], question: Question
    ) -> list[Answer] | None:
        found = self._prompt[legs[0].via]([leg.mailbox for leg in legs], question)
        if found is None:
            return None
        return [
            answer if answer.mailbox is mailbox else addressed(answer, mailbox)
            for answer, mailbox in zip(found, mailboxes, strict=True)
        ]

    def _known(self, mailboxes: Sequence[Mailbox], question: Question) -> _Asked:
        """The question with all answers that are ready."""
        asked = self._planned(mailboxes, question)
        self._take_ready(asked.groups, asked)
        for places, ways in asked.chains.values():
            for place, found in zip(places, self._chain.ready(ways, question), strict=True):
                asked.answers[place] = found
        return asked

    def _told(self, mailboxes: Sequence[Mailbox], asked: _Asked) -> list[Answer]:
        """The answers that have come, those of several calendars joined, and TIMEOUT for what has not."""
        for place, (way, beyond) in asked.several.items():
            legs = [
                _late(leg.mailbox, leg.via) if (known := asked.answers[each]) is None else known
                for leg, each in zip(way.legs, beyond, strict=True)
            ]
            if self._observer is not None:
                self._observer(mailboxes[place], way, legs)
            asked.answers[place] = combined(way, legs, asked.question.window)
        return [
            _late(mailbox, asked.whom(place)) if answer is None else addressed(answer, mailbox)
            for place, (mailbox, answer) in enumerate(zip(mailboxes, asked.answers, strict=False))
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
            asked.answers[place] = looping(leg)
            return
        group = asked.groups.get(via)
        if group is None:
            group = asked.groups[via] = _Group()
        group.places.append(place)
        group.mailboxes.append(leg.mailbox)

    def _take_several(self, way: Way, place: int, asked: _Asked) -> None:
        if way.combine is Combine.FIRST:
            places, ways = asked.chains.setdefault(tuple(leg.via for leg in way.legs), ([], []))
            places.append(place)
            ways.append(way)
            return
        beyond = range(len(asked.answers), len(asked.answers) + len(way.legs))
        asked.answers += [None] * len(beyond)
        asked.several[place] = way, beyond
        for each, leg in zip(beyond, way.legs, strict=True):
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
        chains = [
            (left_places, self._flights.start(self._chain.lookup(ways, asked.question)))
            for left_places, ways in asked.chains_left()
        ]
        flights = [*tasks.values(), *(task for _, task in chains)]
        if not flights:  # both sides of everybody were ready
            return
        await asyncio.wait(flights, timeout=self._deadline.total_seconds())
        late = {}
        for name, task in tasks.items():
            if task.done() and not task.cancelled():
                _fill(asked.answers, left[name], task.result())
            else:
                late[name] = left[name]
        for left_places, task in chains:
            if task.done() and not task.cancelled():
                for place, answer in zip(left_places, task.result(), strict=True):
                    asked.answers[place] = answer
        self._take_ready(late, asked)  # what other flights have brought meanwhile


def _late(mailbox: Mailbox, via: str) -> Unavailable:
    return Unavailable(mailbox=mailbox, reason=Reason.TIMEOUT, detail="the caller's deadline", source=via)


def _fill(answers: list[Answer | None], group: _Group, found: Sequence[Answer | None]) -> None:
    for place, answer in zip(group.places, found, strict=True):
        answers[place] = answer
