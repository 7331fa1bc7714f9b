"""The role account alone is answered, where Autodiscover says, and every block is Busy."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from protocols.ews.query import AvailabilityRequest, Target, View
from protocols.ews.request import encode
from protocols.model.freebusy import Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from simulation.callers.reading import read
from simulation.estate import Estate
from simulation.google_interop import ROLE_ACCOUNT, InteropServer

JACK, HIDDEN, NOBODY = (f"{name}@northwind.example" for name in ("jack.thompson", "victor.reyes", "nobody"))
START = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = TimeWindow(START, START + timedelta(days=7))
AUTH = {
    "Authorization": aiohttp.encode_basic_auth(ROLE_ACCOUNT.username, ROLE_ACCOUNT.password),
    "Content-Type": "text/xml; charset=utf-8",
}


def question(*addresses: str) -> bytes:
    targets = tuple(Target(each, Mailbox.parse(each)) for each in addresses)
    request = AvailabilityRequest(
        targets=targets, question=Question(window=WEEK), view=View.FREE_BUSY, zone=UTC, server_version="Exchange2013"
    )
    return encode(request)


async def test_everybody_who_shares_is_busy_as_they_are(estate: Estate) -> None:
    asked = [NOBODY, JACK, HIDDEN, JACK]
    async with (
        InteropServer(estate) as server,
        aiohttp.ClientSession(headers=AUTH) as session,
        session.post(server.url + server.ews_path, data=question(*asked)) as answer,
    ):
        seen = read(await answer.read(), asked, UTC)
    assert [each.code for each in seen] == ["ErrorNoFreeBusyAccess", "NoError", "ErrorNoFreeBusyAccess", "NoError"]
    truth = [(busy.start, busy.end, "Busy") for busy in estate.expected_busy(JACK, WEEK)]
    assert seen[1].intervals == seen[3].intervals == truth


@pytest.mark.parametrize(
    ("path", "auth", "status"),
    [
        ("/interop/exchange.asmx", {}, 401),
        ("/interop/exchange.asmx", {"Authorization": "Basic eDp5"}, 401),
        ("/interop/exchange.asmx", {"Authorization": "Basic ?"}, 401),
        ("/Autodiscover/Autodiscover.xml", {}, 401),
        ("/elsewhere", AUTH, 404),
    ],
)
async def test_nobody_else_is_answered(estate: Estate, path: str, auth: dict[str, str], status: int) -> None:
    async with (
        InteropServer(estate) as server,
        aiohttp.ClientSession(headers=auth) as session,
        session.post(server.url + path, data=question(JACK)) as answer,
    ):
        assert answer.status == status


async def test_a_move_leaves_nothing_behind(estate: Estate) -> None:
    async with InteropServer(estate) as server, aiohttp.ClientSession(headers=AUTH) as session:
        server.ews_path = "/new/exchange.asmx"
        async with session.post(f"{server.url}/interop/exchange.asmx", data=question(JACK)) as old:
            assert old.status == 404
        async with session.post(f"{server.url}/new/exchange.asmx", data=question(JACK)) as new:
            assert new.status == 200
