"""Calendars of real CalDAV servers as spokes, edited on the other side by python-caldav."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import ClassVar

import aiohttp
import pytest
from caldav.davclient import DAVClient

from calsync.spokes.caldav import CaldavCalendar
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.event import Event, Span
from tests.clients.caldav_php import PHP
from tests.clients.caldav_servers import PASSWORD, SERVERS, CaldavServer
from tests.clients.caldav_sogo import sogo
from tests.clients.caldav_user import CaldavUser
from tests.clients.twelve_calendars import OWNERS
from tests.contracts.spoke_events import SINGLE
from tests.contracts.spoke_world import NOW, Stage, creation, done, failed
from tests.contracts.spokes import SpokeContract

pytestmark = pytest.mark.client
OWNER = OWNERS[0]
EVERY = {**SERVERS, **PHP, "sogo": sogo}
PATHS = {
    "radicale": "/{}/{}/",
    "xandikos": "/{}/{}/",
    "cyrus": "/dav/calendars/user/{}/{}/",
    "sabre": "/calendars/{}/{}/",
    "davical": "/caldav.php/{}/{}/",
    "sogo": "/SOGo/dav/{}/Calendar/{}/",
}
USERS = {"radicale": "busyline", "xandikos": "", **dict.fromkeys(("cyrus", "sabre", "davical", "sogo"), OWNER.name)}
_TOKEN = re.compile(rb"(<D:sync-token>)([^<]+)(</D:sync-token>)")
_GIVEN = re.compile(rb"sync-token>([^<]+)</")
_NUMBERS = count(1)


class Servers:
    """Each server, started when it is first asked for."""

    def __init__(self, directories: pytest.TempPathFactory) -> None:
        self._directories = directories
        self._running: dict[str, tuple[AbstractContextManager[CaldavServer], CaldavServer]] = {}

    def named(self, name: str) -> CaldavServer:
        """The one that is called so."""
        if name not in self._running:
            context = EVERY[name](self._directories.mktemp(name))
            self._running[name] = context, context.__enter__()
        return self._running[name][1]

    def stop(self) -> None:
        """All of them."""
        for context, _ in self._running.values():
            context.__exit__(None, None, None)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    started = Servers(tmp_path_factory)
    yield started
    started.stop()


@dataclass(slots=True)
class Line:
    """The connection of the spoke. A token that expired reaches the server as one that it never gave; one that is
    ``mute`` knows no sync-collection."""

    session: aiohttp.ClientSession
    user: str
    mute: bool = False
    requests: list[HttpRequest] = field(default_factory=list)
    given: set[bytes] = field(default_factory=set)
    expired: set[bytes] = field(default_factory=set)

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request, with the account's password."""
        self.requests.append(request)
        if self.mute and b"sync-collection " in request.body:
            return HttpResponse(501, Headers(), b"")
        headers = dict(request.headers.fields)
        if self.user:
            headers["Authorization"] = aiohttp.encode_basic_auth(self.user, PASSWORD)
        body = _TOKEN.sub(self._token, request.body)
        call = self.session.request(request.method, request.url, data=BytesIO(body) if body else None, headers=headers)
        async with call as answer:
            told = await answer.read()
            self.given |= set(_GIVEN.findall(told))
            return HttpResponse(answer.status, Headers(tuple(answer.headers.items())), told)

    def expire(self) -> None:
        """All tokens that were ever given are worthless."""
        self.expired |= self.given

    def wire(self) -> list[bytes]:
        """Every request, as the contract reads them."""
        return [f"{each.method} {each.url}\n\n".encode() + each.body for each in self.requests]

    def _token(self, match: "re.Match[bytes]") -> bytes:
        return (
            match[1] + (b"https://elsewhere.example/never-given" if match[2] in self.expired else match[2]) + match[3]
        )


