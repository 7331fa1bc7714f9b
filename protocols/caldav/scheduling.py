"""The scheduling outbox seen from the server (RFC 6638 5): a request about many attendees in, a status of each out."""

import re
from collections.abc import Hashable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import unquote
from xml.sax.saxutils import escape

from protocols.caldav.refusals import CALDAV, DAV, DavError, caldav
from protocols.caldav.writing import Busy, period_lines, periods_of, reply_of
from protocols.errors import Fault
from protocols.model.freebusy import Answer, Availability, Reason
from protocols.model.intervals import can_hold
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

MOST_ATTENDEES: Final = 100
LONGEST_WINDOW: Final = timedelta(days=62)
_MOST_LINES: Final = 4_000
_SHORT: Final = 100  # characters of a line that may be remembered
_LONGEST_ECHO: Final = 1_000  # octets of what is repeated to each attendee
_DEEPEST: Final = 8
_UTC: Final = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
# Nothing else is text in XML 1.0, which the answer is, nor in iCalendar (RFC 5545 3.1).
_NO_TEXT: Final = re.compile("[^\t\n\r\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Values are kept as they stand, for they are echoed: a parser that unescapes them would let a UID write lines of ours.
_LINE: Final = re.compile(r"([A-Za-z0-9-]++)(?:;(?:[^\":]|\"[^\"]*+\")*+)?:([^\r\n]*)")
_URI: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|/)[^\s\\\"<>^`{|}]+")
_FOLD: Final = re.compile(rb"\r?\n[ \t]")  # between octets, which may be of one character: RFC 5545 3.1
_BUSY: Final = "VFREEBUSY"
_ONCE: Final = ("UID", "DTSTAMP", "ORGANIZER", "DTSTART", "DTEND")  # RFC 5546 3.3.2

_Properties: TypeAlias = dict[str, list[str]]

