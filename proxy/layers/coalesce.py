"""Asks once what many want to know at the same time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeAlias

from protocols.model.freebusy import Answer, Question, Reason, Unavailable, all_unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import addressed
from proxy.connector import Connector, cut, guarded
from proxy.flights import Flights

_Flight: TypeAlias = asyncio.Task[dict[str, Answer]]


class Coalesce:
    """One flight per mailbox and question, shared by all who ask meanwhile.

    A flight belongs to nobody: an asker that is cancelled leaves it in the air, and it has its own full ``deadline``.
    """

    def __init__(self, inner: Connector, *, name: str = "", deadline: timedelta = timedelta(seconds=30)) -> None:
        self._inner, self._name, self._deadline = inner, name, deadline
        self._flights = Flights()
        self._aboard: dict[Question, dict[str, _Flight]] = {}

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        if not mailboxes:
            return []
        flights = self._board(mailboxes, question)
        if waiting := {flight for flight in flights if not flight.done()}:
            await asyncio.wait(waiting)
        return [_landed(flight, mailbox) for flight, mailbox in zip(flights, mailboxes, strict=True)]

    async def close(self, *, grace: timedelta = timedelta()) -> None:
        """End all flights: those that do not land within ``grace`` answer TIMEOUT."""
        await self._flights.close(grace=grace)

    def _board(self, mailboxes: Sequence[Mailbox], question: Question) -> list[_Flight]:
        aboard = self._aboard.setdefault(question, {})
        new = {mailbox.address: mailbox for mailbox in mailboxes if mailbox.address not in aboard}
        if new:
            flight = self._flights.start(self._fly(list(new.values()), question))
            aboard.update(dict.fromkeys(new, flight))
            flight.add_done_callback(lambda _: self._disembark(new, question))
        return [aboard[mailbox.address] for mailbox in mailboxes]

    def _disembark(self, addresses: dict[str, Mailbox], question: Question) -> None:
        aboard = self._aboard[question]
        for address in addresses:
            del aboard[address]
        if not aboard:
            del self._aboard[question]

    async def _fly(self, mailboxes: Sequence[Mailbox], question: Question) -> dict[str, Answer]:
        answers = await cut(guarded(self._inner, self._name, mailboxes, question), self._deadline)
        if answers is None:
            answers = all_unavailable(mailboxes, Reason.TIMEOUT, detail="the flight's own deadline")
        return {mailbox.address: answer for mailbox, answer in zip(mailboxes, answers, strict=True)}


def _landed(flight: _Flight, mailbox: Mailbox) -> Answer:
    if flight.cancelled():
        return Unavailable(mailbox=mailbox, reason=Reason.TIMEOUT, detail="closing")
    return addressed(flight.result()[mailbox.address], mailbox)
