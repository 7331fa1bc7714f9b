"""Push subscriptions of the simulated Exchange: each change in a folder is a call, and so is that nothing changes."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from ssl import SSLContext
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

import aiohttp
from aiohttp import web
from lxml import etree

from protocols import safexml
from simulation.exchange.contact_items import local
from simulation.exchange.contact_mailboxes import Refused
from simulation.exchange.soap import NS, SOAP, M, SoapFault, T, envelope

OPERATIONS: Final = frozenset({f"{{{M}}}Subscribe", f"{{{M}}}Unsubscribe"})
Find = Callable[[etree._Element], tuple[str, bool]]
"""The key of the folder that an element names, and whether it is a public one. Raises Refused."""
_PATIENCE: Final = aiohttp.ClientTimeout(total=10)
_FIRST: Final = timedelta(seconds=30)
_LONGEST: Final = 1440  # minutes
_STATUS: Final = "StatusEvent"
_PARTS: Final = ("FolderIds", "EventTypes", "Watermark", "StatusFrequency", "URL")
_NEEDED: Final = frozenset({"FolderIds", "EventTypes", "StatusFrequency", "URL"})


@dataclass(slots=True)
class Subscription:
    """``waiting`` are the events, with what became of which item in which folder, that were not taken yet. ``heard`` is
    when somebody last answered; ``again`` when another attempt is due, after so many that ``failed``."""

    key: str
    folders: frozenset[str]
    kinds: frozenset[str]
    url: str
    frequency: timedelta
    heard: datetime
    waiting: list[tuple[str, str, str]] = field(default_factory=list)
    number: int = 0
    busy: bool = False
    failed: int = 0
    again: datetime | None = None


class PushDesk:
    """What the server keeps. ``trust`` checks the certificates of those who are called. ``told`` counts the calls that
    were answered well, ``missed`` all others.

    By ``clock``, and when :meth:`due` is called, it says that nothing changed, and tries again (EWS, StatusFrequency).
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self.trust: SSLContext | None = None
        self.told = self.missed = 0
        self._clock = clock
        self._numbers = count(1)
        self._calls: set[asyncio.Task[object]] = set()

    def answer(self, operation: etree._Element, find: Find) -> web.Response:
        """The answer to one of OPERATIONS. Raises SoapFault."""
        name = local(operation)
        try:
            kind, code, inside = "Success", "NoError", self._subscribed(operation, find)
        except Refused as refused:
            kind, code, inside = "Error", refused.code, ""
        text = "" if kind == "Success" else "<m:MessageText>Refused.</m:MessageText>"
        return envelope(
            f'<m:{name}Response xmlns:m="{M}" xmlns:t="{T}"><m:ResponseMessages>'
            f'<m:{name}ResponseMessage ResponseClass="{kind}">{text}<m:ResponseCode>{code}</m:ResponseCode>'
            f"{inside}</m:{name}ResponseMessage></m:ResponseMessages></m:{name}Response>"
        )

    def tell(self, folder: str, event: str, item: str) -> None:
        """Whoever wants to know what became of ``item`` is called; the calls go on by themselves."""
        for each in self.subscriptions.values():
            if folder in each.folders and event in each.kinds:
                each.waiting.append((event, folder, item))
                self._begin(each)

    def due(self) -> None:
        """What the clock asks for is done: attempts that failed are made again, and who heard nothing is called."""
        now = self._clock()
        for each in list(self.subscriptions.values()):
            if each.again is not None and each.again <= now:
                each.again = None
                self._begin(each)
            elif each.again is None and each.heard + each.frequency <= now:
                self._status(each)

    def fail(self, key: str, code: str) -> None:
        """It calls with an error, and forgets the subscription."""
        there = self.subscriptions.pop(key)
        inside = f"<m:MessageText>It failed.</m:MessageText><m:ResponseCode>{code}</m:ResponseCode>"
        self._start(self._post(there, _call("Error", inside)))

    async def settled(self) -> None:
        """Once all calls under way are over."""
        while self._calls:
            await asyncio.gather(*self._calls, return_exceptions=True)

    async def close(self) -> None:
        """Nobody is called any more."""
        self.subscriptions.clear()
        for call in self._calls:
            call.cancel()
        await self.settled()

    def _subscribed(self, operation: etree._Element, find: Find) -> str:
        if local(operation) == "Unsubscribe":
            known = operation.findtext("m:SubscriptionId", "", NS) in self.subscriptions
            raise Refused("ErrorInvalidSubscription" if known else "ErrorSubscriptionNotFound")
        request = operation.find("m:PushSubscriptionRequest", NS)
        if request is None:
            raise Refused("ErrorInvalidSubscriptionRequest")
        made = self._made(request, find)
        self.subscriptions[made.key] = made
        self._status(made)
        return f"<m:SubscriptionId>{made.key}</m:SubscriptionId><m:Watermark>{_mark(made)}</m:Watermark>"

    def _made(self, request: etree._Element, find: Find) -> Subscription:
        names = [local(part) for part in request]
        minutes = request.findtext("t:StatusFrequency", "", NS)
        if names != [name for name in _PARTS if name in names] or not set(names) >= _NEEDED or not minutes.isdigit():
            raise SoapFault("ErrorSchemaValidation")
        if not 1 <= int(minutes) <= _LONGEST:
            raise SoapFault("ErrorSchemaValidation")
        found = [find(element) for element in request.iterfind("t:FolderIds/*", NS)]
        if len(found) != 1 and any(public for _, public in found):
            raise Refused("ErrorInvalidSubscriptionRequest")
        url = request.findtext("t:URL", "", NS)
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise Refused("ErrorInvalidPushSubscriptionUrl")
        return Subscription(
            key=f"push+{next(self._numbers)}/=",
            folders=frozenset(key for key, _ in found),
            kinds=frozenset(each.text or "" for each in request.iterfind("t:EventTypes/t:EventType", NS)),
            url=url,
            frequency=timedelta(minutes=int(minutes)),
            heard=self._clock(),
        )

    def _status(self, each: Subscription) -> None:
        if not each.waiting:
            each.waiting.append((_STATUS, "", ""))
        self._begin(each)

    def _begin(self, each: Subscription) -> None:
        if not each.busy and each.again is None:
            each.busy = True
            self._start(self._emptied(each))

    def _start(self, doing: Coroutine[None, None, object]) -> None:
        call = asyncio.get_running_loop().create_task(doing)
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _emptied(self, each: Subscription) -> None:
        """One call after the other, as long as events wait, somebody answers and wants more."""
        while each.waiting and each.again is None and each.key in self.subscriptions:
            some = list(each.waiting)
            status = await self._post(each, self._body(each, some))
            if status == "Unsubscribe":
                self.subscriptions.pop(each.key, None)
            elif status == "OK":
                del each.waiting[: len(some)]
                each.number += len(some)
                each.heard, each.failed = self._clock(), 0
            else:
                self._put_off(each)
        each.busy = False

    def _put_off(self, each: Subscription) -> None:
        wait = _FIRST * 2**each.failed
        each.failed += 1
        if wait > each.frequency:
            self.subscriptions.pop(each.key, None)
        else:
            each.again = self._clock() + wait

    async def _post(self, each: Subscription, body: bytes) -> str:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{M}/SendNotification"'}
        trust = self.trust if self.trust is not None else True
        try:
            async with (
                aiohttp.ClientSession(timeout=_PATIENCE) as session,
                session.post(each.url, data=body, headers=headers, ssl=trust) as response,
            ):
                status = _answered(await response.read()) if response.status == 200 else ""
        except (aiohttp.ClientError, TimeoutError):
            status = ""
        self.told += bool(status)
        self.missed += not status
        return status

    def _body(self, each: Subscription, events: list[tuple[str, str, str]]) -> bytes:
        when = f"{self._clock():%Y-%m-%dT%H:%M:%SZ}"
        told = ""
        for number, (event, folder, item) in enumerate(events, start=each.number + 1):
            where = ""
            if event != _STATUS:
                where = f'<t:TimeStamp>{when}</t:TimeStamp><t:ItemId Id={quoteattr(item)} ChangeKey="0"/>'
                where += f'<t:ParentFolderId Id={quoteattr(folder)} ChangeKey="0"/>'
            told += f"<t:{event}><t:Watermark>mark-{number}</t:Watermark>{where}</t:{event}>"
        return _call(
            "Success",
            "<m:ResponseCode>NoError</m:ResponseCode><m:Notification>"
            f"<t:SubscriptionId>{escape(each.key)}</t:SubscriptionId>"
            f"<t:PreviousWatermark>{_mark(each)}</t:PreviousWatermark><t:MoreEvents>false</t:MoreEvents>"
            f"{told}</m:Notification>",
        )


def _call(kind: str, inside: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap11:Envelope xmlns:soap11="{SOAP}"><soap11:Header><t:RequestServerVersion xmlns:t="{T}" '
        f'Version="Exchange2016"/></soap11:Header><soap11:Body><m:SendNotification xmlns:t="{T}" xmlns:m="{M}">'
        f'<m:ResponseMessages><m:SendNotificationResponseMessage ResponseClass="{kind}">{inside}'
        "</m:SendNotificationResponseMessage></m:ResponseMessages></m:SendNotification></soap11:Body>"
        "</soap11:Envelope>"
    ).encode()


def _answered(body: bytes) -> str:
    """The SubscriptionStatus, "" for what is no answer."""
    try:
        status = safexml.parse(body).findtext("s:Body/m:SendNotificationResult/m:SubscriptionStatus", "", NS)
    except safexml.XmlRefused:
        return ""
    return status if status in ("OK", "Unsubscribe") else ""


def _mark(each: Subscription) -> str:
    return f"mark-{each.number}"