@asynccontextmanager
async def staged(server: CaldavServer, *, mute: bool = False) -> AsyncIterator[Stage[Event]]:
    """A new calendar of the first owner."""
    user = USERS[server.name]
    url = server.url + PATHS[server.name].format(OWNER.name, f"spoke{next(_NUMBERS)}")
    once = {"Connection": "close"} if server.name == "sogo" else {}  # it closes without a word, and expects a proxy
    with DAVClient(server.url, username=user or None, password=PASSWORD if user else None, headers=once) as client:
        client.mkcalendar(url)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=bool(once))) as session:
            line = Line(session, user, mute)
            spoke = CaldavCalendar(server.name, line.send, url=url, clock=lambda: NOW, owners=[OWNER.address])
            yield Stage(spoke=spoke, user=CaldavUser(client, url, OWNER.address), wire=line.wire, expire=line.expire)
        client.delete(url)  # Cyrus lets a UID stand but once in all calendars of an account


class _Server(SpokeContract):
    """Not collected: its name does not begin with Test."""

    server: ClassVar[str]
    mute: ClassVar[bool] = False
    running: Servers

    @pytest.fixture(autouse=True)
    def start(self, servers: Servers) -> None:
        self.running = servers

    def staged(self, folder: Path) -> AbstractAsyncContextManager[Stage[Event]]:
        return staged(self.running.named(self.server), mute=self.mute)


class TestRadicale(_Server):
    server = "radicale"


class TestRadicaleByEtags(_Server):
    """As a server that cannot tell what changed."""

    server = "radicale"
    mute = True
    tokens = False


class TestXandikos(_Server):
    server = "xandikos"


class _Long(_Server):
    """A server that cannot hold what takes no time, however RFC 5545 3.6.1 lets one write that."""

    def held(self, content: Event) -> Event:
        """As the server can hold it."""
        return lasting(content)

    async def round_trip(self, stage: Stage[Event], content: Event) -> None:
        await super().round_trip(stage, self.held(content))

    async def theirs(self, stage: Stage[Event], content: Event) -> None:
        await super().theirs(stage, self.held(content))

    async def becomes(self, stage: Stage[Event], first: Event, second: Event) -> None:
        await super().becomes(stage, first, self.held(second))


def lasting(content: Event) -> Event:
    """What takes no time takes a minute."""
    when = content.when
    if isinstance(when, Span) and when.end == when.start:
        return replace(content, when=replace(when, end=when.start + timedelta(minutes=1)))
    return content


def holdable(content: Event) -> Event:
    """As Cyrus can hold it."""
    return replace(lasting(content), categories=tuple(each.replace(",", "") for each in content.categories))


class TestCyrus(_Long):
    """It writes a comma in a category without its backslash, so that nobody can tell one category from two, and it
    refuses what takes no time."""

    server = "cyrus"

    def held(self, content: Event) -> Event:
        return holdable(content)

    async def test_a_category_with_a_comma_is_two_here(self, stage: Stage[Event]) -> None:
        item = await done(stage.spoke, creation(replace(self.sample(1), categories=("Blue, dark",))))
        assert isinstance(item.content, Event)
        assert item.content.categories == ("Blue", "dark")

    async def test_what_takes_no_time_is_refused_with_a_word(self, stage: Stage[Event]) -> None:
        assert (await failed(stage.spoke, creation(SINGLE["of no length"]))).refused


class TestSabre(_Server):
    """Of this age it has no sync-collection."""

    server = "sabre"
    tokens = False


class TestDavical(_Server):
    """Its tokens are not used: it does not say when it has forgotten one."""

    server = "davical"
    tokens = False


class TestSogo(_Long):
    """Its tokens are the time of the last change, which it never forgets. It makes an hour of what takes no time."""

    server = "sogo"
    tokens = False

    async def test_what_takes_no_time_takes_an_hour_here(self, stage: Stage[Event]) -> None:
        item = await done(stage.spoke, creation(SINGLE["of no length"]))
        assert isinstance(item.content, Event)
        assert isinstance(item.content.when, Span)
        assert item.content.when.end - item.content.when.start == timedelta(hours=1)
