"""How much an application may ask of the simulated directory: resource units, writes and invitations."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

SIZES: Final = ((50, 3500), (500, 5000), (None, 8000))
"""Units in ten seconds of one application in a tenant, by its number of users (Graph, throttling limits)."""
_COSTS: Final = {"users": 2, "groups/members": 3, "groups/transitiveMembers": 5, "users/memberOf": 2}


def cost(method: str, kind: str, query: Mapping[str, str]) -> int:
    """The units of one request to a path of ``kind``, as Graph documents them; never less than one."""
    units = _COSTS.get(kind, 1) if method == "GET" else 1
    units += ("$expand" in query) - ("$select" in query)
    top = query.get("$top", "")
    return max(units - (top.isdigit() and int(top) < 20), 1)


def quota(users: int) -> int:
    """The units in ten seconds that a tenant with so many users is given."""
    return next(units for most, units in SIZES if most is None or users <= most)


class Bucket:
    """At most ``most`` in each ``seconds``, told by ``clock`` (seconds, monotonic)."""

    def __init__(self, most: float, seconds: float, clock: Callable[[], float]) -> None:
        self.most = most
        self.spent = 0.0
        self._seconds = seconds
        self._clock = clock
        self._taken: deque[tuple[float, float]] = deque()

    def take(self, units: float) -> float:
        """Takes the units and returns 0.0; where they are not there, the seconds until they are."""
        now = self._clock()
        while self._taken and self._taken[0][0] <= now - self._seconds:
            self.spent -= self._taken.popleft()[1]
        if self.spent + units > self.most:
            return max(self._taken[0][0] + self._seconds - now, 0.001) if self._taken else self._seconds
        self.spent += units
        self._taken.append((now, units))
        return 0.0

    @property
    def share(self) -> float:
        """How much of it is used, 1.0 being all."""
        return self.spent / self.most if self.most else 1.0
