"""The line that strangers stand in until their secret is hashed: short, and nobody's alone."""

from collections import Counter
from ipaddress import IPv6Address
from typing import Final

from proxy.auth import Address

_PLACES: Final = 32  # a second's hashing or so
_CONTESTED: Final = 16  # from here on, the places are dealt out
_EACH: Final = 4
_FOR_PATIENT: Final = 64  # more, for those that came again and again


class Line:
    """How many wait, in all and from each network (an IPv6 address counts as its /48).

    As soon as half of the places are taken, a network gets four of them at most, so that none fills the line alone.
    ``patient`` ones, who were sent away many times, have places of their own.
    """

    def __init__(self) -> None:
        self._strangers = self._patient = 0
        self._from: Counter[bytes] = Counter()

    def has_room(self, address: Address | None, *, patient: bool) -> bool:
        """Whether one more from ``address`` may stand in it. Where nobody knows whence it comes, it counts as one."""
        if patient:
            return self._patient < _FOR_PATIENT
        if self._strangers < _CONTESTED:
            return True
        return self._strangers < _PLACES and (address is None or self._from[_network(address)] < _EACH)

    def enter(self, address: Address | None, *, patient: bool) -> None:
        """One more waits; :meth:`leave` ends it."""
        self._move(address, 1, patient=patient)

    def leave(self, address: Address | None, *, patient: bool) -> None:
        """One that entered as told here waits no more."""
        self._move(address, -1, patient=patient)

    def _move(self, address: Address | None, by: int, *, patient: bool) -> None:
        if patient:
            self._patient += by
            return
        self._strangers += by
        if address is not None:
            network = _network(address)
            self._from[network] += by
            if not self._from[network]:
                del self._from[network]


def _network(address: Address) -> bytes:
    return address.packed[:6] + b"/48" if isinstance(address, IPv6Address) else address.packed
