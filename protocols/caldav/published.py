"""Asks for free/busy and calendars that somebody publishes at a URL: again only where they have changed."""

import zlib
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final, Protocol, TypeAlias, TypeVar
from urllib.parse import urljoin, urlsplit

from protocols.caldav.icalendar import read
from protocols.caldav.published_urls import Published
from protocols.caldav.spans import union
from protocols.caldav.told import Bounds, Scope, Told
from protocols.caldav.whole_days import doubted, with_margin
from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse, Send, retry_after
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.recurrence.budget import Stopwatch

T = TypeVar("T")
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HOPS: Final = 3
_TOLD_KEPT: Final = 4
_REFUSED_FOR: Final = timedelta(minutes=5)
_STATUSES: Final = {
    401: Reason.UNAUTHORIZED,
    403: Reason.NO_ACCESS,
    404: Reason.NO_SUCH_MAILBOX,
    410: Reason.NO_SUCH_MAILBOX,
    408: Reason.TIMEOUT,
    413: Reason.INCOMPLETE,
    429: Reason.THROTTLED,
    503: Reason.THROTTLED,
}
_OF_THE_SERVER: Final = frozenset(
    {Reason.UNAUTHORIZED, Reason.THROTTLED, Reason.UNREACHABLE, Reason.TIMEOUT, Reason.PEER_FAILED}
)
_Key: TypeAlias = tuple[str, TimeWindow, Detail]
"""Whose file it is read as, and what of it: what an owner declined takes none of that owner's time."""
_OLD_ENOUGH: Final = timedelta(seconds=60)
_TELLING: Final = frozenset({Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS, Reason.UNAUTHORIZED})


class Aside(Protocol):
    """Runs ``job`` where it holds nobody up; ``size`` is how many bytes it works through."""

    async def __call__(self, size: int, job: Callable[[], T]) -> T:
        """What ``job`` returns or raises."""
        ...


@dataclass(slots=True)
class Kept:
    """A file as it was last seen: compressed, with what the server calls this state of it (RFC 9110 8.8).

    ``told`` are the last readings of it. ``refused_until``: it was too large, and is left alone until then.
    """

    packed: bytes = field(default=b"", repr=False)
    etag: str = ""
    modified: str = ""
    told: dict[_Key, Told] = field(default_factory=dict, repr=False)
    refused_until: datetime | None = None

    @property
    def weight(self) -> int:
        """About how many bytes it occupies; never changes."""
        return len(self.packed) + 16_384


