"""A question before its turn: it stands in the lines of all who want any of it, each for as long as it still may."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from protocols.model.freebusy import Answer
from protocols.model.mailbox import Mailbox
from proxy.fair_shares import FairShares, Ticket
from proxy.passengers import Passenger, Passengers

Refuse: TypeAlias = Callable[[Sequence[Mailbox]], Sequence[Answer]]
"""What somebody is told about these who waited for them too long."""


@dataclass(frozen=True, slots=True)
class _Place:
    passenger: Passenger
    wanted: Sequence[Mailbox]
    waited: float  # before it came here
    timer: asyncio.TimerHandle


class Wait:
    """Goes on when the first of those who stand for it is called, about what is still wanted by any of them.

    Whoever is called pays for the ``calls`` that its own part takes, and who has stood here longest for the rest.
    Whoever has been waiting in lines for ``patience`` seconds is told what ``refuse`` says, and the others stand on.
    ``going`` are those whose turn it is, ``taken`` the calls for them: none where nobody was called in time.
    """

    def __init__(
        self,
        mailboxes: Sequence[Mailbox],
        shares: "FairShares[Wait]",
        *,
        calls: Callable[[Sequence[Mailbox]], int],
        patience: float,
        refuse: Refuse,
    ) -> None:
        self._mailboxes, self._shares = mailboxes, shares
        self._calls, self._patience, self._refuse = calls, patience, refuse
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._standing: dict[Ticket[Wait], _Place] = {}
        self._wanted = Counter[str]()
        self._passengers = Passengers()
        self.going: Sequence[Mailbox] = ()
        self.taken = 0

    async def end(self, passengers: Passengers) -> None:
        """Until somebody was called for it, of ``passengers`` now or yet to come, or nobody stands for it any more."""
        self._passengers = passengers
        try:
            with passengers.shown(self._stand):
                if self._standing:
                    await self._over
        finally:
            self._leave_all()

    def come(self, ticket: "Ticket[Wait]") -> int:
        """The turn of ``ticket``, which was taken, has come; the calls that go with it."""
        if not self._over.done():
            self.going = [mailbox for mailbox in self._mailboxes if self._wanted[mailbox.address]]
            self.taken = self._calls(self.going)
            longest = next(iter(self._standing.values())).passenger.asking.caller
            self._leave_all()
            self._shares.charge(longest, self.taken - ticket.cost)
            self._over.set_result(None)
        return self.taken

    def _stand(self, passenger: Passenger) -> None:
        wanted = [mailbox for mailbox in self._mailboxes if mailbox.address in passenger.addresses]
        if not wanted or self._over.done():
            return
        asking = passenger.asking
        ticket = self._shares.put(asking.caller, self, since=self._loop.time(), cost=self._calls(wanted))
        timer = self._loop.call_later(max(0.0, self._patience - asking.waited), self._give_up, ticket)
        self._standing[ticket] = _Place(passenger, wanted, asking.waited, timer)
        self._wanted.update(mailbox.address for mailbox in wanted)

    def _give_up(self, ticket: "Ticket[Wait]") -> None:
        place = self._leave(ticket)
        addresses = [mailbox.address for mailbox in place.wanted]
        self._wanted.subtract(addresses)
        self._passengers.refused.update(address for address in addresses if not self._wanted[address])
        place.passenger.refuse(dict(zip(addresses, self._refuse(place.wanted), strict=True)))
        if not self._standing and not self._over.done():
            self._over.set_result(None)

    def _leave(self, ticket: "Ticket[Wait]") -> _Place:
        place = self._standing.pop(ticket)
        place.timer.cancel()
        place.passenger.asking.waited_for(self._loop.time() - ticket.since, after=place.waited)
        self._shares.leave(ticket)
        return place

    def _leave_all(self) -> None:
        for ticket in tuple(self._standing):
            self._leave(ticket)
