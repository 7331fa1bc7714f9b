"""Counts how many different people each caller asks about: who reads a whole company's calendars is noticed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from protocols.model.freebusy import Answer, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Clock

_HOUR = timedelta(hours=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_log = structlog.get_logger("busyline.ledger")


@dataclass(slots=True)
class _Hour:
    """One caller's people of one hour, as digests: nobody who reads the memory finds a list of addresses.

    A digest is the hash of the address: SipHash, 64 bits, under a random key of the process (PEP 456), and the
    cheapest there is, for every request pays it.
    """

    begins: datetime = _LONG_AGO
    ends: datetime = _LONG_AGO
    people: set[int] = field(default_factory=set)
    exceeded: int = 0

    def begin(self, now: datetime) -> None:
        self.begins = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        self.ends = self.begins + _HOUR
        self.people.clear()


class Headcount:
    """``limits``: how many different mailboxes a caller may ask about in an hour of the clock before it is told.

    Those it may not ask about count, too: guessing is what this is for. So do the members whom a group showed. Nothing
    is refused. At most limit + 1 digests are kept for a caller. Callers without a limit are not counted.
    """

    def __init__(self, limits: Mapping[str, int], *, clock: Clock) -> None:
        self._limits, self._clock = dict(limits), clock
        self._hours = {caller: _Hour() for caller in limits}

    def asked(self, caller: str, answers: Iterable[Answer]) -> None:
        """``caller`` got ``answers``. The first mailbox over its limit in an hour is logged and counted."""
        hour = self._hours.get(caller)
        if hour is None:
            return
        if not hour.begins <= (now := self._clock()) < hour.ends:
            hour.begin(now)
        limit, people = self._limits[caller], hour.people
        if len(people) > limit:
            return
        for mailbox in _asked_about(answers):
            people.add(hash(mailbox.address))
            if len(people) > limit:
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
        return len(hour.people) if hour.begins <= self._clock() < hour.ends else 0


def _asked_about(answers: Iterable[Answer]) -> Iterator[Mailbox]:
    for answer in answers:
        if answer.mailbox is not None:
            yield answer.mailbox
        if not isinstance(answer, Unavailable):
            yield from answer.members