Shelf: TypeAlias = MutableMapping[str, Kept]
"""What is kept of each file, by URL; it may lose any entry at any time."""
Find: TypeAlias = Callable[[Mailbox], Published | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where files are, how they are read and what is kept of them.

    ``zone`` and ``bounds`` are as of :func:`protocols.caldav.icalendar.read`; what is later than ``ahead`` from now is
    not published, and unknown. ``stopwatch`` counts the seconds of reading; without one only steps bound it.
    """

    find: Find
    shelf: Shelf
    aside: Aside
    bounds: Bounds
    zone: tzinfo | None = None
    ahead: timedelta | None = None
    stopwatch: Stopwatch | None = None


async def ask(
    send: Send,
    mailboxes: Sequence[Mailbox],
    question: Question,
    *,
    files: Files,
    source: str,
    as_of: datetime,
) -> list[Answer]:
    """One answer per mailbox, in order, one file after the other.

    A file that the server has not changed (304) is not sent again and is what was read before. Raises PeerError where
    the first file's server failed, if it is the one that holds everybody's; whatever else fails is that mailbox's.
    """
    answers: list[Answer] = []
    for mailbox in mailboxes:
        place = files.find(mailbox)
        if place is None:
            words = "no file is named for it"
            answers.append(Unavailable(mailbox=mailbox, reason=Reason.NO_SUCH_MAILBOX, detail=words))
            continue
        try:
            told = await _Asking(send, question, files, as_of).told(mailbox, place.url)
        except PeerError as error:
            if not answers and place.common and error.reason in _OF_THE_SERVER:
                raise
            answers.append(_unavailable(mailbox, error))
            continue
        answers.append(_availability(mailbox, told, question, files, source, as_of))
    return answers


@dataclass(frozen=True, slots=True)
class _Asking:
    send: Send
    question: Question
    files: Files
    as_of: datetime

    async def told(self, mailbox: Mailbox, url: str) -> Told:
        kept = self.files.shelf.get(url)
        if kept is not None and kept.refused_until is not None:
            if self.as_of < kept.refused_until <= self.as_of + _REFUSED_FOR:
                raise PeerError(Reason.INCOMPLETE, "the file was too large a moment ago")
            kept = None
        response = await self._fetched(url, kept)
        if response.status == 304 and kept is not None:
            return await self._again(mailbox, url, kept)
        if response.status != 200:
            error = _error(response, self.as_of)
            if error.reason in _TELLING:
                self.files.shelf.pop(url, None)
            raise error
        return await self._new(mailbox, url, response)

    async def _fetched(self, url: str, kept: Kept | None) -> HttpResponse:
        headers = Headers({"Accept": "text/calendar, text/*;q=0.5"})
        if kept is not None and kept.etag:
            headers = headers.set("If-None-Match", kept.etag)
        elif kept is not None and kept.modified:
            headers = headers.set("If-Modified-Since", kept.modified)
        place = url
        for _ in range(_HOPS + 1):
            try:
                response = await self.send(HttpRequest("GET", place, headers))
            except PeerError as error:
                if error.reason is Reason.TOO_MANY_ENTRIES:
                    raise self._too_large(url) from None
                raise
            if response.status not in _REDIRECTS:
                return response
            place = _onward(place, response)
        raise PeerError(Reason.GARBLED, "the redirects do not end")

    async def _new(self, mailbox: Mailbox, url: str, response: HttpResponse) -> Told:
        body = response.body
        if len(body) > self.files.bounds.size:
            raise self._too_large(url)
        etag, modified = response.headers.get("ETag", ""), _modified(response.headers)

        def work() -> tuple[Told, bytes]:
            told = self._read(mailbox, url, body)
            return told, zlib.compress(body, 1) if etag or modified else b""

        self.files.shelf.pop(url, None)
        told, packed = await self.files.aside(len(body), work)
        if packed:
            self.files.shelf[url] = Kept(packed, etag, modified, {self._key(mailbox): told})
        return told

    async def _again(self, mailbox: Mailbox, url: str, kept: Kept) -> Told:
        key = self._key(mailbox)
        found = kept.told.get(key)
        if found is not None:
            return found
        size = len(kept.packed)
        told = await self.files.aside(size * 4, lambda: self._read(mailbox, url, zlib.decompress(kept.packed)))
        while len(kept.told) >= _TOLD_KEPT:
            del kept.told[next(iter(kept.told))]
        kept.told[key] = told
        return told

    def _key(self, mailbox: Mailbox) -> _Key:
        return mailbox.address, self.question.window, self.question.detail

    def _read(self, mailbox: Mailbox, url: str, body: bytes) -> Told:
        window, scope, zone = self.question.window, scope_of(url), self.files.zone
        is_told = scope is Scope.FREE_BUSY  # by a server, which may take all-day events for UTC's days
        told = read(
            body,
            with_margin(window) if is_told else window,
            zone=zone,
            detail=self.question.detail,
            scope=scope,
            owners=(mailbox.address,),
            bounds=self.files.bounds,
            budget=self.files.bounds.budget(self.files.stopwatch),
        )
        return doubted(told, window, zone) if is_told else told

    def _too_large(self, url: str) -> PeerError:
        """Not TOO_MANY_ENTRIES: whoever asks for less of the time is sent the same file again."""
        self.files.shelf[url] = Kept(refused_until=self.as_of + _REFUSED_FOR)
        return PeerError(Reason.INCOMPLETE, f"the file exceeds {self.files.bounds.size} bytes")


def scope_of(url: str) -> Scope:
    """What a file's silence means, told by its address: free/busy files are called so."""
    path = urlsplit(url).path.lower()
    return Scope.FREE_BUSY if path.endswith((".ifb", ".vfb")) or "freebusy" in path else Scope.CALENDAR


def _modified(headers: Headers) -> str:
    """Last-Modified, where it can be relied on; else empty.

    Its seconds are whole: what was written in the second of the answer may change once more within it, and would be
    taken for unchanged for ever. A minute makes it strong (RFC 9110 8.8.2.2).
    """
    text = headers.get("Last-Modified", "")
    try:
        age = parsedate_to_datetime(headers.get("Date", "")) - parsedate_to_datetime(text)
    except (ValueError, TypeError):  # none, no dates, or one of them without its zone
        return ""
    return text if age >= _OLD_ENOUGH else ""


def _onward(url: str, response: HttpResponse) -> str:
    """Where a redirect leads. Raises PeerError(GARBLED) where that is another origin: it may be anybody's."""
    place = urljoin(url, response.headers.get("Location", ""))
    if place == url or urlsplit(place)[:2] != urlsplit(url)[:2]:
        raise PeerError(Reason.GARBLED, "a redirect to another server is not followed: write the address it leads to")
    return place.partition("#")[0]


def _error(response: HttpResponse, as_of: datetime) -> PeerError:
    failed = Reason.PEER_FAILED if response.status >= 500 else Reason.GARBLED
    reason = _STATUSES.get(response.status, failed)
    return PeerError(reason, f"HTTP {response.status}", retry_after=retry_after(response.headers, as_of))


def _unavailable(mailbox: Mailbox, error: PeerError) -> Unavailable:
    return Unavailable(mailbox=mailbox, reason=error.reason, retry_after=error.retry_after, detail=error.detail)


def _availability(
    mailbox: Mailbox, told: Told, question: Question, files: Files, source: str, as_of: datetime
) -> Availability:
    window, unknown = question.window, told.unknown
    if files.ahead is not None and as_of + files.ahead < window.end:
        unpublished = TimeWindow(max(as_of + files.ahead, window.start), window.end)
        unknown = union([*unknown, unpublished], window)
    return Availability(
        mailbox=mailbox,
        window=window,
        intervals=told.intervals,
        detail=question.detail,
        unknown=unknown,
        working_hours=told.hours,
        source=source,
        as_of=as_of,
    )
