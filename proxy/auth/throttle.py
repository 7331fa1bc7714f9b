"""Guessing made slow: who showed wrong secrets for a name, or from an address, waits longer and longer for a turn."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address
from typing import Final

from cachetools import LRUCache, TTLCache

from proxy.auth import Address

_KEPT: Final = 16_384  # tallies of each kind, 4 MB or so
_TURNED_AWAY: Final = 65_536
_COMES_AGAIN: Final = 3_600.0  # seconds within which a secret that was turned away is known again, at most


@dataclass(frozen=True, slots=True)
class Limit:
    """``free`` wrong secrets cost nothing; each one more doubles the wait before the next turn, up to ``longest``.

    Seconds. One wrong secret is forgotten in each ``forgotten``.
    """

    free: int
    longest: float
    forgotten: float


PER_NAME: Final = Limit(free=5, longest=10.0, forgotten=60.0)  # from one address
PER_ADDRESS: Final = Limit(free=30, longest=2.0, forgotten=20.0)  # over all names


@dataclass(slots=True)
class _Tally:
    wrong: float
    at: float


class Throttle:
    """Who may be heard now, per name and address, and per address over all names (an IPv6 address counts as its /64).

    Nobody is locked out: the wait never grows beyond the longest, elsewhere nothing is touched, and only who has never
    been proved is asked about. Within reach of a guesser (the same name from the same address: a shared gateway, or a
    cloud that all its tenants call from), a caller that nobody has proved since the start must still get a turn.
    Therefore, once a limit is passed, a secret is heard only when it comes a second time after a wait: a caller shows
    the same secret again and again, and a guesser, who shows a new one each time, never gets the turn. One that shows
    each of its guesses twice takes part in the turns, as one of those who wait, and still gets no more of them than one
    each ten seconds. Memory is bounded, and what was unused for the longest is forgotten first: against some thousand
    guesses a second, a caller must come again within a minute.
    """

    def __init__(
        self, *, clock: Callable[[], float], per_name: Limit = PER_NAME, per_address: Limit = PER_ADDRESS
    ) -> None:
        self._clock, self._per_name, self._per_address = clock, per_name, per_address
        self._names: LRUCache[bytes, _Tally] = LRUCache(_KEPT)
        self._addresses: LRUCache[bytes, _Tally] = LRUCache(_KEPT)
        self._turned_away: TTLCache[bytes, float] = TTLCache(_TURNED_AWAY, _COMES_AGAIN, clock)

    def turn(self, name: str, address: Address | None, shown: bytes) -> int:
        """0 where ``shown`` (a digest of the secret) may be heard now, else the seconds after which to come again.

        Who is heard is taken to be wrong until :meth:`right` says otherwise, so that many guesses at once count too.
        """
        wait, passed = self._wait(name, address)
        if passed:
            first = self._turned_away.setdefault(shown, self._clock())
            waited = self._clock() - first >= 1
            if wait or not waited:
                return max(1, math.ceil(wait))
            del self._turned_away[shown]
        self._count(name, address, 1)
        return 0

    def right(self, name: str, address: Address | None) -> None:
        """What was heard was right: it does not count."""
        self._count(name, address, -1)

    def _wait(self, name: str, address: Address | None) -> tuple[float, bool]:
        """Seconds until the next turn, and whether a limit is passed."""
        place, now = _place(address), self._clock()
        tallies = (
            (self._names.get(_key(name, place)), self._per_name),
            (self._addresses.get(place), self._per_address),
        )
        over = [_over(tally, limit, now) for tally, limit in tallies]
        return max(over), max(over) >= 0

    def _count(self, name: str, address: Address | None, wrong: int) -> None:
        place, now = _place(address), self._clock()
        _note(self._names, _key(name, place), self._per_name, now, wrong)
        _note(self._addresses, place, self._per_address, now, wrong)


def _over(tally: _Tally | None, limit: Limit, now: float) -> float:
    """Seconds until the next turn, 0 where one is due; less where the limit is not reached."""
    if tally is None:
        return -1.0
    over = math.ceil(_left(tally, limit, now)) - limit.free  # a mistake counts until it is forgotten whole
    if over < 0:
        return -1.0
    return max(0.0, tally.at + min(limit.longest, math.pow(2, over)) - now)


def _left(tally: _Tally, limit: Limit, now: float) -> float:
    return max(0.0, tally.wrong - (now - tally.at) / limit.forgotten)


def _note(tallies: LRUCache[bytes, _Tally], key: bytes, limit: Limit, now: float, wrong: int) -> None:
    tally = tallies.get(key)
    left = _left(tally, limit, now) if tally else 0.0
    most = limit.free + math.log2(limit.longest) + 1  # more would only be longer remembered
    tallies[key] = _Tally(min(most, max(0.0, left + wrong)), now)


def _place(address: Address | None) -> bytes:
    """IPv6: whoever has one address has its /64."""
    if address is None:
        return b""
    return address.packed[:8] + b"/64" if isinstance(address, IPv6Address) else address.packed


def _key(name: str, place: bytes) -> bytes:
    """Of constant length, however long a name somebody makes up."""
    return blake2b(place + b"\0" + name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
