"""Reads one Google calendar for a hub: its exceptions, which Google tells as events, put back into their series."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar

from calsync.items import Item, Unread
from calsync.spoke import Page
from calsync.spokes.google_calendar_items import Standing
from protocols.errors import PeerError
from protocols.google.calendar_event import Frame
from protocols.google.calendar_reading import Calendar, event, listed, look
from protocols.http import Send
from protocols.model.event import Event, Span

Json: TypeAlias = Mapping[str, Any]
A = TypeVar("A")
B = TypeVar("B")

_AT_ONCE: Final = 4
_MANY: Final = 50  # series of which something changed
_ITEMS: Final = 500  # of a page that the spoke tells


@dataclass(slots=True, kw_only=True)
class GoogleReading:
    """One calendar. ``frame`` is what it last said of itself: its zone, what it reminds of, and whether it may be
    written."""

    send: Send = field(repr=False)
    calendar: str
    api_url: str
    clock: Callable[[], datetime]
    frame: Frame | None = None

    def place(self) -> Calendar:
        """The calendar, asked now."""
        return Calendar(self.send, self.calendar, self.clock(), self.api_url)

    async def framed(self) -> Frame:
        """What the calendar says of itself, asked where nothing is known. Raises PeerError."""
        if self.frame is None:
            self.frame = await look(self.place())
        return self.frame

    async def everything(self, wanted: Callable[[Item | Unread], bool]) -> AsyncIterator[Page]:
        """All that is ``wanted``: single events as they come, then the series, for an exception may stand on another
        page than its series. Raises PeerError."""
        series: dict[str, Json] = {}
        exceptions: dict[str, list[Json]] = {}
        token = ""
        async for page in listed(self.place()):
            self.frame, token = page.frame, page.sync_token
            single = []
            for each in page.events:
                if each.get("recurringEventId"):
                    exceptions.setdefault(str(each["recurringEventId"]), []).append(each)
                elif each.get("recurrence"):
                    series[str(each["id"])] = each
                elif each.get("status") != "cancelled":
                    single.append(each)
            yield _page((Standing(each, (), page.frame) for each in single), wanted)
        frame = await self.framed()
        found = [Standing(each, tuple(exceptions.pop(key, ())), frame) for key, each in series.items()]
        found += [Standing(each, (), frame) for some in exceptions.values() for each in some if _alive(each)]
        for first in range(0, len(found), _ITEMS):
            yield _page(found[first : first + _ITEMS], wanted)
        yield Page(token=token, whole=True)

    async def since(self, token: str) -> AsyncIterator[Page]:
        """What changed since ``token``. A series of which anything changed is read with all its exceptions. Raises
        PeerError, TokenExpiredError."""
        changed: dict[str, Json] = {}
        async for page in listed(self.place(), sync_token=token):
            self.frame, token = page.frame, page.sync_token
            changed |= {str(each["id"]): each for each in page.events}
        frame = await self.framed()
        parts = {key: str(each["recurringEventId"]) for key, each in changed.items() if each.get("recurringEventId")}
        gone = [key for key, each in changed.items() if key not in parts and not _alive(each)]
        single = [
            Standing(each, (), frame)
            for key, each in changed.items()
            if key not in parts and _alive(each) and not each.get("recurrence")
        ]
        whole = [key for key, each in changed.items() if key not in parts and _alive(each) and each.get("recurrence")]
        wanted = {*whole, *parts.values()} - {*gone}
        few = len(wanted) <= _MANY  # else one listing of everything costs less than a question for each
        series = await (self.many(wanted, {key: changed[key] for key in whole}) if few else self._listed(wanted))
        single += [each for each in series.values() if each is not None]
        # an occurrence whose series is not here: it alone was shared with this calendar
        lost = {key: changed[key] for key, master in parts.items() if series.get(master) is None}
        single += [Standing(each, (), frame) for each in lost.values() if _alive(each)]
        gone += [key for key in parts if key not in lost or not _alive(changed[key])]
        gone += [key for key, each in series.items() if each is None]
        for first in range(0, len(single), _ITEMS):
            yield _page(single[first : first + _ITEMS])
        yield Page(gone=gone, token=token)

    async def many(self, keys: Collection[str], known: Mapping[str, Json] | None = None) -> dict[str, Standing | None]:
        """What stands under each of ``keys``; ``known`` are events that were just told. Raises PeerError."""
        wanted, told = list(keys), known or {}
        if wanted:
            await self.framed()
        found = await _side_by_side(lambda key: self._one(key, told.get(key)), wanted)
        if any(each is None for each in found):
            self.frame = await look(self.place())  # a calendar that is gone says of each event that it is not there
        return dict(zip(wanted, found, strict=True))

    async def one(self, key: str) -> Standing | None:
        """What stands under ``key``; None where surely nothing does. Raises PeerError."""
        return (await self.many([key]))[key]

    async def by_uid(self, uid: str) -> Standing | None:
        """What bears this iCalUID, deleted or not, with its exceptions; None for nothing. Raises PeerError."""
        found: list[Json] = []
        async for page in listed(self.place(), uid=uid):
            self.frame = page.frame
            found += page.events
        frame = await self.framed()
        whole = [each for each in found if not each.get("recurringEventId") and each.get("iCalUID", uid) == uid]
        if not whole:
            return None
        first = max(whole, key=_alive)
        return Standing(first, tuple(each for each in found if each.get("recurringEventId") == first["id"]), frame)

    async def _listed(self, keys: Collection[str]) -> dict[str, Standing | None]:
        """The series ``keys``, out of all that is there; None for those that are not."""
        series: dict[str, Json] = {}
        exceptions: dict[str, list[Json]] = {}
        async for page in listed(self.place()):
            for each in page.events:
                if each.get("recurringEventId") in keys:
                    exceptions.setdefault(str(each["recurringEventId"]), []).append(each)
                elif each["id"] in keys:
                    series[str(each["id"])] = each
        frame = await self.framed()
        return {
            key: Standing(series[key], tuple(exceptions.get(key, ())), frame) if key in series else None for key in keys
        }

    async def _one(self, key: str, told: Json | None) -> Standing | None:
        frame = await self.framed()
        there = told if told is not None else await event(self.place(), key)
        if there is None or not _alive(there):
            return None
        if there.get("recurringEventId"):
            series = await event(self.place(), str(there["recurringEventId"]))
            alone = series is None or not _alive(series)
            return Standing(there, (), frame) if alone else None
        if not there.get("recurrence"):
            return Standing(there, (), frame)
        return await self._series(there, frame)

    async def _series(self, there: Json, frame: Frame) -> Standing:
        key, uid = there["id"], str(there.get("iCalUID") or "")
        exceptions: list[Json] = []
        if uid:
            async for page in listed(self.place(), uid=uid):
                exceptions += [each for each in page.events if each.get("recurringEventId") == key]
        return Standing(there, tuple(exceptions), frame)


def unless_over(moment: datetime, known: Collection[str]) -> Callable[[Item | Unread], bool]:
    """Holds true of what is known, of series, and of all that is not over at ``moment``."""

    def wanted(item: Item | Unread) -> bool:
        if item.key in known or not isinstance(item, Item) or not isinstance(item.content, Event):
            return True
        when = item.content.when
        over = when.end < moment if isinstance(when, Span) else when.until < moment.date()
        return item.content.repeats or not over

    return wanted


def _page(standing: Iterable[Standing], wanted: Callable[[Item | Unread], bool] = lambda _: True) -> Page:
    found = [item for each in standing if wanted(item := each.item())]
    return Page(
        items=[each for each in found if isinstance(each, Item)],
        unread=[each for each in found if isinstance(each, Unread)],
    )


def _alive(event: Json) -> bool:
    return event.get("status") != "cancelled"


async def _side_by_side(ask: Callable[[A], Awaitable[B]], those: Sequence[A]) -> list[B]:
    """The answers, in order, some asked at once. Raises what one of them raises; then no other goes on."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(each: A) -> B:
        async with gate:
            return await ask(each)

    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(one(each)) for each in those]
    except BaseExceptionGroup as several:
        first = next((error for error in several.exceptions if isinstance(error, PeerError)), several.exceptions[0])
        raise first from None
    return [task.result() for task in running]
