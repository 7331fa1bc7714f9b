"""Turns for those who are not proved yet: one after another, few places each, so that nobody takes all of the line."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, ip_address
from typing import Final

_NEIGHBOURS: Final = 2  # times as many places for an IPv6 /48 as for each /64


class LineFullError(Exception):
    """There is no place in the line, or none for whoever comes from there."""


class Turns:
    """One turn at a time, for ``places`` who wait or have it; of these ``each`` of one address.

    Addresses take turns round-robin, whatever number of messages one of them sends. An IPv6 address counts as its /64,
    and a /48 has twice the places of one; "" is whoever comes from nobody knows where.
    """

    def __init__(self, *, places: int, each: int) -> None:
        self._places, self._each = places, each
        self._taken: Counter[str] = Counter()
        self._number = 0
        self._busy = False
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it. Raises LineFullError at once."""
        house, street = _places(address)
        taken = self._taken
        full = self._number >= self._places or taken[house] >= self._each
        if full or (street and taken[street] >= _NEIGHBOURS * self._each):
            raise LineFullError
        self._number += 1
        taken.update(filter(None, (house, street)))
        try:
            await self._wait(house)
            try:
                yield
            finally:
                self._pass_on()
        finally:
            self._number -= 1
            self._leave(house)
            if street:
                self._leave(street)

    async def _wait(self, house: str) -> None:
        if not self._busy:
            self._busy = True
            return
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(house, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():  # the turn came, and nobody is there to have it
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            house, line = self._waiting.popitem(last=False)
            called = line.popleft()
            if line:
                self._waiting[house] = line  # behind all others
            if not called.done():
                called.set_result(None)
                return
        self._busy = False

    def _leave(self, name: str) -> None:
        self._taken[name] -= 1
        if not self._taken[name]:
            del self._taken[name]


def _places(address: str) -> tuple[str, str]:
    """What counts as one address, and as its neighbourhood ("" without)."""
    found = ip_address(address) if address else None
    if not isinstance(found, IPv6Address):
        return address or "nowhere", ""
    return f"{found.packed[:8].hex()}/64", f"{found.packed[:6].hex()}/48"
