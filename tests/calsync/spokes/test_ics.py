"""A published file as a spoke: what every spoke that is read promises, and what only a file does."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import icalendar
import pytest

from calsync.items import Item
from calsync.spoke import ExpiredError, Failed, Page
from calsync.spokes.ics import IcsSubscription
from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.event import Event
from tests.calsync.others import somebody_else
from tests.contracts.spoke_world import HUB, NOW, WINDOW, Reader, Stage, creation
from tests.contracts.spokes import ReadOnlySpokeContract
from tests.protocols.caldav.entered import calendar_of
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import START
from tests.protocols.scripted import Peer

URL = "https://publish.example/ann/work.ics"


@dataclass(slots=True)
class Publisher:
    """Somebody who exports a calendar, and the server that gives it out. See tests.contracts.spoke_world.User."""

    tagged: bool = True
    events: dict[str, icalendar.Calendar] = field(default_factory=dict)
    requests: list[HttpRequest] = field(default_factory=list)
    whole: int = 0
    expired: str = ""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The file, or that it is the same as before."""
        self.requests.append(request)
        data = self.file()
        tag = f'"{sha256(data).hexdigest()}"'
        if self.tagged and request.headers.get("If-None-Match") == tag:
            return HttpResponse(304, Headers(), b"")
        self.whole += 1
        return HttpResponse(200, Headers({"ETag": tag} if self.tagged else {}), data)

    def file(self) -> bytes:
        """Everything in one calendar."""
        found = icalendar.Calendar()
        found.add("VERSION", "2.0")
        found.add("PRODID", "-//Somebody//Else//EN")
        found.add("METHOD", "PUBLISH")
        for each in self.events.values():
            for part in each.subcomponents:
                found.add_component(part)
        return bytes(found.to_ical())

    async def create(self, content: Event) -> str:
        """Enter something new; its key."""
        key = f"{len(self.requests)}-{len(self.events)}@publish.example"
        self.events[key] = calendar_of(content, key)
        return key

    async def change(self, key: str, content: Event) -> None:
        """Make what stands there equal to ``content``."""
        self.events[key] = calendar_of(content, key)

    async def delete(self, key: str) -> None:
        """Throw it away."""
        del self.events[key]

    async def invite(self, key: str) -> None:
        """Ask somebody else to come."""
        self.events[key].walk("VEVENT")[0].add("ATTENDEE", "mailto:guest@elsewhere.example")

    async def scribble(self, key: str, text: str) -> None:
        """Nobody writes to a file."""

    async def scribbled(self, key: str) -> str:
        """Nothing."""
        return ""

    async def spoil(self) -> str:
        """What comes again by the hour."""
        key = await self.create(Event(when=START_OF_DAY))
        self.events[key].walk("VEVENT")[0].add("RRULE", {"FREQ": ["HOURLY"]})
        return key


START_OF_DAY = ReadOnlySpokeContract().sample(1).when


def subscription(publisher: Publisher) -> IcsSubscription:
    return IcsSubscription("published", publisher.send, url=URL, clock=lambda: NOW)


class TestPublishedFile(ReadOnlySpokeContract):
    tokens = False
    tagged = True

    def staged(self, folder: Path) -> AbstractAsyncContextManager[Stage[Event]]:
        return self._staged()

    @asynccontextmanager
    async def _staged(self) -> AsyncIterator[Stage[Event]]:
        publisher = Publisher(self.tagged)
        yield Stage(spoke=subscription(publisher), user=publisher, wire=list, expire=lambda: None)


class TestFileOfAServerThatTellsNoState(TestPublishedFile):
    tagged = False


async def test_what_did_not_change_is_not_sent_again() -> None:
    publisher = Publisher()
    key = await publisher.create(ReadOnlySpokeContract().sample(1))
    reader = Reader(subscription(publisher))
    await reader.news()
    assert publisher.whole == 1
    for _ in range(3):
        await reader.news()
        await reader.spoke.look([key])
    assert publisher.whole == 1
    await Reader(subscription(publisher), token=reader.token, versions=reader.versions).news()  # after a restart
    assert publisher.whole == 1


async def test_nobody_writes_to_it() -> None:
    spoke = subscription(Publisher())
    write = creation(ReadOnlySpokeContract().sample(1))
    [outcome] = await spoke.write([write])
    assert isinstance(outcome, Failed)
    assert outcome.refused
    assert await spoke.find([write]) == [None]


async def test_copies_that_somebody_publishes_again_are_known() -> None:
    file = cal(*event(START, f"X-BUSYLINE-STAMP:busyline:{HUB}/i1", uid="a"), *event(START, uid="b"))
    spoke = IcsSubscription("p", Peer(HttpResponse(200, Headers(), file)), url=URL, clock=lambda: NOW)
    assert [item.key async for item in spoke.ours(HUB)] == ["a"]


async def test_webcal_is_https() -> None:
    peer = Peer(HttpResponse(200, Headers(), cal()))
    await IcsSubscription("p", peer, url="webcal://publish.example/a.ics", clock=lambda: NOW).look(["a"])
    assert peer.requests[0].url == "https://publish.example/a.ics"


async def nothing() -> Mapping[str, str]:
    return {}


async def everything(pages: AsyncIterator[Page]) -> list[Page]:
    return [page async for page in pages]


@pytest.mark.parametrize("data", [b"<html>Sign in</html>", cal(*event(START))[:-20]])
async def test_half_a_file_is_no_empty_one(data: bytes) -> None:
    spoke = IcsSubscription("p", Peer(HttpResponse(200, Headers(), data)), url=URL, clock=lambda: NOW)
    with pytest.raises(PeerError):
        await everything(spoke.changes("", nothing, WINDOW))


async def test_a_token_of_another_spoke_is_expired() -> None:
    with pytest.raises(ExpiredError):
        await everything(subscription(Publisher()).changes("sync:1", nothing, WINDOW))


async def test_a_long_file_comes_in_pages() -> None:
    file = cal(*(line for number in range(450) for line in event(START, uid=f"{number}@x")))
    spoke = IcsSubscription("p", Peer(HttpResponse(200, Headers(), file)), url=URL, clock=lambda: NOW)
    pages = await everything(spoke.changes("", nothing, WINDOW))
    assert [len(page.items) for page in pages] == [200, 200, 50, 0]
    assert all(page.whole for page in pages)
    assert all(isinstance(item, Item) for page in pages for item in page.items)


async def test_others_are_served_while_a_long_file_is_read() -> None:
    file = cal(*(line for number in range(2000) for line in event(START, uid=f"{number}@x")))
    spoke = IcsSubscription("p", Peer(HttpResponse(200, Headers(), file)), url=URL, clock=lambda: NOW)
    async with somebody_else() as other:
        pages = await everything(spoke.changes("", nothing, WINDOW))
    assert sum(len(page.items) for page in pages) == 2000
    assert other.turns >= len(pages)
