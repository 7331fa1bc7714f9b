"""Asks every calendar system concerned at once, and answers in order and in time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache, partial

from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import addressed
from proxy.connector import Connector, Ready, at_once, guarded
from proxy.flights import Flights
from routing.table import RouteTable, rewritten


@dataclass(slots=True)
class _Group:
    """The mailboxes of one connector: their places in the question, and their addresses as the connector knows them."""

    places: list[int] = field(default_factory=list)
    mailboxes: list[Mailbox] = field(default_factory=list)

    def without(self, answers: Sequence[Answer | None]) -> "_Group":
        left = [pair for pair in zip(self.places, self.mailboxes, strict=True) if answers[pair[0]] is None]
        return _Group([place for place, _ in left], [mailbox for _, mailbox in left])


class Federation:
    """All connectors as one, by ``table``.

    ``deadline`` cuts the caller's answer: what has not come by then is TIMEOUT, and goes on for those who ask next.
    Raises ValueError where a route names a connector that is not there.
    """

    def __init__(self, *, table: RouteTable, connectors: Mapping[str, Connector], deadline: timedelta) -> None:
        if missing := sorted({route.via for route in table.routes} - set(connectors)):
            raise ValueError(f"no connector is called {', '.join(missing)}")
        self._connectors, self._deadline = dict(connectors), deadline
        self._ready = {name: connector for name, connector in connectors.items() if isinstance(connector, Ready)}
        self._way = lru_cache(maxsize=65_536)(partial(_way, table))
        self._flights = Flights()

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`. What is ready is answered without a task and without waiting."""
        answers: list[Answer | None] = [None] * len(mailboxes)
        groups = self._grouped(mailboxes, answers)
        self._take_ready(groups, question, answers)
        if any(answer is None for answer in answers):
            left = {name: group.without(answers) for name, group in groups.items()}
            await self._ask({name: group for name, group in left.items() if group.places}, question, answers)
        return [
            Unavailable(mailbox=mailbox, reason=Reason.TIMEOUT, detail="the caller's deadline")
            if answer is None
            else addressed(answer, mailbox)
            for mailbox, answer in zip(mailboxes, answers, strict=True)
        ]

    async def close(self, *, grace: timedelta = timedelta()) -> None:
        """End the look-ups that still go on, after ``grace``."""
        await self._flights.close(grace=grace)

    def _grouped(self, mailboxes: Sequence[Mailbox], answers: list[Answer | None]) -> dict[str, _Group]:
        groups: dict[str, _Group] = {}
        for place, mailbox in enumerate(mailboxes):
            way = self._way(mailbox)
            if isinstance(way, Unavailable):
                answers[place] = way
                continue
            via, known = way
            group = groups.get(via)
            if group is None:
                group = groups[via] = _Group()
            group.places.append(place)
            group.mailboxes.append(known)
        return groups

    def _take_ready(self, groups: Mapping[str, _Group], question: Question, answers: list[Answer | None]) -> None:
        for name, group in groups.items():
            if ready := self._ready.get(name):
                _fill(answers, group, at_once(ready, name, group.mailboxes, question))

    async def _ask(self, groups: Mapping[str, _Group], question: Question, answers: list[Answer | None]) -> None:
        tasks = {
            name: self._flights.start(guarded(self._connectors[name], name, group.mailboxes, question))
            for name, group in groups.items()
        }
        await asyncio.wait(tasks.values(), timeout=self._deadline.total_seconds())
        late = {}
        for name, task in tasks.items():
            if task.done() and not task.cancelled():
                _fill(answers, groups[name], task.result())
            else:
                late[name] = groups[name]
        self._take_ready(late, question, answers)  # what other flights have brought meanwhile


def _way(table: RouteTable, mailbox: Mailbox) -> tuple[str, Mailbox] | Unavailable:
    """The connector that answers for the mailbox, and the address it knows; or why none does."""
    route = table.find(mailbox)
    if route is None:
        return Unavailable(mailbox=mailbox, reason=Reason.NO_ROUTE)
    try:
        return route.via, rewritten(mailbox, route)
    except ValueError as error:
        return Unavailable(mailbox=mailbox, reason=Reason.INVALID_ADDRESS, detail=str(error))


def _fill(answers: list[Answer | None], group: _Group, found: Sequence[Answer | None]) -> None:
    for place, answer in zip(group.places, found, strict=True):
        answers[place] = answer
