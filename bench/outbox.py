"""Questions to a CalDAV scheduling outbox, and what the answers tell: the same for every server that has one."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bench.questions import DAYS, HEADERS, MAILBOXES, USERNAME, WINDOWS, address, first_day
from bench.upstream import STATUSES, events

BODIES: Final = MAILBOXES * WINDOWS
_QUARTER: Final = timedelta(minutes=15)  # what DavMail asks its upstream for
_TYPES: Final = {"Busy": "BUSY", "Tentative": "BUSY-TENTATIVE", "OOF": "BUSY-UNAVAILABLE"}  # RFC 5545 3.2.9
_TIME: Final = "%Y%m%dT%H%M%SZ"
_PERIODS: Final = re.compile(r"^FREEBUSY(?:;FBTYPE=([\w-]+))?:(\S+)$", re.MULTILINE)
_WINDOW: Final = re.compile(rb"DTSTART:(\w+)\r\nDTEND:(\w+)")
_BODY: Final = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Busyline//benchmark//EN\r
METHOD:REQUEST\r
BEGIN:VFREEBUSY\r
UID:{uid}\r
DTSTAMP:20260101T000000Z\r
DTSTART:{start}\r
DTEND:{end}\r
ORGANIZER:mailto:{organizer}\r
ATTENDEE:mailto:{attendee}\r
END:VFREEBUSY\r
END:VCALENDAR\r
"""


def headers() -> dict[str, str]:
    """Those of every question."""
    return {**HEADERS, "Content-Type": "text/calendar; charset=utf-8"}


def body(number: int, today: date) -> bytes:
    """A question about one mailbox for 30 days, with an identifier of its own, as clients give every question."""
    start = datetime.combine(first_day(number + number // MAILBOXES, today), time())
    whom, end = address(number % MAILBOXES), start + timedelta(days=DAYS)
    return _BODY.format(
        uid=f"{number:032x}", start=start.strftime(_TIME), end=end.strftime(_TIME), organizer=USERNAME, attendee=whom
    ).encode()


def bodies(today: date) -> list[bytes]:
    """Every mailbox from every first day; the first thousand ask about each mailbox once."""
    return [body(number, today) for number in range(BODIES)]


def truth(question: bytes, today: date) -> frozenset[tuple[str, datetime]]:
    """What is right to answer ``question``: of which type each quarter of an hour is, if it is not free."""
    asked = _WINDOW.search(question)
    assert asked is not None
    start, end = (_instant(each.decode()) for each in asked.groups())
    busy = [(_TYPES[STATUSES[n % 5]], *block) for n, block in enumerate(events(today))]
    return frozenset((kind, at) for kind, begin, over in busy for at in _quarters(begin, over) if start <= at < end)


def told(answer: bytes) -> frozenset[tuple[str, datetime]]:
    """The same as an answer tells it."""
    unfolded = re.sub("\n[ \t]", "", answer.decode().replace("&#13;", "").replace("\r", ""))
    periods = [
        (kind or "BUSY", period.split("/"))
        for kind, listed in _PERIODS.findall(unfolded)
        for period in listed.split(",")
    ]
    return frozenset(
        (kind, at) for kind, (start, end) in periods for at in _quarters(_instant(start), _end(start, end))
    )


def _end(start: str, end: str) -> datetime:
    """An end, or a length (RFC 5545 3.3.9)."""
    if not end.startswith("P"):
        return _instant(end)
    parts = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", end)
    assert parts is not None, end
    days, hours, minutes = (int(part or 0) for part in parts.groups())
    return _instant(start) + timedelta(days=days, hours=hours, minutes=minutes)


def _instant(text: str) -> datetime:
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)


def _quarters(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * _QUARTER for n in range(-((start - end) // _QUARTER))]
