"""Writes to a CalDAV calendar: what stands there is looked at first, and every write is bound to its etag."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from calsync import contents
from calsync.items import Item, Unread
from calsync.spoke import Act, Failed, Outcome, Write, Written
from calsync.spokes.caldav_items import item_of
from protocols.caldav import item_reading, item_writing, sync_reading, sync_writing
from protocols.caldav.sync_reading import Stored
from protocols.caldav.sync_writing import Answered, End
from protocols.errors import PeerError
from protocols.http import Send
from protocols.model.event import Event
from protocols.model.freebusy import Reason

_GONE = Failed(reason=Reason.INCOMPLETE, words="it is not there any more", stale=True, gone=True)
_STALE = Failed(reason=Reason.INCOMPLETE, words="somebody was faster: it is read again", stale=True)
_CUT = Failed(
    reason=Reason.FORBIDDEN, words="a text of it is longer than it was told: it is left as it is", refused=True
)
_NO_ETAG = Failed(
    reason=Reason.FORBIDDEN,
    words="the server tells no ETag of it, so that a write could take away what somebody writes meanwhile: it is left"
    " as it is; let the hub change and delete nothing here",
    refused=True,
)
_OUT_OF_DOUBT = frozenset({Reason.UNREACHABLE, Reason.UNAUTHORIZED, Reason.THROTTLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One calendar: how it is reached, what its times without a zone are meant in, and whose it is."""

    send: Send
    url: str
    zone: tzinfo | None
    owners: Collection[str] = field(repr=False)

    def item(self, stored: Stored) -> Item | Unread | None:
        """The item that a resource is."""
        return item_of(stored, zone=self.zone, owners=self.owners)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Put:
    """What was written as ``key``: ``data``, b"" where an earlier attempt did it, and the etag that the server told."""

    key: str
    data: bytes = field(default=b"", repr=False)
    etag: str = ""


def name_of(write: Write) -> str:
    """What the resource of a copy is called: the same at each attempt."""
    return f"{write.token}.ics"


def uid_of(write: Write) -> str:
    """The UID of a copy."""
    return f"{write.token}@busyline"


async def write_all(place: Place, writes: Sequence[Write], now: datetime) -> list[Outcome]:
    """One outcome each, in order. What stands there is fetched for all of them at once, and so is what stands there
    then: a server may store an event otherwise than it was sent."""
    before = await _standing(place, [write.key for write in writes if write.act is not Act.CREATE], now)
    ended = [await _one(place, write, before.get(write.key), now) for write in writes]
    keys = [end.key for end in ended if isinstance(end, _Put)]
    try:
        after = await _standing(place, keys, now)
    except PeerError as error:
        after, lost = {}, _of_error(error, doubt=True)
    else:
        lost = Failed(reason=Reason.INCOMPLETE, words="it is not told after it was written", doubt=True)
    return [_written(place, after.get(end.key), end, lost) if isinstance(end, _Put) else end for end in ended]


async def _standing(place: Place, keys: Sequence[str], now: datetime) -> Mapping[str, Stored | None]:
    return await sync_reading.fetch(place.send, place.url, keys, now) if keys else {}


def _written(place: Place, stored: Stored | None, put: _Put, lost: Failed) -> Outcome:
    item = place.item(stored) if stored is not None else None
    if stored is None or not isinstance(item, Item):
        return lost
    return Written(item, later=_later(stored, put), earlier=not put.data)


def _later(stored: Stored, put: _Put) -> bool:
    """Whether somebody was there after ``put``. What stands there as it was sent is ours, whatever its etag."""
    told = bool(put.etag and stored.etag) and _opaque(put.etag) != _opaque(stored.etag)
    return told and stored.data.replace(b"\r\n", b"\n") != put.data.replace(b"\r\n", b"\n")


