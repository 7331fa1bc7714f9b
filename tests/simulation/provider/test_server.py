"""Whoever bears the token is answered by the contract; the truth comes through it."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from protocols.model.freebusy import Availability, Detail, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.provider.ask import encode
from protocols.provider.reading import read
from simulation.estate import Estate
from simulation.provider import TOKEN, ProviderServer

START = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = TimeWindow(START, START + timedelta(days=7))
ANNA, NOBODY = (Mailbox.parse(f"{name}@contoso.example") for name in ("anna.schneider", "nobody"))


@pytest.mark.parametrize("detail", Detail)
async def test_the_truth_comes_through(estate: Estate, detail: Detail) -> None:
    question = Question(window=WEEK, detail=detail)
    body = encode([NOBODY, ANNA], question, url="", requester="test").body
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        ProviderServer(estate) as server,
        aiohttp.ClientSession(headers=headers) as session,
        session.post(server.question_url, data=body) as answer,
    ):
        data = await answer.read()
    nobody, anna = read(data, [NOBODY, ANNA], question, source="x", as_of=START)
    assert not isinstance(nobody, Availability)
    assert isinstance(anna, Availability)
    blocks = [(one.window, one.status, one.details) for one in anna.intervals if one.status]
    assert blocks == [(one.window, one.status, one.details) for one in estate.expected(ANNA.address, WEEK, detail)]
    assert anna.working_hours is not None


@pytest.mark.parametrize(
    ("path", "headers", "body", "status"),
    [
        ("/freebusy", {}, b"{}", 401),
        ("/freebusy", {"Authorization": "Bearer wrong"}, b"{}", 401),
        ("/freebusy", {"Authorization": f"Bearer {TOKEN}"}, b"{}", 400),
        ("/freebusy", {"Authorization": f"Bearer {TOKEN}"}, b"<", 400),
        ("/other", {"Authorization": f"Bearer {TOKEN}"}, b"{}", 404),
    ],
)
async def test_anything_else_is_refused(
    estate: Estate, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    async with (
        ProviderServer(estate) as server,
        aiohttp.ClientSession(headers=headers) as session,
        session.post(server.url + path, data=body) as answer,
    ):
        assert answer.status == status
