"""A spoke over the server in memory, which keeps every promise that a spoke has to keep, in any weather."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from calsync.items import Content, Fields, Item, Unread
from calsync.spoke import Ability, Act, ExpiredError, Failed, Known, Outcome, Page, Write, Written
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow
from tests.calsync.world.server import READS, Fault, Server, Standing

_PAGE: Final = 3
_WAIT: Final = timedelta(seconds=2)
_OTHERS: Final = "others are invited"


class MemorySpoke:
    """``feed`` False: it tells everything each time, and has no tokens."""

    def __init__(self, server: Server, *, feed: bool = True, batch: int = 1, at_once: int = 2) -> None:
        self._server, self._feed = server, feed
        self._ability = Ability(at_once=at_once, batch=batch, feed=feed, fit=self._fit)

    def _fit(self, content: Content) -> tuple[Content | None, str]:
        """Whatever it is, it fits, as far as the server holds it."""
        return self._server.shape(content), ""

    @property
    def name(self) -> str:
        return self._server.name

    @property
    def ability(self) -> Ability:
        return replace(self._ability, writable=not self._server.shut)

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        del known, window
        server = self._server
        server.reads += 1
        fault = server.fault(*READS, Fault.THROTTLED, Fault.LOST_BEFORE)
        if token and (fault is Fault.EXPIRED or int(token) < server.oldest):
            raise ExpiredError(f"{self.name}: the token is not good any more")
        if fault in {Fault.THROTTLED, Fault.LOST_BEFORE}:
            raise PeerError(Reason.THROTTLED, "too many requests", retry_after=_WAIT)
        end = max(len(server.log) - (fault is Fault.LAGGING and bool(token)), int(token or 0))
        keys = list(dict.fromkeys(server.log[int(token) : end])) if token else list(server.standing)
        parts = [keys[at : at + _PAGE] for at in range(0, len(keys), _PAGE)] or [[]]
        for number, part in enumerate(parts):
            if number and fault is Fault.TORN:
                raise PeerError(Reason.INCOMPLETE, "the second page never came")
            last = number == len(parts) - 1
            yield self._page(part, str(end) if last and self._feed else "", whole=not token)

    def _page(self, keys: Sequence[str], token: str, *, whole: bool) -> Page:
        found = {key: self._read(key) for key in keys if key}
        return Page(
            items=[each for each in found.values() if isinstance(each, Item)],
            gone=[key for key, each in found.items() if each is None],
            unread=[each for each in found.values() if isinstance(each, Unread)],
            token=token,
            whole=whole,
        )

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        if keys and self._server.fault(Fault.LOST_BEFORE, Fault.LOST_AFTER):
            raise PeerError(Reason.TIMEOUT, "did not answer")
        return {key: self._read(key) for key in keys}

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        return [self._item(key) if (key := self._server.by_token(write.token)) else None for write in writes]

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        for key, one in list(self._server.standing.items()):
            if one.mark.startswith(f"busyline:{hub}/"):
                yield self._item(key)

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        assert len(writes) <= self._ability.batch
        server = self._server
        while server.meanwhile:
            server.meanwhile.popleft()()
        if not writes:
            return []
        server.writes += 1
        match server.fault(Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.THROTTLED):
            case Fault.THROTTLED:
                return [Failed(reason=Reason.THROTTLED, words="too many requests", retry_after=_WAIT) for _ in writes]
            case Fault.LOST_BEFORE:
                raise PeerError(Reason.TIMEOUT, "did not answer")
            case Fault.LOST_AFTER:
                for write in writes:
                    self._one(write)
                raise PeerError(Reason.TIMEOUT, "did not answer")
        return [self._one(write) for write in writes]

    def _one(self, write: Write) -> Outcome:
        return {Act.CREATE: self._create, Act.UPDATE: self._update, Act.DELETE: self._delete}[write.act](write)

    def _create(self, write: Write) -> Outcome:
        assert write.content is not None
        assert write.mark
        assert write.token
        if (key := self._server.by_token(write.token)) is None:
            self._server.heard("POST /items", _told(write.content))
            uid = f"{write.token}@busyline"
            key = self._server.create(write.content, mark=write.mark, token=write.token, uid=uid)
        return Written(self._item(key))

    def _update(self, write: Write) -> Outcome:
        assert write.content is not None
        if failed := self._refused(write):
            return failed
        self._server.heard(f"PATCH /items/{write.key}", _told(write.content))
        self._server.merge(write.key, write.content, write.changes)
        return Written(self._item(write.key))

    def _delete(self, write: Write) -> Outcome:
        if write.key not in self._server.standing:
            return Written(None)
        if failed := self._refused(write):
            return failed
        self._server.heard(f"DELETE /items/{write.key}")
        self._server.remove(write.key)
        return Written(None)

    def _refused(self, write: Write) -> Failed | None:
        one = self._server.standing.get(write.key)
        if one is None:
            return Failed(reason=Reason.NO_SUCH_MAILBOX, words="is gone", stale=True, gone=True)
        if one.invited:
            return Failed(reason=Reason.FORBIDDEN, words=_OTHERS, guarded=True)
        if str(one.version) != write.version:
            return Failed(reason=Reason.INCOMPLETE, words="was changed meanwhile", stale=True)
        return None

    def _read(self, key: str) -> Item | Unread | None:
        one = self._server.standing.get(key)
        if one is not None and one.ruined:
            return Unread(key, "a rule that nobody understands")
        return None if one is None else self._item(key)

    def _item(self, key: str) -> Item:
        one: Standing = self._server.standing[key]
        return Item(
            key=key,
            version=str(one.version),
            content=one.content,
            uid=one.uid,
            mark=one.mark,
            guarded=_OTHERS if one.invited else "",
            changed_at=one.changed_at,
        )


def _told(content: Content) -> Fields:
    from calsync.contents import fields

    return fields(content)
