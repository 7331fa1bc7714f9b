"""CalDAV servers for the contract: a home with a calendar per person, and an outbox that is asked about several."""

import re

from aiohttp import web

from simulation.faults import Call, Trouble
from tests.contracts.published import PublishedServer, vevents

_NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
_CALENDAR = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
_OUR_ACCOUNT = (
    "<D:current-user-principal><D:href>/us/</D:href></D:current-user-principal>"
    "<C:schedule-outbox-URL><D:href>/outbox/</D:href></C:schedule-outbox-URL>"
    "<C:calendar-user-address-set><D:href>mailto:busyline@b.example</D:href></C:calendar-user-address-set>"
)
_TRUNCATED = "HTTP/1.1 507 Insufficient Storage"  # RFC 5323 5.3: there is more


class DavServer(PublishedServer):
    """``/{address}/`` is a home, ``/{address}/c/`` the calendar in it. With ``until`` an answer is not whole."""

    def is_question(self, path: str) -> bool:
        return path.endswith("/c/")

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        return (request.path.split("/")[1],)

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        address = request.path.split("/")[1]
        if trouble is Trouble.DENIED:
            return web.Response(status=401)
        if code := self.faults.addresses.get(address):
            return web.Response(status=int(code))
        if address not in self.world.calendars:
            return web.Response(status=404)
        if request.method == "PROPFIND":
            return self._home(address)
        if b"free-busy-query" in call.body:
            return self.calendar(self.free_busy(address))
        return self._events_of(address)

    def _home(self, address: str) -> web.Response:
        home = _response(f"/{address}/", "<D:resourcetype><D:collection/></D:resourcetype>")
        return _multistatus(home + _response(f"/{address}/c/", _CALENDAR))

    def _events_of(self, address: str) -> web.Response:
        found = ""
        for number, series in enumerate(self.world.calendars[address]):
            text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *vevents(series), "END:VCALENDAR", ""])
            data = f"<C:calendar-data><![CDATA[{text}]]></C:calendar-data>"
            found += _response(f"/{address}/c/{number}.ics", data)
        if self.until is not None:
            found += f"<D:response><D:href>/{address}/c/</D:href><D:status>{_TRUNCATED}</D:status></D:response>"
        return _multistatus(found)


class OutboxServer(PublishedServer):
    """``/outbox/`` is that of our account. Codes of mailboxes are statuses of RFC 5546."""

    def is_question(self, path: str) -> bool:
        return path == "/outbox/"

    def addresses_in(self, request: web.Request, call: Call) -> tuple[str, ...]:
        unfolded = re.sub(rb"\r\n[ \t]", b"", call.body).decode()
        return tuple(re.findall(r"^ATTENDEE:mailto:(.*?)\r?$", unfolded, re.MULTILINE))

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        if trouble is Trouble.DENIED:
            return web.Response(status=401)
        if request.method == "PROPFIND":
            return _multistatus(_response(request.path, _OUR_ACCOUNT))
        if not self.is_question(request.path):
            return web.Response(status=404)
        told = [self._recipient(address) for address in call.addresses]
        if trouble is Trouble.WRONG_COUNT:
            told.pop()
        if trouble is Trouble.WRONG_ORDER:
            told.reverse()
        return _xml(f"<C:schedule-response {_NAMESPACES}>{''.join(told)}</C:schedule-response>", 200)

    def _recipient(self, address: str) -> str:
        status, data = self.faults.addresses.get(address, "2.0;Success"), ""
        if address not in self.world.calendars:
            status = "3.7;Invalid calendar user"
        if status.startswith("2."):
            begin, *lines = self.free_busy(address)
            whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:REPLY", begin, f"ATTENDEE:mailto:{address}", *lines]
            text = "\r\n".join([*whole, "END:VCALENDAR", ""])
            data = f"<C:calendar-data><![CDATA[{text}]]></C:calendar-data>"
        href = f"<C:recipient><D:href>mailto:{address}</D:href></C:recipient>"
        return f"<C:response>{href}<C:request-status>{status}</C:request-status>{data}</C:response>"


def _response(href: str, properties: str) -> str:
    found = f"<D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    return f"<D:response><D:href>{href}</D:href>{found}</D:response>"


def _multistatus(responses: str) -> web.Response:
    return _xml(f"<D:multistatus {_NAMESPACES}>{responses}</D:multistatus>", 207)


def _xml(content: str, status: int) -> web.Response:
    text = f'<?xml version="1.0" encoding="utf-8"?>{content}'
    return web.Response(status=status, text=text, content_type="application/xml", charset="utf-8")
