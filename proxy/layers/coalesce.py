"""Asks once what many want to know at the same time."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from protocols.model.freebusy import Answer, Question, Reason, Unavailable, all_unavailable
from protocols.model.mailbox import Mailbox
from proxy.answers import addressed
from proxy.connector import Connector, cut, guarded
from proxy.flights import Flights
from proxy.layers.budget import Timer
from proxy.passengers import PASSENGERS, Passenger, Passengers


@dataclass(frozen=True, slots=True, eq=False)
class _Flight:
    task: asyncio.Task[dict[str, Answer]]
    passengers: Passengers
    began: float


class Coalesce:
    """One flight per mailbox and question, shared by all who ask meanwhile.

    A flight belongs to nobody: an asker that is cancelled leaves it in the air, and it has its own full ``deadline``.
    Whatever keeps it waiting below may refuse some who are aboard, and it goes on for the others. What it brings may
    have been read as soon as it began: ``ttl`` later nobody boards it any more.
    """

    def __init__(
        self,
        inner: Connector,
        *,
        name: str = "",
        deadline: timedelta = timedelta(seconds=30),
        ttl: timedelta = timedelta.max,
        timer: Timer = time.monotonic,
    ) -> None:
        self._inner, self._name, self._deadline = inner, name, deadline
        self._ttl, self._timer = ttl.total_seconds(), timer
        self._flights = Flights()
        self._aboard: dict[Question, dict[str, _Flight]] = {}

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        if not mailboxes:
            return []
        flights = self._board(mailboxes, question)
        wanted: dict[_Flight, list[str]] = {}
        for flight, mailbox in zip(flights, mailboxes, strict=True):
            wanted.setdefault(flight, []).append(mailbox.address)
        aboard = {flight: flight.passengers.board(addresses) for flight, addresses in wanted.items()}
        for passenger in aboard.values():
            await passenger.over
        return [_told(flight, aboard[flight], mailbox) for flight, mailbox in zip(flights, mailboxes, strict=True)]

    async def close(self, *, grace: timedelta = timedelta()) -> None:
        """End all flights: those that do not land within ``grace`` answer TIMEOUT."""
        await self._flights.close(grace=grace)

    def _board(self, mailboxes: Sequence[Mailbox], question: Question) -> list[_Flight]:
        aboard = self._aboard.setdefault(question, {})
        now = self._timer()
        new = {
            mailbox.address: mailbox
            for mailbox in mailboxes
            if not _brings(aboard, mailbox.address, since=now - self._ttl)
        }
        if new:
            passengers = Passengers()
            task = self._flights.start(self._fly(list(new.values()), question, passengers))
            flight = _Flight(task, passengers, now)
            aboard.update(dict.fromkeys(new, flight))
            flight.task.add_done_callback(lambda _: self._land(flight, new, question))
        return [aboard[mailbox.address] for mailbox in mailboxes]

    def _land(self, flight: _Flight, addresses: dict[str, Mailbox], question: Question) -> None:
        aboard = self._aboard.get(question, {})
        for address in addresses:
            if aboard.get(address) is flight:
                del aboard[address]
        if not aboard:
            self._aboard.pop(question, None)
        flight.passengers.land()

    async def _fly(self, mailboxes: Sequence[Mailbox], question: Question, passengers: Passengers) -> dict[str, Answer]:
        PASSENGERS.set(passengers)
        answers = await cut(guarded(self._inner, self._name, mailboxes, question), self._deadline)
        if answers is None:
            answers = all_unavailable(mailboxes, Reason.TIMEOUT, detail="the flight's own deadline")
        return {mailbox.address: answer for mailbox, answer in zip(mailboxes, answers, strict=True)}


def _brings(aboard: dict[str, _Flight], address: str, *, since: float) -> bool:
    flight = aboard.get(address)
    return flight is not None and flight.began > since and address not in flight.passengers.refused


def _told(flight: _Flight, passenger: Passenger, mailbox: Mailbox) -> Answer:
    if not flight.task.done():
        return addressed(passenger.refusals[mailbox.address], mailbox)
    if flight.task.cancelled():
        return Unavailable(mailbox=mailbox, reason=Reason.TIMEOUT, detail="closing")
    return addressed(flight.task.result()[mailbox.address], mailbox)
