"""The names of WebDAV and CalDAV, and the requests that are made of them."""

from datetime import UTC, datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from protocols.http import Headers, HttpRequest
from protocols.model.window import TimeWindow

DAV: Final = "{DAV:}"
CALDAV: Final = "{urn:ietf:params:xml:ns:caldav}"
APPLE: Final = "{http://calendarserver.org/ns/}"
SABRE: Final = "{http://sabredav.org/ns}"
_PREFIXES: Final = {DAV: "D", CALDAV: "C", APPLE: "A", SABRE: "S"}
_NAMESPACES: Final = " ".join(f'xmlns:{prefix}="{name[1:-1]}"' for name, prefix in _PREFIXES.items())
_SECOND: Final = timedelta(seconds=1)


def propfind(url: str, *properties: str, depth: int = 0) -> HttpRequest:
    """Asks for ``properties`` of what lies at ``url``, and with ``depth`` 1 of what lies in it (RFC 4918 9.1)."""
    return request("PROPFIND", url, "D:propfind", prop(*properties), depth=depth)


def search(url: str, *, of: str, text: str, properties: tuple[str, ...]) -> HttpRequest:
    """Asks which principals in ``url`` have ``text`` in their property ``of`` (RFC 3744 9.4)."""
    wanted = f"<D:property-search>{prop(of)}<D:match>{escape(text)}</D:match></D:property-search>"
    return request("REPORT", url, "D:principal-property-search", wanted + prop(*properties), depth=0)


def free_busy_query(url: str, window: TimeWindow) -> HttpRequest:
    """Asks a calendar when its owner is busy (RFC 4791 7.10)."""
    return request("REPORT", url, "C:free-busy-query", _time_range("C:time-range", window), depth=1)


def calendar_query(url: str, window: TimeWindow) -> HttpRequest:
    """Asks a calendar for its events in ``window``, whole (RFC 4791 7.8).

    Not with CALDAV:expand (9.6.5): measured, a server took floating times for UTC when it wrote them so, and nobody can
    tell any more which occurrences are exceptions.
    """
    events = f'<C:comp-filter name="VEVENT">{_time_range("C:time-range", window)}</C:comp-filter>'
    calendars = f'<C:filter><C:comp-filter name="VCALENDAR">{events}</C:comp-filter></C:filter>'
    query = f"<D:prop><C:calendar-data/></D:prop>{calendars}"
    return request("REPORT", url, "C:calendar-query", query, depth=1)


def stamp(instant: datetime) -> str:
    """An instant as iCalendar writes it in UTC (RFC 5545 3.3.5), fractions of a second cut off."""
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").rjust(16, "0")


def whole_seconds(window: TimeWindow) -> TimeWindow:
    """``window`` widened to whole seconds, which is all that iCalendar can write."""
    start = window.start.replace(microsecond=0)
    end = window.end.replace(microsecond=0)
    return TimeWindow(start, end if end == window.end else end + _SECOND)


def _time_range(tag: str, window: TimeWindow) -> str:
    whole = whole_seconds(window)
    return f"<{tag} start={quoteattr(stamp(whole.start))} end={quoteattr(stamp(whole.end))}/>"


def prop(*properties: str) -> str:
    """The element that names properties."""
    return f"<D:prop>{''.join(f'<{_prefixed(name)}/>' for name in properties)}</D:prop>"


def _prefixed(name: str) -> str:
    namespace, _, local = name.rpartition("}")
    return f"{_PREFIXES[namespace + '}']}:{local}"


def request(method: str, url: str, root: str, content: str, *, depth: int) -> HttpRequest:
    """A request whose body is the element ``root`` with ``content`` in it; it has the prefixes D, C, A and S."""
    body = f'<?xml version="1.0" encoding="utf-8"?><{root} {_NAMESPACES}>{content}</{root}>'
    headers = {"Content-Type": "application/xml; charset=utf-8", "Accept": "*/*", "Depth": str(depth)}
    return HttpRequest(method, url, Headers(headers), body.encode())
