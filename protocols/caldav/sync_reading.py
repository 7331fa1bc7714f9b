"""Fetches resources of a calendar by their names (RFC 4791 7.9): each told, not there, or unreadable with a word."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Final

from protocols.caldav.errors import check
from protocols.caldav.multistatus import Resource, decode
from protocols.caldav.sync_collection import gone, look_at
from protocols.caldav.sync_places import href_of, key_of, same_key, url_of
from protocols.caldav.sync_requests import DATA, ETAG, MODIFIED, by_uid, multiget
from protocols.errors import PeerError
from protocols.http import HttpRequest, Send
from protocols.model.freebusy import Reason

_AT_ONCE: Final = 50
_ABSENT: Final = frozenset({404, 410})
_PASSING: Final = frozenset({429, 502, 503, 504})
"""What a server says of a resource that it can tell at another time."""
_OF_ONE: Final = frozenset({Reason.GARBLED, Reason.TOO_MANY_ENTRIES, Reason.NO_CALENDAR})
"""What a single resource can do to the answer about all: characters that no XML has, more text than is taken, or not to
be there (sabre/dav before 2.0 answers 404 to all for it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A resource as it stands there. ``etag`` is "" where the server tells none, ``version`` never is; ``wrong`` says
    why its data is not told. ``changed_at`` is by the server's clock, None where it does not say."""

    key: str
    etag: str = ""
    data: bytes = field(default=b"", repr=False)
    changed_at: datetime | None = None
    wrong: str = ""

    @property
    def version(self) -> str:
        """The etag, or a digest in its place."""
        return self.etag or f"digest:{blake2b(self.data, digest_size=16).hexdigest()}"


async def fetch(send: Send, url: str, keys: Sequence[str], as_of: datetime) -> dict[str, Stored | None]:
    """What stands under each of ``keys`` in the calendar at ``url``, None where nothing does. Raises PeerError."""
    found: dict[str, Stored | None] = {}
    for part in _parts(list(dict.fromkeys(keys))):
        found |= await _some(send, url, part, as_of)
    return found


async def named(send: Send, url: str, uid: str, as_of: datetime) -> str:
    """The key of the event of ``uid``; "" where there is none, or the server does not look for it. Raises PeerError."""
    response = await send(by_uid(url, uid))
    if response.status in (400, 403, 405, 501):
        return ""
    check(response, as_of, 207, what="looking for a UID")
    keys = (key_of(each.url, url) for each in decode(response, url) if each.status < 400)
    return next(filter(None, keys), "")


async def _some(send: Send, url: str, keys: Sequence[str], as_of: datetime) -> dict[str, Stored | None]:
    try:
        told = await _asked(send, url, keys, as_of)
    except PeerError as error:
        if error.reason not in _OF_ONE:
            raise
        if len(keys) == 1:
            return {keys[0]: await _singled(send, url, keys[0], error.reason, as_of)}
        half = len(keys) // 2
        first = await _some(send, url, keys[:half], as_of)
        return first | await _some(send, url, keys[half:], as_of)
    found: dict[str, Stored | None] = {}
    for key in keys:
        each = told.get(same_key(key))
        found[key] = await _alone(send, url, key, as_of) if each is None else await _told(send, url, key, each, as_of)
    return found


async def _singled(send: Send, url: str, key: str, reason: Reason, as_of: datetime) -> Stored | None:
    """The one that spoilt the answer about all for ``reason``. It is only not there where its calendar still is."""
    if reason is Reason.TOO_MANY_ENTRIES:
        return Stored(key=key, wrong="it is larger than anything that is read")
    found = await _alone(send, url, key, as_of)
    if found is None and reason is Reason.NO_CALENDAR:
        await look_at(send, url, as_of)
    return found


async def _asked(send: Send, url: str, keys: Sequence[str], as_of: datetime) -> Mapping[str, Resource]:
    response = await send(multiget(url, [href_of(key, url) for key in keys]))
    try:
        check(response, as_of, 207, what="calendar-multiget")
    except PeerError as error:
        raise gone(error) from None
    told = decode(response, url)
    return {same_key(key): each for each in told if (key := key_of(each.url, url))}


async def _alone(send: Send, url: str, key: str, as_of: datetime) -> Stored | None:
    """One that the server passed over in silence, as some do with what is not there, or that no XML can hold."""
    response = await send(HttpRequest("GET", url_of(key, url)))
    if response.status in _ABSENT:
        return None
    check(response, as_of, 200, what="an event")
    headers = response.headers
    etag, changed_at = headers.get("ETag", "").strip(), _date(headers.get("Last-Modified", ""))
    return Stored(key=key, etag=etag, data=response.body, changed_at=changed_at)


async def _told(send: Send, url: str, key: str, told: Resource, as_of: datetime) -> Stored | None:
    """One that was told, or failed: what failed for now is asked for alone, and then nothing is known of it, so that no
    token goes past it; what fails for good is left as it is, and spoils no other."""
    status = _failure(told)
    if status < 500 and status not in _PASSING:
        return _stored(key, told)
    try:
        return await _alone(send, url, key, as_of)
    except PeerError:
        if status in _PASSING:
            raise
        return _stored(key, told)


def _failure(told: Resource) -> int:
    """The status by which its data was not told; 0 where it was."""
    return told.failed.get(DATA, told.status if told.status >= 400 else 0)


def _stored(key: str, told: Resource) -> Stored | None:
    if told.is_absent or told.failed.get(DATA) in _ABSENT:
        return None
    etag = told.text(ETAG).strip()
    if told.status >= 400 or DATA not in told.properties:
        return Stored(key=key, etag=etag, wrong=f"the server does not show it (HTTP {_failure(told) or told.status})")
    data = told.text(DATA).encode("utf-8", "replace")
    return Stored(key=key, etag=etag, data=data, changed_at=_date(told.text(MODIFIED)))


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text.strip())
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
