"""Reads the events of a calendar in Microsoft 365: by their changes, by their ids, and by our stamps."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from uuid import UUID

from calsync.items import Item, Unread
from calsync.spoke import ExpiredError, Page
from calsync.spokes.graph_calendar_asking import READING, Calendar
from calsync.spokes.graph_calendar_items import item_of, stamped, unread_of
from protocols.errors import PeerError
from protocols.graph.batch import Answer
from protocols.graph.calendar_delta import Chain, sorted_out
from protocols.graph.calendar_event import Told, Unreadable, read, stamp_of
from protocols.graph.contacts import missing
from protocols.graph.people import identity, text
from protocols.graph.streamed import Expired, pages
from protocols.model.freebusy import Reason
from protocols.model.stamps import STAMPED
from protocols.model.window import TimeWindow

Found: TypeAlias = Told | Unreadable | None
_REST: Final = "exceptionOccurrences@odata.nextLink"
_FRESH: Final = timedelta(minutes=15)
"""What changed after this, before a reading began, may have got its stamp while the stamps were listed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads one calendar."""

    calendar: Calendar

    async def changes(self, token: str, window: TimeWindow) -> AsyncIterator[Page]:
        """See :meth:`calsync.spoke.Spoke.changes`."""
        at, now = self.calendar, self.calendar.clock()
        try:
            chain = Chain.read(token, at.place, window, now) if token else Chain.begun(at.place, window, now)
            stamps = {} if token else await self._stamps()
            told: set[str] = set()
            following = ""
            async for page in pages(at.reading(), chain.link or at.place.delta(chain.window), as_of=now):
                following = page.token
                done = Chain(place=at.place, window=chain.window, since=chain.since, link=following)
                yield await self._page(page.values, told, None if token else stamps, done)
        except Expired:
            if token:
                raise ExpiredError from None
            raise PeerError(Reason.INCOMPLETE, "a page of the events is not there any more") from None
        except PeerError as error:
            raise missing(error) from None
        if not following:
            raise PeerError(Reason.INCOMPLETE, "the last page names no delta link")

    async def look(
        self, keys: Sequence[str], written: Mapping[str, Told] = MappingProxyType({})
    ) -> dict[str, Found | PeerError]:
        """What stands under each key now: None for nothing, a PeerError where that cannot be told. What is an
        occurrence stands under the key of its series alone. ``written`` was told just now: of a series only the
        occurrences are asked for then."""
        at, wanted = self.calendar, list(dict.fromkeys(keys))
        found: dict[str, Found | PeerError] = {key: told for key, told in written.items() if told.repeats}
        rest = [key for key in wanted if key not in found]
        answers = await at.batch([at.place.one(key) for key in rest], longest=READING)
        found |= {key: self._found(answer) for key, answer in zip(rest, answers, strict=True)}
        found |= await self._surely_gone([key for key, told in found.items() if told is None])
        series = [key for key, told in found.items() if isinstance(told, Told) and told.repeats]
        if series:
            whole = await at.batch([at.place.series(key) for key in series], longest=READING)
            for key, answer in zip(series, whole, strict=True):
                found[key] = _with_stamp(await self._whole(answer), found[key])
        return found

    async def sure(self, keys: Sequence[str]) -> dict[str, Found]:
        """As :meth:`look`. Raises PeerError where anything cannot be told."""
        found: dict[str, Found] = {}
        for key, told in (await self.look(keys)).items():
            if isinstance(told, PeerError):
                raise missing(told)
            found[key] = told
        return found

    async def marked(self, marks: Sequence[str]) -> list[list[Told]]:
        """For each mark what bears it, whole. Raises PeerError."""
        at = self.calendar
        answers = await at.batch([at.place.marked(mark) for mark in marks], longest=READING)
        found: list[list[str]] = []
        for mark, answer in zip(marks, answers, strict=True):
            if answer.failure is not None:
                raise missing(answer.failure)
            values = answer.body.get("value")
            told = [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []
            found.append([identity(each) for each in told if stamp_of(each) == mark])
        there = await self.sure([key for keys in found for key in keys])
        return [[one for key in keys if isinstance(one := there[key], Told)] for keys in found]

    async def bearing(self, beginning: str) -> AsyncIterator[Told]:
        """Everything whose stamp begins so, whole, whatever its time. Raises PeerError."""
        async for entries in self._stamped(beginning):
            there = await self.sure([identity(each) for each in entries])
            for told in there.values():
                if isinstance(told, Told) and told.stamp.startswith(beginning):
                    yield told

    async def _page(
        self, values: Iterable[Mapping[str, Any]], told: set[str], stamps: Mapping[str, str] | None, chain: Chain
    ) -> Page:
        """One page of a delta; ``stamps`` is None where it tells changes alone."""
        changes = sorted_out(values)
        found: dict[str, Found] = {}
        keys = [key for key in changes.series if key not in told]
        for entry in changes.singles:
            one = self._read(entry)
            if stamps is None or self._may_be_new(one, entry, stamps):
                keys.append(one.key)
            else:
                found[one.key] = stamped(one, stamps.get(one.key, "")) if isinstance(one, Told) else one
        told.update(keys, found)
        found |= await self.sure(keys) if keys else {}
        return Page(
            items=[item_of(one) for one in found.values() if isinstance(one, Told)],
            missing=[
                *(key for key in changes.gone if key not in told),
                *(key for key, one in found.items() if not one),
            ],
            unread=[unread_of(one) for one in found.values() if isinstance(one, Unreadable)],
            token=chain.token if chain.link else "",
            whole=stamps is not None,
        )

    async def _stamps(self) -> dict[str, str]:
        """By id, the stamps of all that bears one of this product: a delta does not tell them (Graph, event: delta)."""
        found: dict[str, str] = {}
        async for entries in self._stamped(STAMPED):
            found |= {identity(entry): stamp_of(entry) for entry in entries}
        return found

    async def _stamped(self, beginning: str) -> AsyncIterator[list[dict[str, Any]]]:
        at = self.calendar
        try:
            async for page in pages(at.reading(), at.place.stamped(beginning), as_of=at.clock()):
                yield page.values
        except Expired:
            raise PeerError(Reason.INCOMPLETE, "a page of the events is not there any more") from None
        except PeerError as error:
            raise missing(error) from None

    def _may_be_new(self, one: Told | Unreadable, entry: Mapping[str, Any], stamps: Mapping[str, str]) -> bool:
        """Whether it may be a copy that somebody made after the stamps were listed: it has changed just now, or was
        made by a program with a UUID, as ours are."""
        if one.key in stamps or isinstance(one, Unreadable):
            return False
        lately = one.changed_at is None or one.changed_at > self.calendar.clock() - _FRESH
        return lately or _is_uuid(text(entry.get("transactionId")))

    async def _surely_gone(self, keys: Sequence[str]) -> dict[str, Found | PeerError]:
        """Of a mailbox or a calendar that is not there (or not just now) Graph says 404 of each event, too."""
        if not keys:
            return {}
        at = self.calendar
        [answer] = await at.batch([at.place.any()], longest=READING)
        return dict.fromkeys(keys, None if answer.failure is None else missing(answer.failure))

    def _found(self, answer: Answer) -> Found | PeerError:
        if answer.status == 404:
            return None
        if answer.failure is not None:
            return answer.failure
        try:
            told = self._read(answer.body)
        except PeerError as error:
            return error
        return None if isinstance(told, Told) and told.master else told

    async def _whole(self, answer: Answer) -> Found | PeerError:
        """A series with all occurrences that differ, on however many pages Graph tells them."""
        following = answer.body.get(_REST)
        if answer.failure is not None or not isinstance(following, str):
            return self._found(answer)
        at, rest = self.calendar, []
        try:
            async for page in pages(at.reading(), following, as_of=at.clock()):
                rest += page.values
        except Expired:
            return PeerError(Reason.INCOMPLETE, "a page of the occurrences is not there any more")
        except PeerError as error:
            return error
        entries = [*answer.body.get("exceptionOccurrences", ()), *rest]
        return self._found(Answer(status=answer.status, body={**answer.body, "exceptionOccurrences": entries}))

    def _read(self, entry: Mapping[str, Any]) -> Told | Unreadable:
        return read(entry, zone=self.calendar.zone, owners=self.calendar.addresses)


def items_of(found: Mapping[str, Found]) -> dict[str, Item | Unread | None]:
    """As a spoke tells it."""
    told: dict[str, Item | Unread | None] = {}
    for key, one in found.items():
        told[key] = item_of(one) if isinstance(one, Told) else unread_of(one) if one is not None else None
    return told


def _with_stamp(told: Found | PeerError, before: Found | PeerError) -> Found | PeerError:
    return stamped(told, before.stamp) if isinstance(told, Told) and isinstance(before, Told) else told


def _is_uuid(told: str) -> bool:
    try:
        UUID(told)
    except ValueError:
        return False
    return True
