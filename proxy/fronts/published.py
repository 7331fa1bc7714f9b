"""Free/busy URLs: GET of a person's busy time by whoever has the URL, whose token is the only key to it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, unquote

from aiohttp import web
from cachetools import LRUCache

from protocols.caldav.writing import CONTENT_TYPE, Busy, mailto, periods_of, publish, uid_of
from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.admission import Admission
from proxy.auth import Address, Refused
from proxy.auth.networks import Addresses, UnbelievableError
from proxy.auth.throttle import Throttle
from proxy.connector import Clock
from proxy.fronts.answers import READ, not_allowed, plain
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import RATE, forwarded, turned_away
from proxy.fronts.record import Record
from proxy.published import PARAMETER, PATH, SUFFIX, digest_of
from proxy.published_list import PublishedList

LONGEST_QUESTION: Final = timedelta(days=60)
_NOTHING: Final = "there is nothing here"
_LONGEST: Final = 512  # characters of a token; ours have 43
_PARAMETERS: Final = 16
_PACES: Final = 16_384  # people whose pace is remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How much a URL shows: days before and after the beginning of today, in UTC, so that it stays the same all day."""

    back: timedelta
    ahead: timedelta

    def window(self, now: datetime) -> TimeWindow:
        """The whole of it."""
        today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
        return TimeWindow(today - self.back, today + self.ahead)


class PublishedFront:
    """``GET /freebusy/{address}.ifb?token=…``, or ``/freebusy/{token}/{address}.ifb`` for clients that drop the query.

    ``desks`` gives whoever has the URL of a mailbox a desk that can ask for nobody else. Unknown, wrong and revoked are
    one 404 after the same work, for which nobody's calendar is asked; ``throttle`` slows who comes with many of them.
    ``pace`` makes the pace of one person's URLs, by the name of this front.
    """

    name = "free-busy-url"

    def __init__(
        self,
        published: PublishedList,
        desks: Callable[[Mailbox], Desk],
        *,
        shown: Shown,
        clock: Clock,
        throttle: Throttle,
        pace: Callable[[], Admission],
        addresses: Addresses,
    ) -> None:
        self._published, self._desks, self._shown, self._clock = published, desks, shown, clock
        self._throttle, self._addresses, self._pace = throttle, addresses, pace
        self._paces: LRUCache[str, Admission] = LRUCache(_PACES)

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """The calendar, 304 where the client has it already, or nothing. Raises RequestError (BUSY)."""
        if request.method not in READ:
            return not_allowed(*READ)
        token, written = _parts(request)
        address = self._published.address_of(token)
        mailbox = _mailbox(written) if address is not None else None
        if mailbox is None or mailbox.address != address:
            return self._refused(token, request, record)
        record.caller, record.proof, record.operation = self.name, "token", "publish"
        pace = self._paces.get(address) or self._paces.setdefault(address, self._pace())
        if wait := pace.wait(self.name):
            record.refused = RATE
            raise RequestError(Fault.BUSY, back_off=timedelta(seconds=wait))
        return await self._shown_to(request, mailbox, record)

    async def _shown_to(self, request: web.BaseRequest, mailbox: Mailbox, record: Record) -> web.Response:
        now = self._clock()
        window, desk = self._shown.window(now), self._desks(mailbox)
        pieces = window.cut(LONGEST_QUESTION)
        found = await asyncio.gather(*(desk.look_up([mailbox], Question(window=piece), record) for piece in pieces))
        answers = [(piece, answer) for piece, (answer,) in zip(pieces, found, strict=True)]
        periods, organizer = periods_of(answers), mailto(mailbox)
        tag = f'W/"{sha256(repr((window.seconds, periods)).encode()).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer"}
        if _has(request.headers.get("If-None-Match", ""), tag):
            return web.Response(status=304, headers=headers)
        busy = Busy(window=window, periods=periods, stamp=now, uid=uid_of(organizer), organizer=organizer)
        return web.Response(body=publish(busy), headers={"Content-Type": CONTENT_TYPE, **headers})

    def _refused(self, token: str, request: web.BaseRequest, record: Record) -> web.Response:
        wait = self._throttle.turn("", self._address(request), digest_of(token))
        refused = Refused("free-busy-url-slowed", 429, wait) if wait else Refused("free-busy-url", 404)
        record.refused = refused.reason
        return turned_away(refused) if wait else plain(_NOTHING, status=404)

    def _address(self, request: web.BaseRequest) -> Address | None:
        try:
            return self._addresses.find(request.remote or "", forwarded(request))
        except UnbelievableError:
            return None


def _parts(request: web.BaseRequest) -> tuple[str, str]:
    """Token and address, as they were written; "" for what is not there, or too long to be looked at."""
    rest = request.rel_url.raw_path[len(PATH) :].rstrip("/")
    before, slash, last = rest.partition("/")
    token = unquote(before) if slash else _asked(request.rel_url.raw_query_string)
    name = unquote(last if slash else before)
    if not name.lower().endswith(SUFFIX) or len(token) > _LONGEST:
        return "", ""
    return token, name[: -len(SUFFIX)]


def _asked(query: str) -> str:
    try:
        pairs = parse_qsl(query, max_num_fields=_PARAMETERS)
    except ValueError:
        return ""
    return next((value for name, value in pairs if name.lower() == PARAMETER), "")


def _mailbox(text: str) -> Mailbox | None:
    try:
        return Mailbox.parse(text)
    except ValueError:
        return None


def _has(shown: str, tag: str) -> bool:
    """RFC 9110 13.1.2, by the weak comparison."""
    told = {each.strip().removeprefix("W/") for each in shown.split(",")}
    return "*" in told or tag.removeprefix("W/") in told
