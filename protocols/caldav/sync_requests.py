"""The requests of a calendar that is kept in step: what changed, what stands there, and what is written."""

from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape

from protocols.caldav.dav import APPLE, CALDAV, DAV, prop, request
from protocols.http import Headers, HttpRequest

ETAG: Final = f"{DAV}getetag"
TYPE: Final = f"{DAV}getcontenttype"
MODIFIED: Final = f"{DAV}getlastmodified"
KIND: Final = f"{DAV}resourcetype"
DATA: Final = f"{CALDAV}calendar-data"
SYNC_TOKEN: Final = f"{DAV}sync-token"
CTAG: Final = f"{APPLE}getctag"
REPORTS: Final = f"{DAV}supported-report-set"
_MOST: Final = 1000  # of one page; who does not know DAV:limit tells all of it at once


def sync_collection(url: str, token: str) -> HttpRequest:
    """Asks a collection for what changed since ``token``, with "" for everything (RFC 6578 3.2)."""
    content = f"<D:sync-token>{escape(token)}</D:sync-token><D:sync-level>1</D:sync-level>"
    content += f"<D:limit><D:nresults>{_MOST}</D:nresults></D:limit>{prop(ETAG, TYPE)}"
    return request("REPORT", url, "D:sync-collection", content, depth=0)


def multiget(url: str, hrefs: Iterable[str]) -> HttpRequest:
    """Asks a calendar for the resources at ``hrefs``, whole (RFC 4791 7.9)."""
    listed = "".join(f"<D:href>{escape(href)}</D:href>" for href in hrefs)
    return request("REPORT", url, "C:calendar-multiget", f"{prop(ETAG, MODIFIED, DATA)}{listed}", depth=1)


def by_uid(url: str, uid: str) -> HttpRequest:
    """Asks a calendar where the event of ``uid`` is (RFC 4791 7.8.6)."""
    match = f'<C:text-match collation="i;octet">{escape(uid)}</C:text-match>'
    events = f'<C:comp-filter name="VEVENT"><C:prop-filter name="UID">{match}</C:prop-filter></C:comp-filter>'
    filtered = f'<C:filter><C:comp-filter name="VCALENDAR">{events}</C:comp-filter></C:filter>'
    return request("REPORT", url, "C:calendar-query", f"{prop(ETAG)}{filtered}", depth=1)


def create(url: str, data: bytes) -> HttpRequest:
    """Puts ``data`` where nothing is yet (RFC 4791 5.3.2)."""
    return HttpRequest("PUT", url, Headers({"Content-Type": _CALENDAR, "If-None-Match": "*"}), data)


def replace(url: str, data: bytes, etag: str) -> HttpRequest:
    """Puts ``data`` where ``etag`` still stands."""
    return HttpRequest("PUT", url, Headers({"Content-Type": _CALENDAR, **_if_match(etag)}), data)


def delete(url: str, etag: str) -> HttpRequest:
    """Deletes what stands there as ``etag``."""
    return HttpRequest("DELETE", url, Headers(_if_match(etag)))


_CALENDAR: Final = "text/calendar; charset=utf-8"


def _if_match(etag: str) -> dict[str, str]:
    """Where a proxy made the etag a weak one (it compresses), the server still compares its own."""
    return {"If-Match": etag.removeprefix("W/")} if etag else {}
