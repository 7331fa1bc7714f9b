"""The calendar system behind the servers under test: an Exchange that answers at once, or after a delay, and counts."""

import asyncio
import re
import sys
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

import uvloop
from aiohttp import web

from bench import exchange_folders
from bench.questions import DAYS, EVENTS, USERNAME, WINDOWS

_ADDRESS = re.compile(rb"Address>([^<]+)<")
_HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
    b'<h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544" MinorBuildNumber="4" '
    b'Version="V2017_07_11" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body>'
    b'<GetUserAvailabilityResponse xmlns="http://schemas.microsoft.com/exchange/services/2006/messages" '
    b'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><FreeBusyResponseArray>'
)
_RESPONSE: Final = (
    '<FreeBusyResponse><ResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode>'
    "</ResponseMessage><FreeBusyView>{content}</FreeBusyView></FreeBusyResponse>"
)
_WORKING_HOURS: Final = (
    "<t:WorkingHours><t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time>"
    "<t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime>"
    "<t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>"
    "<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone><t:WorkingPeriodArray><t:WorkingPeriod>"
    "<t:DayOfWeek>Monday Tuesday Wednesday Thursday Friday</t:DayOfWeek>"
    "<t:StartTimeInMinutes>480</t:StartTimeInMinutes><t:EndTimeInMinutes>1020</t:EndTimeInMinutes>"
    "</t:WorkingPeriod></t:WorkingPeriodArray></t:WorkingHours>"
)
_TAIL = b"</FreeBusyResponseArray></GetUserAvailabilityResponse></s:Body></s:Envelope>"
STATUSES: Final = ("Busy", "Busy", "Tentative", "OOF", "Busy")  # of each five blocks
_DIGITS: Final = {"Tentative": "1", "Busy": "2", "OOF": "3"}  # [MS-OXWAVLS] 2.2.4.16
_MERGED: Final = re.compile(
    rb"<t:StartTime>([^<]+)</t:StartTime><t:EndTime>([^<]+)</t:EndTime></t:TimeWindow>"
    rb"<t:MergedFreeBusyIntervalInMinutes>(\d+)</t:MergedFreeBusyIntervalInMinutes>"
    rb"<t:RequestedView>MergedOnly<"
)


def events(today: date) -> list[tuple[datetime, datetime]]:
    """Twenty blocks that lie in every window asked, and three that lie in none, so that clipping is paid for."""
    first = datetime.combine(today + timedelta(days=WINDOWS), time(8), UTC)
    inside = [first + timedelta(days=n, hours=n % 7) for n in range(EVENTS)]
    outside = [first + timedelta(days=DAYS - 1, hours=n) for n in (1, 3, 5)]
    return [(start, start + timedelta(minutes=60)) for start in (*inside, *outside)]


@lru_cache(maxsize=4)
def _template(today: date, detailed: bool) -> str:
    rows = "".join(
        f"<t:CalendarEvent><t:StartTime>{start:%Y-%m-%dT%H:%M:%SZ}</t:StartTime>"
        f"<t:EndTime>{end:%Y-%m-%dT%H:%M:%SZ}</t:EndTime><t:BusyType>{STATUSES[n % 5]}</t:BusyType>"
        f"{_details(n) if detailed else ''}</t:CalendarEvent>"
        for n, (start, end) in enumerate(events(today))
    )
    view = f"<t:FreeBusyViewType>{'Detailed' if detailed else 'FreeBusy'}</t:FreeBusyViewType>"
    return _RESPONSE.format(content=f"{view}<t:CalendarEventArray>{rows}</t:CalendarEventArray>{_WORKING_HOURS}")


def _details(n: int) -> str:
    return (
        f"<t:CalendarEventDetails><t:ID>{n:032X}</t:ID><t:Subject>Review {n} of WHOM</t:Subject>"
        f"<t:Location>Room {n % 4}</t:Location><t:IsMeeting>true</t:IsMeeting><t:IsRecurring>false</t:IsRecurring>"
        "<t:IsException>false</t:IsException><t:IsReminderSet>true</t:IsReminderSet><t:IsPrivate>false</t:IsPrivate>"
        "</t:CalendarEventDetails>"
    )


@lru_cache(maxsize=1024)
def _merged(today: date, start: bytes, end: bytes, minutes: int) -> str:
    first, last = (datetime.fromisoformat(each.decode()) for each in (start, end))
    if first.tzinfo is None:
        raise ValueError("only asked in UTC")
    cell = timedelta(minutes=minutes)
    digits = ["0"] * ((last - first) // cell)
    for n, (begin, over) in enumerate(events(today)):
        for place in range(max(0, (begin - first) // cell), min(len(digits), -((first - over) // cell))):
            digits[place] = max(digits[place], _DIGITS[STATUSES[n % 5]])
    view = "<t:FreeBusyViewType>MergedOnly</t:FreeBusyViewType>"
    return _RESPONSE.format(content=f"{view}<t:MergedFreeBusy>{''.join(digits)}</t:MergedFreeBusy>{_WORKING_HOURS}")


def answer(question: bytes, today: date) -> bytes:
    """The answer to a question, in the view that it asks for: the same blocks for each address, under its own name.

    A merged view is cut to the window, which must be in UTC there (ValueError); events are given whatever the window.
    """
    if asked := _MERGED.search(question):
        template = _merged(today, asked[1], asked[2], int(asked[3]))
    else:
        template = _template(today, b">Detailed" in question)
    parts = [template.replace("WHOM", found.decode()).encode() for found in _ADDRESS.findall(question)]
    return b"".join((_HEAD, *parts, _TAIL))


class Upstream:
    """Handlers of one server: EWS, and what the benchmark turns and reads."""

    def __init__(self) -> None:
        self._calls = 0
        self._delay = 0.0

    async def ews(self, request: web.Request) -> web.Response:
        """Answer, after the delay, and count."""
        self._calls += 1
        question = await request.read()
        if self._delay:
            await asyncio.sleep(self._delay)
        body = exchange_folders.answer(question, USERNAME) or answer(question, datetime.now(UTC).date())
        return web.Response(body=body, content_type="text/xml", charset="utf-8")

    async def calls(self, _: web.Request) -> web.Response:
        """How often it was asked."""
        return web.json_response(self._calls)

    async def delay(self, request: web.Request) -> web.Response:
        """Answer later from now on."""
        self._delay = float(request.query["seconds"])
        return web.Response()

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=2**24)
        for path in ("/EWS/Exchange.asmx", "/ews/exchange.asmx"):  # paths are of any case there
            app.router.add_post(path, self.ews)
        app.router.add_get("/calls", self.calls)
        app.router.add_post("/delay", self.delay)
        return app


if __name__ == "__main__":
    uvloop.install()
    web.run_app(Upstream().application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
