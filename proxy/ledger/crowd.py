"""Counts how many different people each caller asks about: who reads a whole company's calendars is noticed."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

import structlog

from proxy.connector import Clock

_HOUR = 3600
_log = structlog.get_logger("busyline.ledger")


@dataclass(slots=True)
class _Hour:
    """One caller's people of one hour, as digests: nobody who reads the memory finds a list of addresses."""

    number: int = -1
    people: set[bytes] = field(default_factory=set)
    exceeded: int = 0


class Crowd:
    """``limits``: how many different mailboxes a caller may ask about in an hour of the clock before it is told.

    Those it may not ask about count, too: guessing is what this is for. Nothing is refused. At most limit + 1 digests
    are kept for a caller. Callers without a limit are not counted.
    """

    def __init__(self, limits: Mapping[str, int], *, clock: Clock) -> None:
        self._limits, self._clock, self._key = dict(limits), clock, os.urandom(32)
        self._hours = {caller: _Hour() for caller in limits}

    def asked(self, caller: str, addresses: Iterable[str]) -> None:
        """``caller`` asked about ``addresses``. The first over its limit in an hour is logged and counted."""
        hour = self._hours.get(caller)
        if hour is None:
            return
        limit, number = self._limits[caller], int(self._clock().timestamp()) // _HOUR
        if hour.number != number:
            hour.number = number
            hour.people.clear()
        elif len(hour.people) > limit:
            return
        for address in addresses:
            hour.people.add(blake2b(address.encode(), digest_size=8, key=self._key).digest())
            if len(hour.people) > limit:
                hour.exceeded += 1
                note = "more different people in this hour than people_per_hour allows: ask its owner why"
                _log.warning("people_limit_exceeded", caller=caller, limit=limit, note=note)
                return

    def exceeded(self, caller: str) -> int:
        """In how many hours the caller went over its limit."""
        return self._hours[caller].exceeded

    def people(self, caller: str) -> int:
        """About how many different people it has asked in this hour, up to one more than its limit."""
        hour = self._hours[caller]
        return len(hour.people) if hour.number == int(self._clock().timestamp()) // _HOUR else 0
