"""The calendar system behind the server under test: an Exchange that answers at once, or after a delay, and counts."""

import asyncio
import re
import sys
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import uvloop
from aiohttp import web

from bench.questions import DAYS, EVENTS, WINDOWS

_ADDRESS = re.compile(rb"Address>([^<]+)<")
_HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
    b'<h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544" MinorBuildNumber="4" '
    b'Version="V2017_07_11" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body>'
    b'<GetUserAvailabilityResponse xmlns="http://schemas.microsoft.com/exchange/services/2006/messages" '
    b'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><FreeBusyResponseArray>'
)
_TAIL = b"</FreeBusyResponseArray></GetUserAvailabilityResponse></s:Body></s:Envelope>"
_STATUSES = ("Busy", "Busy", "Tentative", "OOF", "Busy")


def events(today: date) -> list[tuple[datetime, datetime]]:
    """Twenty blocks that lie in every window asked, and three that lie in none, so that clipping is paid for."""
    first = datetime.combine(today + timedelta(days=WINDOWS), time(8), UTC)
    inside = [first + timedelta(days=n, hours=n % 7) for n in range(EVENTS)]
    outside = [first + timedelta(days=DAYS - 1, hours=n) for n in (1, 3, 5)]
    return [(start, start + timedelta(minutes=60)) for start in (*inside, *outside)]


@lru_cache(maxsize=4)
def _template(today: date) -> str:
    rows = "".join(
        f"<t:CalendarEvent><t:StartTime>{start:%Y-%m-%dT%H:%M:%SZ}</t:StartTime>"
        f"<t:EndTime>{end:%Y-%m-%dT%H:%M:%SZ}</t:EndTime><t:BusyType>{_STATUSES[n % 5]}</t:BusyType>"
        f"<t:CalendarEventDetails><t:ID>{n:032X}</t:ID><t:Subject>Review {n} of WHOM</t:Subject>"
        f"<t:Location>Room {n % 4}</t:Location><t:IsMeeting>true</t:IsMeeting><t:IsRecurring>false</t:IsRecurring>"
        "<t:IsException>false</t:IsException><t:IsReminderSet>true</t:IsReminderSet><t:IsPrivate>false</t:IsPrivate>"
        "</t:CalendarEventDetails></t:CalendarEvent>"
        for n, (start, end) in enumerate(events(today))
    )
    return (
        '<FreeBusyResponse><ResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode>'
        "</ResponseMessage><FreeBusyView><t:FreeBusyViewType>Detailed</t:FreeBusyViewType>"
        f"<t:CalendarEventArray>{rows}</t:CalendarEventArray>"
        "<t:WorkingHours><t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time>"
        "<t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime>"
        "<t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>"
        "<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone><t:WorkingPeriodArray><t:WorkingPeriod>"
        "<t:DayOfWeek>Monday Tuesday Wednesday Thursday Friday</t:DayOfWeek>"
        "<t:StartTimeInMinutes>480</t:StartTimeInMinutes><t:EndTimeInMinutes>1020</t:EndTimeInMinutes></t:WorkingPeriod></t:WorkingPeriodArray></t:WorkingHours>"
        "</FreeBusyView></FreeBusyResponse>"
    )


def answer(question: bytes, today: date) -> bytes:
    """The answer to a question: the same blocks for each address in it, under its own name."""
    template = _template(today)
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
        return web.Response(body=answer(question, datetime.now(UTC).date()), content_type="text/xml", charset="utf-8")

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
        app.router.add_post("/EWS/Exchange.asmx", self.ews)
        app.router.add_get("/calls", self.calls)
        app.router.add_post("/delay", self.delay)
        return app


if __name__ == "__main__":
    uvloop.install()
    web.run_app(Upstream().application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
