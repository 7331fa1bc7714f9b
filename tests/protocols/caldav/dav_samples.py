"""What CalDAV servers answer, made of few words; and a server in memory that answers by what is asked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from protocols.caldav.means import Means
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Detail, Question
from protocols.model.intervals import BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

BASE = "https://dav.x.example"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WINDOW = TimeWindow(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))
BUSY = Question(window=WINDOW)
DETAILS = Question(window=WINDOW, detail=Detail.DETAILS)
HOUR = timedelta(hours=1)
NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://sabredav.org/ns"'
OK = "HTTP/1.1 200 OK"
LENT: dict[str, Any] = {"means": Means(), "budget": Means().budget()}

CALENDAR = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
EVENT = """BEGIN:VEVENT
UID:1
DTSTAMP:20261101T000000Z
DTSTART:20261123T090000Z
DTEND:20261123T100000Z
SUMMARY:secret
END:VEVENT"""
PERIOD = (datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC), BusyStatus.BUSY)


def mailbox(name: str = "ann") -> Mailbox:
    return Mailbox.parse(f"{name}@x.example")


def vcalendar(content: str) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *content.splitlines(), "END:VCALENDAR", ""]
    return "\r\n".join(lines)


def free_busy(*periods: str) -> str:
    """A VFREEBUSY about WINDOW."""
    lines = ["BEGIN:VFREEBUSY", "DTSTAMP:20261120T120000Z", "DTSTART:20261123T000000Z", "DTEND:20261130T000000Z"]
    return vcalendar("\n".join([*lines, *(f"FREEBUSY:{each}" for each in periods), "END:VFREEBUSY"]))


HOUR_BUSY = free_busy("20261123T090000Z/PT1H")


def propstat(properties: str, status: str = OK) -> str:
    return f"<D:propstat><D:prop>{properties}</D:prop><D:status>{status}</D:status></D:propstat>"


def resource(href: str, *content: str) -> str:
    return f"<D:response><D:href>{href}</D:href>{''.join(content)}</D:response>"


def failed(href: str, status: str) -> str:
    return resource(href, f"<D:status>{status}</D:status>")


def multistatus(*responses: str) -> HttpResponse:
    return xml(f"<D:multistatus {NAMES}>{''.join(responses)}</D:multistatus>", 207)


def hrefs(name: str, *references: str) -> str:
    return f"<{name}>{''.join(f'<D:href>{each}</D:href>' for each in references)}</{name}>"


def principal(name: str = "ann", *more: str, href: str = "") -> str:
    """The principal of somebody, with a home and an address."""
    home = hrefs("C:calendar-home-set", f"/cal/{name}/")
    addresses = hrefs("C:calendar-user-address-set", f"mailto:{name}@x.example", f"/p/{name}/")
    return resource(href or f"/p/{name}/", propstat(home + addresses + "".join(more)))


def schedule_response(*responses: str) -> HttpResponse:
    return xml(f"<C:schedule-response {NAMES}>{''.join(responses)}</C:schedule-response>")


def recipient(name: str, status: str, data: str = "") -> str:
    found = f"<C:calendar-data><![CDATA[{data}]]></C:calendar-data>" if data else ""
    href = f"<C:recipient><D:href>mailto:{name}@x.example</D:href></C:recipient>"
    return f"<C:response>{href}<C:request-status>{status}</C:request-status>{found}</C:response>"


def error(status: int, condition: str = "") -> HttpResponse:
    return xml(f"<D:error {NAMES}><{condition}/></D:error>", status) if condition else HttpResponse(status)


def xml(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(status, Headers({"Content-Type": "application/xml; charset=utf-8"}), text.encode())


def text(content: str, status: int = 200) -> HttpResponse:
    return HttpResponse(status, Headers({"Content-Type": "text/calendar"}), content.encode())


def redirect(place: str) -> HttpResponse:
    return HttpResponse(301, Headers({"Location": place}))


def blocks(intervals: Intervals) -> list[tuple[datetime, datetime, BusyStatus]]:
    return [(each.window.start, each.window.end, each.status) for each in intervals]


class Dav:
    """A Send that answers by what is asked: ``METHOD path`` or ``METHOD path kind``, the first of a list until it ends.

    The kind is the name of the body's root. Whatever has no answer is 404.
    """

    def __init__(self, answers: Mapping[str, HttpResponse | Exception | list[HttpResponse | Exception]]) -> None:
        self.answers = {key: list(value) if isinstance(value, list) else [value] for key, value in answers.items()}
        self.asked: list[str] = []
        self.requests: list[HttpRequest] = []

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        assert request.url.startswith(BASE), request.url
        key = f"{request.method} {request.url.removeprefix(BASE)}"
        kind = request.body.partition(b"?><")[2].partition(b" ")[0].partition(b":")[2].decode()
        named = f"{key} {kind}" if f"{key} {kind}" in self.answers else key
        self.asked.append(named)
        found = self.answers.get(named, [HttpResponse(404)])
        answer = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def site(
    *, outbox: bool = True, search: bool = False
) -> dict[str, HttpResponse | Exception | list[HttpResponse | Exception]]:
    """The answers of a server on which we are busyline, with an outbox, and a search for people."""
    more = hrefs("C:schedule-outbox-URL", "/cal/busyline/outbox/") if outbox else ""
    more += hrefs("D:principal-collection-set", "/p/") if search else ""
    return {
        "PROPFIND /.well-known/caldav": redirect("/dav/"),
        "PROPFIND /dav/": multistatus(resource("/dav/", propstat(hrefs("D:current-user-principal", "/p/busyline/")))),
        "PROPFIND /p/busyline/": multistatus(principal("busyline", more)),
    }


def home(name: str, *calendars: str) -> HttpResponse:
    """The list of somebody's calendars: names, each followed by "!" where it is transparent."""
    listed = [resource(f"/cal/{name}/", propstat("<D:resourcetype><D:collection/></D:resourcetype>"))]
    for each in calendars:
        kind = "transparent" if each.endswith("!") else "opaque"
        transparency = f"<C:schedule-calendar-transp><C:{kind}/></C:schedule-calendar-transp>"
        listed.append(resource(f"/cal/{name}/{each.rstrip('!')}/", propstat(CALENDAR + transparency)))
    return multistatus(*listed)
