"""Guessing made slow: who showed wrong secrets for a name, or from an address, waits longer and longer for a turn."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address
from typing import Final

from cachetools import LRUCache, TTLCache

from proxy.auth import Address

_KEPT: Final = 16_384  # tallies of each kind, 4 MB or so
_TURNED_AWAY: Final = 65_536
_COMES_AGAIN: Final = 3_600.0  # seconds within which a secret that was turned away is known again, at most
_PATIENT: Final = 20  # times that a secret comes, each a second after the one before or later, until it is heard
_APART: Final = 0.9  # seconds; who is told to come again in one may be a little early


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
PER_SITE: Final = Limit(free=120, longest=2.0, forgotten=5.0)  # an IPv6 /56: what one household or office is given
PER_PROVIDER: Final = Limit(free=480, longest=1.0, forgotten=1.0)  # an IPv6 /48: what anybody can rent


@dataclass(slots=True)
class _Tally:
    wrong: float
    at: float


@dataclass(slots=True)
class _Waiting:
    since: float
    last: float
    times: int = 1


class Throttle:
    """Who may be heard now, per name and address, and per address over all names (IPv6: per /64, /56 and /48).

    Nobody is locked out: the wait never grows beyond the longest, elsewhere nothing is touched, and only who has never
    been proved is asked about. Within reach of a guesser (the same name from the same address: a shared gateway, or a
    cloud that all its tenants call from), a caller that nobody has proved since the start must still get a turn.
    Therefore, once a limit is passed, a secret is heard only when it comes a second time after a wait: a caller shows
    the same secret again and again, and a guesser, who shows a new one each time, never gets the turn. One that shows
    each of its guesses twice may win all of these turns, one each ten seconds. Nothing tells such a guess from the
    caller's secret but how often it comes: one that came twenty times, a second apart, is patient and is heard in any
    case. That costs a guesser twenty requests a guess, and the caller, who comes each second as it is told, twenty
    seconds. Memory is bounded, and what was unused for the longest is forgotten first: against some thousand guesses a
    second, a caller must come again within half a minute.
    """

    def __init__(
        self, *, clock: Callable[[], float], per_name: Limit = PER_NAME, per_address: Limit = PER_ADDRESS
    ) -> None:
        self._clock, self._per_name, self._per_address = clock, per_name, per_address
        self._names: LRUCache[bytes, _Tally] = LRUCache(_KEPT)
        self._addresses: LRUCache[bytes, _Tally] = LRUCache(_KEPT)
        self._turned_away: TTLCache[bytes, _Waiting] = TTLCache(_TURNED_AWAY, _COMES_AGAIN, clock)

    def is_patient(self, shown: bytes) -> bool:
        """Whether ``shown`` (a digest of the secret) came often enough to be heard in any case, this time counted."""
        now, waiting = self._clock(), self._turned_away.get(shown)
        if waiting is None:
            waiting = _Waiting(now, now)
        elif now - waiting.last >= _APART:
            waiting.last, waiting.times = now, waiting.times + 1
        self._turned_away[shown] = waiting  # used again, so that others are forgotten before it
        return waiting.times >= _PATIENT

    def turn(self, name: str, address: Address | None, shown: bytes) -> int:
        """0 where ``shown`` may be heard now, else the seconds after which to come again.

        Who is heard is taken to be wrong until :meth:`right` says otherwise, so that many guesses at once count too.
        However long the wait, who is sent away comes again in a second: that shows its patience.
        """
        patient = self.is_patient(shown)
        wait, passed = self._wait(name, address)
        waited = self._clock() - self._turned_away[shown].since >= 1
        if passed and not patient and (wait or not waited):
            return 1
        del self._turned_away[shown]
        self._count(name, address, 1)
        return 0

    def right(self, name: str, address: Address | None) -> None:
        """What was heard was right: it does not count."""
        self._count(name, address, -1)

    def _wait(self, name: str, address: Address | None) -> tuple[float, bool]:
        """Seconds until the next turn, and whether a limit is passed."""
        now = self._clock()
        over = max(_over(tallies.get(key), limit, now) for tallies, key, limit in self._tallies(name, address))
        return over, over >= 0

    def _count(self, name: str, address: Address | None, wrong: int) -> None:
        now = self._clock()
        for tallies, key, limit in self._tallies(name, address):
            _note(tallies, key, limit, now, wrong)

    def _tallies(self, name: str, address: Address | None) -> Iterator[tuple[LRUCache[bytes, _Tally], bytes, Limit]]:
        """IPv6: whoever has one address has its /64, and often more."""
        if not isinstance(address, IPv6Address):
            place = b"" if address is None else address.packed
        else:
            place = address.packed[:8] + b"/64"
            yield self._addresses, address.packed[:7] + b"/56", PER_SITE
            yield self._addresses, address.packed[:6] + b"/48", PER_PROVIDER
        yield self._addresses, place, self._per_address
        yield self._names, _key(name, place), self._per_name


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


def _key(name: str, place: bytes) -> bytes:
    """Of constant length, however long a name somebody makes up."""
    return blake2b(place + b"\0" + name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
