"""CalDAV servers for the tests of this folder: each started when it is first asked for, and ended with them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count

import aiohttp
import pytest
from caldav.davclient import DAVClient

from calsync.spokes.caldav import CaldavCalendar
from tests.calsync.bad_input import corners
from tests.calsync.bad_input.corners import Corner
from tests.calsync.bad_input.gate import Gate, in_multistatus
from tests.clients.caldav_servers import PASSWORD, SERVERS, CaldavServer
from tests.clients.caldav_user import CaldavUser
from tests.clients.test_caldav_spokes import OWNER, PATHS, USERS, Line, Servers
from tests.contracts.spoke_world import NOW

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def caldav_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    started = Servers(tmp_path_factory)
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def with_its_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts it among the corners for a test that is about it."""
    told = getattr(request.node, "callspec", None)
    system = told.params.get("system") if told is not None else None
    if system in SERVERS:
        server = request.getfixturevalue("caldav_servers").named(system)
        monkeypatch.setitem(corners.CORNERS, system, partial(calendar, server))


@asynccontextmanager
async def calendar(server: CaldavServer) -> AsyncIterator[Corner]:
    """A new calendar on it."""
    user = USERS[server.name]
    url = server.url + PATHS[server.name].format(OWNER.name, f"bad{next(_NUMBERS)}")
    with DAVClient(server.url, username=user or None, password=PASSWORD if user else None) as client:
        client.mkcalendar(url)
        try:
            async with aiohttp.ClientSession() as session:
                line = Line(session, user)
                gate = Gate(line.send, in_multistatus)
                spoke = CaldavCalendar(server.name, gate, url=url, clock=lambda: NOW, owners=[OWNER.address])
                yield Corner(spoke=spoke, user=CaldavUser(client, url, OWNER.address), gate=gate, expire=line.expire)
        finally:
            client.delete(url)  # Cyrus lets a UID stand but once in all calendars of an account
