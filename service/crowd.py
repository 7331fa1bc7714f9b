"""Counts who is inside: a cap on all connections, and one on those from the same place."""

import ipaddress
from collections.abc import Callable, Sequence

from service.addresses import IpNetwork, place_of


class Crowd:
    """Places for ``most`` connections, and for ``most_each`` from one address (IPv6: one /64).

    Addresses within ``exempt`` are reverse proxies: many callers behind one address, so only ``most`` counts for them.
    """

    def __init__(self, *, most: int, most_each: int, exempt: Sequence[IpNetwork] = ()) -> None:
        self._most, self._most_each, self._exempt = most, most_each, tuple(exempt)
        self._by_origin: dict[str, int] = {}
        self.size = 0
        self.turned_away = 0
        self.moved_on = 0

    def enter(self, address: str, *, make_room: Callable[[], bool] = lambda: False) -> str | None:
        """Take a place for a connection from ``address``; what :meth:`leave` wants to know, or None where none is left.

        ``make_room`` is asked where all places are taken: it lets somebody leave, or says that nobody can.
        What is no IP address (a socket of the file system) counts as one address.
        """
        origin = self._origin(address)
        full = self.size >= self._most
        if self._by_origin.get(origin, 0) >= self._most_each or (full and not make_room()):
            self.turned_away += 1
            return None
        self.moved_on += full
        self.size += 1
        if origin:
            self._by_origin[origin] = self._by_origin.get(origin, 0) + 1
        return origin

    def leave(self, origin: str) -> None:
        """Give the place back."""
        self.size -= 1
        if not origin:
            return
        inside = self._by_origin[origin] - 1
        if inside:
            self._by_origin[origin] = inside
        else:
            del self._by_origin[origin]

    def _origin(self, address: str) -> str:
        """What is counted together; "" for whom there is no cap of its own."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return "somewhere"
        if isinstance(found, ipaddress.IPv6Address):
            found = found.ipv4_mapped or found
        if any(found in network for network in self._exempt):
            return ""
        return place_of(found)
