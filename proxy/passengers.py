"""Who is aboard a flight that many share: whatever keeps it waiting asks for each of them, and may refuse some."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from protocols.model.freebusy import Answer
from proxy.asking import ASKING, Asking


class Passenger:
    """One question's part in a flight: whose, and the ``addresses`` it wants to know about.

    ``over`` is done once the flight has landed, or all that was wanted of it is refused.
    """

    __slots__ = ("addresses", "asking", "over", "refusals")

    def __init__(self, asking: Asking, addresses: Collection[str]) -> None:
        self.asking, self.addresses = asking, frozenset(addresses)
        self.refusals: dict[str, Answer] = {}
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def refuse(self, refusals: Mapping[str, Answer]) -> None:
        """Tell it, by the addresses, that it will not wait any longer."""
        self.refusals |= refusals
        if len(self.refusals) == len(self.addresses):
            self.land()

    def land(self) -> None:
        """It waits no longer."""
        if not self.over.done():
            self.over.set_result(None)


Boarded: TypeAlias = Callable[[Passenger], None]
"""Told of whoever comes aboard."""


class Passengers:
    """Those aboard one flight; ``refused`` are the addresses that it brings nobody any more: no one may board for them.

    Who leaves without an answer stays on the list: a flight belongs to nobody, and goes on when all have left.
    """

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self._aboard: list[Passenger] = []
        self._told: list[Boarded] = []

    def board(self, addresses: Collection[str]) -> Passenger:
        """Whoever asks now comes aboard, for these ``addresses``."""
        passenger = Passenger(ASKING.get(), addresses)
        self._aboard.append(passenger)
        for boarded in tuple(self._told):
            boarded(passenger)
        return passenger

    def land(self) -> None:
        """The flight is over for everybody."""
        for passenger in self._aboard:
            passenger.land()

    @contextmanager
    def shown(self, boarded: Boarded) -> Iterator[None]:
        """Inside, ``boarded`` is told of all who are aboard, in the order in which they came, and of all who come."""
        for passenger in self._aboard:
            boarded(passenger)
        self._told.append(boarded)
        try:
            yield
        finally:
            self._told.remove(boarded)


PASSENGERS: ContextVar[Passengers | None] = ContextVar("passengers", default=None)
"""Those for whom everything done now is done; None outside a flight."""


def aboard(addresses: Collection[str]) -> Passengers:
    """Those aboard the flight that this is a part of; outside one, whoever asks now, alone."""
    passengers = PASSENGERS.get()
    if passengers is None:
        passengers = Passengers()
        passengers.board(addresses)
    return passengers
