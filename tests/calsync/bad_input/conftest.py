"""A Radicale for the tests of this folder: started when it is first asked for, and ended with them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count

import aiohttp
import pytest
from caldav.davclient import DAVClient

from calsync.spokes.caldav import CaldavCalendar
from tests.calsync.bad_input import corners
from tests.calsync.bad_input.corners import Corner
from tests.calsync.bad_input.gate import Gate, in_multistatus
from tests.clients.caldav_servers import PASSWORD, CaldavServer, radicale
from tests.clients.caldav_user import CaldavUser
from tests.clients.test_caldav_spokes import Line
from tests.clients.twelve_calendars import OWNERS
from tests.contracts.spoke_world import NOW

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def radicale_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaldavServer]:
    with radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture(autouse=True)
def with_radicale(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts it among the corners for a test that is about it."""
    told = getattr(request.node, "callspec", None)
    if told is not None and told.params.get("system") == "radicale":
        server = request.getfixturevalue("radicale_server")
        monkeypatch.setitem(corners.CORNERS, "radicale", lambda: calendar(server, f"bad{next(_NUMBERS)}"))


@asynccontextmanager
async def calendar(server: CaldavServer, name: str) -> AsyncIterator[Corner]:
    """A new calendar on it."""
    owner = OWNERS[0]
    url = f"{server.url}/{owner.name}/{name}/"
    with DAVClient(server.url, username="busyline", password=PASSWORD) as client:
        client.mkcalendar(url)
        async with aiohttp.ClientSession() as session:
            gate = Gate(Line(session, "busyline").send, in_multistatus)
            spoke = CaldavCalendar("radicale", gate, url=url, clock=lambda: NOW, owners=[owner.address])
            yield Corner(spoke=spoke, user=CaldavUser(client, url, owner.address), gate=gate)
        client.delete(url)