def _opaque(etag: str) -> str:
    """An etag without what proxies put on it when they press what they pass on (Apache's mod_deflate, nginx)."""
    return etag.removeprefix("W/").strip('"').removesuffix("-gzip").removesuffix(";gzip")


async def _one(place: Place, write: Write, stored: Stored | None, now: datetime) -> Outcome | _Put:
    """The outcome, or what was written, and has to be looked at."""
    try:
        if write.act is Act.CREATE:
            return await _create(place, write, now)
        if stored is None:
            return Written(None) if write.act is Act.DELETE else _GONE
        if failed := _forbidden(place, write, stored):
            return failed
        if write.act is Act.DELETE:
            answered = await sync_writing.remove(place.send, place.url, write.key, stored.etag, now)
            done = answered.end in (End.DONE, End.GONE)
            return Written(None) if done else _failed(answered)
        return await _update(place, write, stored, now)
    except PeerError as error:
        return _of_error(error, doubt=error.reason not in _OUT_OF_DOUBT)


def _forbidden(place: Place, write: Write, stored: Stored) -> Failed | None:
    item = place.item(stored)
    if isinstance(item, Unread):
        return Failed(reason=Reason.GARBLED, words=f"it cannot be read by now: {item.words}", stale=True)
    if item is not None and item.guarded:
        return Failed(reason=Reason.FORBIDDEN, words=f"nothing is written to it: {item.guarded}", guarded=True)
    if item is None or stored.version != write.version:
        return _STALE
    return None if stored.etag else _NO_ETAG  # RFC 4791 5.3.4: every server has one


async def _create(place: Place, write: Write, now: datetime) -> Outcome | _Put:
    assert isinstance(write.content, Event)
    key = name_of(write)
    try:
        data = item_writing.new(write.content, uid=uid_of(write), stamp=write.mark, at=now)
    except ValueError as wrong:
        return Failed(reason=Reason.GARBLED, words=str(wrong), refused=True)
    answered = await sync_writing.put_new(place.send, place.url, key, data, now)
    if answered.end is End.DONE:
        return _Put(key=key, data=data, etag=answered.etag)
    if answered.end is End.STALE:  # an earlier attempt, whose answer was lost
        return _Put(key=key)
    if answered.end is End.ELSEWHERE:
        found = answered.elsewhere or await sync_reading.named(place.send, place.url, uid_of(write), now)
        return _Put(key=found) if found else _failed(answered)
    return _failed(answered)


async def _update(place: Place, write: Write, stored: Stored, now: datetime) -> Outcome | _Put:
    item = place.item(stored)
    changes = write.changes - (item.cut if isinstance(item, Item) else frozenset())
    if not changes and write.changes:
        return _CUT
    found = item_reading.read(stored.data, zone=place.zone, owners=place.owners)
    assert found is not None  # looked at before
    assert write.content is not None
    wanted, said = contents.fields(write.content), contents.fields(found.event)
    merged = {name: text for name, text in said.items() if name not in changes}
    merged |= {name: wanted[name] for name in changes if name in wanted}
    try:
        event = contents.content(merged)
        assert isinstance(event, Event)
        data = item_writing.edited(stored.data, found, event, at=now)
    except ValueError as wrong:
        return Failed(reason=Reason.GARBLED, words=str(wrong), refused=True)
    answered = await sync_writing.put(place.send, place.url, write.key, data, stored.etag, now)
    return _Put(key=write.key, data=data, etag=answered.etag) if answered.end is End.DONE else _failed(answered)


def _failed(answered: Answered) -> Failed:
    return Failed(
        reason=answered.reason,
        words=answered.words,
        retry_after=answered.retry_after,
        stale=answered.end in (End.STALE, End.GONE),
        gone=answered.end is End.GONE,
        refused=answered.end is End.REFUSED,
    )


def _of_error(error: PeerError, *, doubt: bool) -> Failed:
    words = error.detail or "the server did not answer"
    return Failed(reason=error.reason, words=words, retry_after=error.retry_after, doubt=doubt)
