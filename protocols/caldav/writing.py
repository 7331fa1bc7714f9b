"""Writes VFREEBUSY (RFC 5545, RFC 5546) from answers: for free/busy URLs, and as the replies of a scheduling outbox."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from protocols.model.freebusy import Answer, Unavailable
from protocols.model.intervals import BusyStatus
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
_PRODUCT: Final = "-//Busyline//Free/Busy//EN"
_END: Final = b"END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
_LONGEST: Final = 75  # octets of a line without its end: RFC 5545 3.1
_UNRESERVED: Final = "!$'*+-.^_`{|}~"  # of an address in mailto: RFC 6068 2


class Taken(IntEnum):
    """How time is taken, as FBTYPE knows it, in the order of which shows where two overlap."""

    FREE = 0
    TENTATIVE = 1
    BUSY = 2
    UNAVAILABLE = 3


FBTYPES: Final[Mapping[Taken, str]] = {
    Taken.TENTATIVE: "BUSY-TENTATIVE",
    Taken.BUSY: "BUSY",
    Taken.UNAVAILABLE: "BUSY-UNAVAILABLE",
}
# There is no FBTYPE for who works elsewhere, and an x-name would be read as busy (RFC 5545 3.2.9): it is free.
STATUSES: Final[Mapping[BusyStatus, Taken]] = {
    BusyStatus.FREE: Taken.FREE,
    BusyStatus.WORKING_ELSEWHERE: Taken.FREE,
    BusyStatus.TENTATIVE: Taken.TENTATIVE,
    BusyStatus.BUSY: Taken.BUSY,
    BusyStatus.OUT_OF_OFFICE: Taken.UNAVAILABLE,
}
_STRONGEST_FIRST: Final = tuple(reversed(Taken))
_OF_STATUS: Final = tuple(STATUSES[status] for status in BusyStatus)

Period: TypeAlias = tuple[int, int, Taken]
"""Start and end in seconds since 1970, and how the time between is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """One VFREEBUSY: what is known of ``window``; ``organizer`` and ``attendee`` are written as they are.

    ``stamp`` is when it was made. Raises nothing; what is not in ``periods`` is free.
    """

    window: TimeWindow
    periods: tuple[Period, ...]
    stamp: datetime
    uid: str
    organizer: str
    attendee: str = ""


def periods_of(answers: Iterable[tuple[TimeWindow, Answer]]) -> tuple[Period, ...]:
    """The time taken in adjoining windows, each with its answer: in order, clipped, of what overlaps the strongest.

    Doubt is UNAVAILABLE: of a window without an answer all of it, else what is unknown or outside what was answered.
    """
    return tuple(_strongest([each for window, answer in answers for each in _within(window, answer)]))


def publish(busy: Busy) -> bytes:
    """A VCALENDAR with METHOD:PUBLISH (RFC 5546 3.3.1)."""
    return _calendar("PUBLISH", busy)


def reply(busy: Busy) -> bytes:
    """A VCALENDAR with METHOD:REPLY (RFC 5546 3.3.3)."""
    return _calendar("REPLY", busy)


def mailto(mailbox: Mailbox) -> str:
    """The calendar address of ``mailbox``; what a URI cannot hold is encoded (RFC 6068)."""
    return f"mailto:{quote(mailbox.local, safe=_UNRESERVED)}@{mailbox.domain}"


def uid_of(address: str) -> str:
    """A UID that stays the same for an address, whoever asks and whenever."""
    return f"{uuid5(NAMESPACE_URL, address)}@busyline"


def folded(line: str) -> bytes:
    """One content line with its end, broken so that no part has more than 75 octets and no character is split."""
    data = line.encode("utf-8")
    if len(data) <= _LONGEST:
        return data + b"\r\n"
    parts, start, room = [], 0, _LONGEST
    while len(data) - start > room:
        end = start + room
        while data[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        parts.append(data[start:end])
        start, room = end, _LONGEST - 1  # the space at the beginning counts
    return b"\r\n ".join([*parts, data[start:]]) + b"\r\n"


def period_lines(periods: Iterable[Period]) -> bytes:
    """The content lines that tell ``periods``."""
    return b"".join(
        f"FREEBUSY;FBTYPE={FBTYPES[taken]}:{_instant(low)}/{_instant(high)}\r\n".encode()
        for low, high, taken in periods  # one to a line: some readers see no more than the first
    )


def reply_of(lines: bytes, busy: Busy) -> bytes:
    """:func:`reply` whose periods are written already; those of ``busy`` are not looked at."""
    return _whole("REPLY", busy, lines)


def _calendar(method: str, busy: Busy) -> bytes:
    return _whole(method, busy, period_lines(busy.periods))


def _whole(method: str, busy: Busy, lines: bytes) -> bytes:
    head = _head(method, busy.window, busy.stamp, busy.uid, busy.organizer)
    attendee = folded(f"ATTENDEE:{busy.attendee}") if busy.attendee else b""
    return b"".join((head, attendee, lines, _END))


@lru_cache(maxsize=8)  # it is the same for everybody of whom one request asks
def _head(method: str, window: TimeWindow, stamp: datetime, uid: str, organizer: str) -> bytes:
    start, end = window.seconds
    opened = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{_PRODUCT}\r\nMETHOD:{method}\r\nBEGIN:VFREEBUSY\r\n"
    times = f"DTSTAMP:{_instant(int(stamp.timestamp()))}\r\nDTSTART:{_instant(start)}\r\nDTEND:{_instant(end)}\r\n"
    return b"".join((opened.encode(), folded(f"UID:{uid}"), times.encode(), folded(f"ORGANIZER:{organizer}")))


@lru_cache(maxsize=32_768)  # most meetings begin and end when others do
def _instant(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%SZ}"


def _within(window: TimeWindow, answer: Answer) -> Iterator[Period]:
    low, high = window.seconds
    if isinstance(answer, Unavailable) or not answer.window.overlaps(window):
        yield low, high, Taken.UNAVAILABLE
        return
    first, last = answer.window.seconds
    doubt = [(low, first), (last, high), *(each.seconds for each in answer.unknown)]
    taken = [(start, end, _OF_STATUS[status]) for start, end, status in answer.intervals.edges()]
    for start, end, how in [*taken, *((*each, Taken.UNAVAILABLE) for each in doubt)]:
        start, end = max(start, low), min(end, high)  # noqa: PLW2901
        if start < end and how:
            yield start, end, how


def _strongest(periods: list[Period]) -> Iterator[Period]:
    """Each instant once; what adjoins and is taken alike is one."""
    changes = sorted([(start, how, 1) for start, _, how in periods] + [(end, how, -1) for _, end, how in periods])
    open_now = [0] * len(Taken)
    since, now = 0, Taken.FREE
    for place, (at, how, step) in enumerate(changes):
        open_now[how] += step
        if place + 1 < len(changes) and changes[place + 1][0] == at:
            continue  # more begins or ends at this instant
        top = next((each for each in _STRONGEST_FIRST if open_now[each]), Taken.FREE)
        if top is not now:
            if now is not Taken.FREE:
                yield since, at, now
            since, now = at, top
