"""Asks a scheduling outbox when people are busy, many at once: POST of a VFREEBUSY request (RFC 6638 5)."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Final

from lxml.etree import _Element as Element

from protocols.caldav.answers import read_reply
from protocols.caldav.dav import CALDAV, DAV, stamp
from protocols.caldav.errors import NotOfferedError, check
from protocols.caldav.icalendar import USUAL
from protocols.caldav.means import Means
from protocols.caldav.multistatus import document, text_of
from protocols.caldav.places import mailto
from protocols.caldav.told import Budget, Told
from protocols.caldav.whole_days import with_margin
from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

_LINE: Final = 75  # octets, RFC 5545 3.1
_STATUS: Final = re.compile(r"\s*(\d)\.(\d+)")
# RFC 5546 3.6: numbers alone are compared, the words differ between servers. Whatever begins with 2 is success.
_REASONS: Final = {
    (3, 7): Reason.NO_SUCH_MAILBOX,
    (3, 8): Reason.NO_ACCESS,
    (5, 1): Reason.UNREACHABLE,
    (5, 2): Reason.UNREACHABLE,
    (5, 3): Reason.NO_CALENDAR,
}


async def ask_outbox(
    send: Send,
    request: HttpRequest,
    recipients: Sequence[str],
    window: TimeWindow,
    *,
    zone: tzinfo | None = None,
    means: Means,
    as_of: datetime,
) -> dict[str, Told | PeerError]:
    """What the server tells of each of ``recipients`` (canonical addresses) in answer to ``request``, see
    :func:`encode`.

    ``zone`` is that of all-day events. Raises PeerError where the whole call failed, NotOfferedError where the server
    does not take such questions.
    """
    response = await send(request)
    if response.status in (403, 404):  # the outbox is ours: nobody who is asked about has anything to do with it
        raise NotOfferedError(f"the outbox: HTTP {response.status}", status=response.status)
    check(response, as_of, 200, what="the outbox")
    reading = partial(decode, response, recipients, window, zone=zone, budget=means.budget)
    return await means.aside(len(response.body), reading)


def encode(
    recipients: Sequence[str], window: TimeWindow, *, url: str, organizer: str, old_headers: bool, as_of: datetime
) -> HttpRequest:
    """The request, about all days that touch ``window`` somewhere: each recipient once.

    ``organizer`` is an address of the outbox's owner.
    """
    whole = with_margin(window)
    asked = list(dict.fromkeys(recipients))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Busyline//Busyline//EN",
        "METHOD:REQUEST",
        "BEGIN:VFREEBUSY",
        f"UID:{_uid(asked, whole, as_of)}",
        f"DTSTAMP:{stamp(as_of)}",
        f"DTSTART:{stamp(whole.start)}",
        f"DTEND:{stamp(whole.end)}",
        f"ORGANIZER:mailto:{organizer}",
        *(f"ATTENDEE:mailto:{address}" for address in asked),
        "END:VFREEBUSY",
        "END:VCALENDAR",
    ]
    headers = [("Content-Type", "text/calendar; charset=utf-8"), ("Accept", "application/xml, text/xml")]
    if old_headers:
        headers += [("Originator", _header(organizer)), *(("Recipient", _header(address)) for address in asked)]
    return HttpRequest("POST", url, Headers(tuple(headers)), "".join(map(_folded, lines)).encode())


def decode(
    response: HttpResponse,
    recipients: Sequence[str],
    window: TimeWindow,
    *,
    zone: tzinfo | None = None,
    budget: Callable[[], Budget] = USUAL.budget,
) -> dict[str, Told | PeerError]:
    """What is told of each recipient; one that is not mentioned, or twice and differently, is not known.

    Raises PeerError(GARBLED) where the answer as a whole cannot be read, NotOfferedError where it is another document.
    """
    if not response.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise NotOfferedError("the outbox answers with something else than XML", status=response.status)
    root = document(response, f"{CALDAV}schedule-response")
    said: dict[str, list[Element]] = {}
    for element in root.findall(f"{CALDAV}response"):
        address = mailto(text_of(element.find(f"{CALDAV}recipient/{DAV}href")))
        if address is not None:
            said.setdefault(address, []).append(element)
    return {
        address: _told(said.get(address, []), partial(read_reply, window=window, attendee=address, zone=zone), budget())
        for address in recipients
    }


def _told(elements: Sequence[Element], reader: Callable[..., Told], budget: Budget) -> Told | PeerError:
    if len(elements) != 1:
        count = f"{len(elements)} times" if elements else "not at all"
        return PeerError(Reason.INCOMPLETE, f"the outbox speaks of this person {count}")
    [element] = elements
    failure = _failure(text_of(element.find(f"{CALDAV}request-status")))
    if failure is not None:
        return failure
    data = element.find(f"{CALDAV}calendar-data")
    text = "" if data is None else "".join(map(str, data.itertext()))  # CDATA and text are one to the parser
    if not text.strip():
        return PeerError(Reason.INCOMPLETE, "the outbox reports success without data")
    try:
        return reader(text.strip().encode(), budget=budget)
    except PeerError as error:
        return error


def _failure(status: str) -> PeerError | None:
    match = _STATUS.match(status)
    if match is None:
        return PeerError(Reason.GARBLED, "the outbox gives a status that is none")
    major, minor = int(match[1]), int(match[2])
    if major == 2:
        return None
    return PeerError(_REASONS.get((major, minor), Reason.PEER_FAILED), f"the outbox: status {major}.{minor}")


def _uid(recipients: Sequence[str], window: TimeWindow, as_of: datetime) -> str:
    text = "\n".join((stamp(window.start), stamp(window.end), as_of.isoformat(), *recipients))
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}@busyline"


def _header(address: str) -> str:
    return f"mailto:{address}".encode().decode("latin-1")  # a header's bytes are UTF-8, whatever carries them


def _folded(line: str) -> str:
    """One content line with its end, folded between characters so that no part exceeds 75 octets (RFC 5545 3.1)."""
    parts, part, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LINE:
            parts.append(part)
            part, size = " ", 1
        part, size = part + character, size + width
    return "\r\n".join((*parts, part)) + "\r\n"