SUCCESS: Final = "2.0;Success"
_OPEN: Final = f"<?xml version='1.0' encoding='utf-8'?>\n<C:schedule-response xmlns:D=\"{DAV}\" xmlns:C=\"{CALDAV}\">"
_KNOWN: Final = f"<C:request-status>{SUCCESS}</C:request-status><C:calendar-data>"
_INVALID: Final = "3.7;Invalid Calendar User"
_LATER: Final = "5.1;Service unavailable"
# Unknown and forbidden are told alike, or addresses could be found out by asking.
STATUSES: Final[Mapping[Reason, str]] = {
    Reason.NO_SUCH_MAILBOX: _INVALID,
    Reason.NO_ACCESS: _INVALID,
    Reason.NO_CALENDAR: _INVALID,
    Reason.NO_ROUTE: _INVALID,
    Reason.FORBIDDEN: _INVALID,
    Reason.INVALID_ADDRESS: _INVALID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyRequest:
    """What is asked: ``attendees`` as they were written, each with its mailbox or None for what is no address."""

    window: TimeWindow
    uid: str
    organizer: str
    attendees: tuple[tuple[str, Mailbox | None], ...]

    @property
    def mailboxes(self) -> list[Mailbox | None]:
        """Whom to look up, in order."""
        return [mailbox for _, mailbox in self.attendees]


def decode(data: bytes) -> BusyRequest:
    """The request in ``data``, whose size is the caller's to bound. Raises DavError: the precondition that fails."""
    whole, told, components = _outline(_lines(data))
    if [method.upper() for method in whole.get("METHOD", ())] != ["REQUEST"] or components != [_BUSY]:
        words = "only one VFREEBUSY with METHOD:REQUEST is taken here; nothing is scheduled"
        raise _refused(403, "valid-scheduling-message", words)
    missing = [name for name in _ONCE if len(told.get(name, ())) != 1]
    if missing or not told.get("ATTENDEE"):
        words = "write UID, DTSTAMP, ORGANIZER, DTSTART and DTEND once each, and ATTENDEE once or more"
        raise _refused(400, "valid-scheduling-message", words)
    if not _URI.fullmatch(told["ORGANIZER"][0]):
        raise _refused(400, "valid-scheduling-message", "ORGANIZER is a URI, such as mailto:ann@contoso.example")
    if _is_too_long(told["UID"][0]) or _is_too_long(told["ORGANIZER"][0]):
        raise _refused(400, "valid-scheduling-message", f"write {_LONGEST_ECHO} octets at most as UID and ORGANIZER")
    attendees = told["ATTENDEE"]
    if len(attendees) > MOST_ATTENDEES:
        raise _refused(403, "max-attendees-per-instance", f"ask about {MOST_ATTENDEES} attendees at once at most")
    return BusyRequest(
        window=_window(told["DTSTART"][0], told["DTEND"][0]),
        uid=told["UID"][0],
        organizer=told["ORGANIZER"][0],
        attendees=tuple((attendee, mailbox_of(attendee)) for attendee in attendees),
    )


def mailbox_of(address: str) -> Mailbox | None:
    """The mailbox of a calendar address (``mailto:``, RFC 6068); None where it is no mailbox, or written at length."""
    scheme, colon, rest = address.partition(":")
    if not colon or scheme.lower() != "mailto" or _is_too_long(address):
        return None
    try:
        return Mailbox.parse(unquote(rest, errors="strict"))
    except ValueError:
        return None


def encode(
    asked: BusyRequest,
    answers: Sequence[Answer],
    stamp: datetime,
    *,
    kept: MutableMapping[Hashable, bytes] | None = None,
) -> bytes:
    """The schedule-response: an answer for each attendee, in order; whoever is not known has a status alone.

    ``kept`` holds what was written of the same busy time before; its bound is its owner's.
    """
    parts = [_OPEN]
    for (attendee, _), answer in zip(asked.attendees, answers, strict=True):
        parts.append(f"<C:response><C:recipient><D:href>{_escaped(attendee)}</D:href></C:recipient>")
        if isinstance(answer, Availability):
            calendar = _reply(asked, attendee, answer, stamp, kept).decode()
            parts.append(f"{_KNOWN}{_escaped(calendar)}</C:calendar-data></C:response>")
        else:
            status = STATUSES.get(answer.reason, _LATER)
            parts.append(f"<C:request-status>{status}</C:request-status></C:response>")
    parts.append("</C:schedule-response>")
    return "".join(parts).encode()


def _escaped(text: str) -> str:
    """``text`` as XML 1.0 reads it back, ends of lines and all (2.11); what is no text there was refused."""
    return escape(text, {"\r": "&#13;"})


def _reply(
    asked: BusyRequest,
    attendee: str,
    answer: Availability,
    stamp: datetime,
    kept: MutableMapping[Hashable, bytes] | None,
) -> bytes:
    busy = Busy(
        window=asked.window, periods=(), stamp=stamp, uid=asked.uid, organizer=asked.organizer, attendee=attendee
    )
    return reply_of(_periods(asked.window, answer, kept), busy)


def _periods(window: TimeWindow, answer: Availability, kept: MutableMapping[Hashable, bytes] | None) -> bytes:
    if kept is None or answer.unknown or not answer.window.covers(window):
        return period_lines(periods_of([(window, answer)]))
    key = _BUSY, answer.intervals.digest, window
    try:
        return kept[key]
    except KeyError:
        lines = kept[key] = period_lines(periods_of([(window, answer)]))
        return lines


def _lines(data: bytes) -> Iterator[tuple[str, str]]:
    """Name (in capitals) and value of each content line. Raises DavError."""
    try:
        text = _FOLD.sub(b"", data).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _malformed() from None
    if _NO_TEXT.search(text):
        raise _malformed()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip():
            continue
        parts = _known_line(line) if len(line) <= _SHORT else _line(line)
        if parts is None or number > _MOST_LINES:
            raise _malformed()
        yield parts


def _line(line: str) -> tuple[str, str] | None:
    """Name (in capitals) and value of a content line, or None."""
    parts = _LINE.fullmatch(line)
    return (parts[1].upper(), parts[2].strip()) if parts is not None else None


_known_line = lru_cache(maxsize=4096)(_line)  # most lines of a request are those of the request before


def _outline(lines: Iterator[tuple[str, str]]) -> tuple[_Properties, _Properties, list[str]]:
    """Properties of the VCALENDAR and of its VFREEBUSY, and its components but for time zones. Raises DavError."""
    told: dict[tuple[str, ...], _Properties] = {}
    place: tuple[str, ...] = ()
    components: list[str] = []
    for name, value in lines:
        if name == "BEGIN":
            if (not place and (told or value.upper() != "VCALENDAR")) or len(place) == _DEEPEST:
                raise _malformed()  # something beside the one VCALENDAR, or far below it
            place = (*place, value.upper())
            told.setdefault(place, {})
            if len(place) == 2 and place[1] != "VTIMEZONE":
                components.append(place[1])
        elif not place or (name == "END" and value.upper() != place[-1]):
            raise _malformed()
        elif name == "END":
            place = place[:-1]
        else:
            told[place].setdefault(name, []).append(value)
    if place or not told:
        raise _malformed()
    return told[("VCALENDAR",)], told.get(("VCALENDAR", _BUSY), {}), components


def _window(start: str, end: str) -> TimeWindow:
    try:
        window = TimeWindow(_instant(start), _instant(end))
    except ValueError:
        words = "DTSTART and DTEND are times in UTC, such as 20261123T080000Z, the second after the first"
        raise _refused(400, "valid-scheduling-message", words, Fault.INVALID_WINDOW) from None
    if not can_hold(window):
        words = "DTSTART and DTEND are times from 1970 to 2105"
        raise _refused(400, "valid-scheduling-message", words, Fault.INVALID_WINDOW)
    if window.length > LONGEST_WINDOW:
        words = f"ask about {LONGEST_WINDOW.days} days at once at most"
        raise _refused(403, "valid-scheduling-message", words, Fault.WINDOW_TOO_LONG)
    return window


def _is_too_long(text: str) -> bool:
    return len(text.encode()) > _LONGEST_ECHO


def _instant(text: str) -> datetime:
    if not _UTC.fullmatch(text):
        raise ValueError("not a time in UTC")
    return datetime.fromisoformat(text).astimezone(UTC)


def _refused(status: int, condition: str, words: str, fault: Fault = Fault.SCHEMA) -> DavError:
    return DavError(status, caldav(condition), words, fault)


def _malformed() -> DavError:
    words = "the body is not one iCalendar object in UTF-8"
    return _refused(400, "valid-calendar-data", words, Fault.MALFORMED)
