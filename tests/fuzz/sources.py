"""The targets that read what calendar systems tell, and the lists of people that another tool writes."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from protocols.caldav import icalendar as calendars
from protocols.caldav import multistatus as dav
from protocols.caldav import outbox
from protocols.caldav.discovery import find_site
from protocols.caldav.listing import list_calendars
from protocols.caldav.people import Person
from protocols.caldav.told import Bounds, Scope, Told
from protocols.errors import PeerError
from protocols.ews.autodiscover import client, pox, user_settings
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox, canonical
from protocols.model.window import TimeWindow
from protocols.provider import reading as provider_reading
from protocols.zones.names import zone_named
from proxy.list_files import ListFileError
from proxy.moves import batches
from proxy.moves import reading as moves_reading
from proxy.moves.slices import at_once
from routing.listing import Listing
from routing.sides import Sides
from routing.stages import Joined
from routing.table import Route, RouteTable
from tests.fuzz.answering import NOW
from tests.fuzz.promises import Defect, hold

T = TypeVar("T")

BASE: Final = "https://dav.x.example"
HOST: Final = "mail.northwind.example"
_MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
WINDOW: Final = TimeWindow(_MONDAY, _MONDAY + timedelta(days=7))
_BOUNDS: Final = Bounds(occurrences=2_000, steps=50_000, series=20_000)  # in proportion to inputs of a few kilobytes
_ZONE: Final = zone_named("Europe/Berlin")
_ANN, _BOB = Mailbox.parse("ann@x.example"), Mailbox.parse("bob@x.example")
_XML: Final = Headers({"Content-Type": "application/xml"})
_PATH: Final = Path("moved.csv")
_ROUTES: Final = (
    Route(match="fabrikam.example", via=("fabrikam",), rewrite="{local}@mail.fabrikam.example"),
    Route(match="contoso.example", via=("contoso",)),
    Route(match="*.wild.example", via=("fabrikam",)),
)
_SIDES: Final = Sides(
    source="fabrikam",
    target="contoso",
    joined=Joined(before=86_400, after=14 * 86_400),
    table=RouteTable(_ROUTES),
    rewrite="{local}@contoso.example",
    name="merger",
)


def icalendar(data: bytes) -> None:
    """Read or refused alike whatever is asked; the more a scope promises to speak of, the less silence is free."""
    read = [_calendar(data, scope, Detail.BUSY) for scope in (Scope.ANSWER, Scope.CALENDAR, Scope.FREE_BUSY)]
    detailed = _calendar(data, Scope.CALENDAR, Detail.DETAILS)
    told = [each for each in (*read, detailed) if each is not None]
    hold(len(told) in (0, 4), "what can be read can be read in every scope")
    if not told:
        return
    times = [list(each.intervals.edges()) for each in told]
    hold(all(each == times[0] for each in times), "the same times whatever is asked")
    hold(not any(each.intervals.has_details for each in told[:3]), "no details where none are asked")
    for less, more in pairwise(told[:3]):
        hold(all(any(one.covers(gap) for one in more.unknown) for gap in less.unknown), "no doubt is lost")
    hold(told[3].unknown == told[1].unknown, "details change no doubt")


def multistatus(data: bytes) -> None:
    """An answer of a CalDAV server, in each place where one is read: nothing leads to another host."""
    response = HttpResponse(207, _XML, data)
    for resource in _told(lambda: dav.decode(response, f"{BASE}/dav/")) or ():
        _at_home(resource.url)
    recipients = (_ANN.address, _BOB.address)
    for told in (_told(lambda: outbox.decode(HttpResponse(200, _XML, data), recipients, WINDOW)) or {}).values():
        hold(isinstance(told, Told | PeerError), "an answer or a failure for each")
    asked: list[HttpRequest] = []

    async def send(request: HttpRequest) -> HttpResponse:
        asked.append(request)
        return response

    site = _told(lambda: _done(find_site(send, f"{BASE}/dav/", NOW)))
    homes = site.homes if site is not None and site.homes else (f"{BASE}/cal/ann/",)
    listing = _told(lambda: _done(list_calendars(send, Person(homes), NOW)))
    for calendar in listing.calendars if listing is not None else ():
        _at_home(calendar.url)
    for request in asked:
        _at_home(request.url)


def provider(data: bytes) -> None:
    """One answer for each mailbox, in order; what is wrong with an entry is its own failure."""
    for detail in Detail:
        mailboxes = (_ANN, _BOB, _ANN)
        question = Question(window=WINDOW, detail=detail)
        found = _told(lambda: provider_reading.read(data, mailboxes, question, source="shifts", as_of=NOW))  # noqa: B023
        for mailbox, answer in zip(mailboxes, found or (), strict=found is not None):
            hold(answer.mailbox == mailbox, "one answer for each, in order")
            if isinstance(answer, Unavailable):
                hold(len(answer.detail) < 100, "a failure in a few words of ours")
                continue
            _apart(answer.unknown, sorted_only=True)
            hold(all(block.window.overlaps(WINDOW) for block in answer.intervals), "busy time of the window")
            hold(detail is Detail.DETAILS or not answer.intervals.has_details, "no details where none are asked")


def usersettings(data: bytes) -> None:
    """What Autodiscover answers, in both dialects; it leads the credential to no host that was not named."""
    for read in (user_settings.read, pox.read):
        answer = _told(lambda: read(data))  # noqa: B023
        hold(answer is None or answer != pox.PoxAnswer(), "an answer says something")
    asked: list[str] = []

    async def send(request: HttpRequest) -> HttpResponse:
        asked.append(request.url)
        return HttpResponse(200, _XML, data)

    for service in ("svc", "xml"):
        url = f"https://{HOST}/autodiscover/autodiscover.{service}"
        found = _told(lambda: _done(client.find(send, url=url, address="a@x.example", trusts=_trusts, as_of=NOW)))  # noqa: B023
        asked += [] if found is None else [found]
    hold(len(asked) <= 14, "it does not lead on for ever")
    hold(all(_trusts(url) and urlsplit(url).hostname == HOST for url in asked), "the credential stays where it may go")


def moves(data: bytes) -> None:
    """A list of people who move, and a file of batches: taken whole, or refused in lines that each name a place."""
    text = data.decode("utf-8", "replace")
    for planned in (None, {"one", "two"}):
        people = _listed(lambda: at_once(moves_reading.read(text, _PATH, Listing(_SIDES), planned=planned)))  # noqa: B023
        if people is not None:
            hold(all(canonical(each) == each for each in people.kinds), "every address is one")
            hold(sum(people.counts) == len(people), "everybody is counted once")
    plans = _listed(lambda: batches.plans(text, _PATH))
    hold(plans is None or all(plans), "every batch has a name")


def _calendar(data: bytes, scope: Scope, detail: Detail) -> Told | None:
    def read() -> Told:
        return calendars.read(
            data, WINDOW, zone=_ZONE, detail=detail, scope=scope, owners=("ann@x.example",), bounds=_BOUNDS
        )

    told = _told(read, Reason.GARBLED, Reason.INCOMPLETE)
    if told is not None:
        _apart(told.unknown)
        hold(all(block.window.overlaps(WINDOW) for block in told.intervals), "busy time of the window")
        hold(len(told.intervals) <= _BOUNDS.occurrences + len(data), "no more than is allowed")
    return told


def _apart(unknown: Sequence[TimeWindow], *, sorted_only: bool = False) -> None:
    hold(all(WINDOW.covers(gap) for gap in unknown), "doubt lies within what was asked")
    pairs = list(pairwise(unknown))
    hold(all(one <= other if sorted_only else one.end < other.start for one, other in pairs), "doubt is in order")


def _told(read: Callable[[], T], *reasons: Reason) -> T | None:
    """What is read; None where that is refused as it is declared to be, in words that are short."""
    try:
        return read()
    except PeerError as error:
        hold(not reasons or error.reason in reasons, "a reason that is documented")
        hold(len(error.detail) < 300 and error.detail.isprintable(), "a failure is told in one short line")
        return None


def _listed(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except ListFileError as error:
        lines = str(error).split("\n")
        hold(len(lines) <= 11 and all(each.startswith(str(_PATH)) for each in lines), "each line names a place")
        hold(max(map(len, lines)) < 500, "and is short")
        return None


def _at_home(url: str) -> None:
    hold(url.startswith(f"{BASE}/") or url == BASE, "nothing leads to another host")


def _trusts(url: str) -> bool:
    return url.startswith(f"https://{HOST}/")


def _done(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What it returns; it waits for nothing but what answers at once."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise Defect("it waits")
