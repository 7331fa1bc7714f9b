"""A Google Workspace domain: by freeBusy or by events, as whom, and whose affair a refused token is."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from protocols.model.freebusy import Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Leaf
from simulation.google import GoogleServer
from simulation.google.keys import ServiceAccount
from tests.proxy.wiring.peers.asking import BUSY, DETAILS, FORMER, HOP, START, WEEK, asked, built, estate, windows

GOOGLE = {"protocol": "google", "service_account": "file:account.json", "subject": "fb@x.example"}
JACK, MIA = "jack.thompson@northwind.example", "mia.robertson@northwind.example"
ACCOUNT = ServiceAccount()


@pytest.mark.parametrize(
    ("more", "path"),
    [({}, "/calendar/v3/freeBusy"), ({"statuses": True}, f"/calendar/v3/calendars/{MIA}/events")],
)
async def test_the_truth_comes_and_the_hops_go(tmp_path: Path, more: dict[str, Any], path: str) -> None:
    async with GoogleServer(estate(), account=ACCOUNT) as server:
        (tmp_path / "account.json").write_text(server.service_account_file())
        written = {**GOOGLE, "subject": JACK, "api_url": server.url, **more}
        [answer] = await asked(written, tmp_path, [MIA])
        [call] = server.questions
    if not more:
        assert windows(answer) == estate().expected_busy(MIA, WEEK)
    assert len(windows(answer)) > 3
    assert (call.path, call.user) == (path, JACK)
    assert call.headers["busyline-hops"] == f"{FORMER}, {HOP}"


async def test_each_is_asked_as_themself_where_that_is_written(tmp_path: Path) -> None:
    async with GoogleServer(estate(), account=ACCOUNT) as server:
        (tmp_path / "account.json").write_text(server.service_account_file())
        await asked({**GOOGLE, "subject": "target", "api_url": server.url}, tmp_path, [MIA])
        [call] = server.questions
    assert call.user == MIA


async def test_each_subject_is_an_account(tmp_path: Path) -> None:
    async with GoogleServer(estate(), account=ACCOUNT) as server, AsyncExitStack() as stack:
        (tmp_path / "account.json").write_text(server.service_account_file())
        written = {**GOOGLE, "subject": JACK, "further_subjects": [MIA], "api_url": server.url}
        for ask in (await built(written, tmp_path, stack)).asks:
            [answer] = await Leaf("x", ask, lambda: START).lookup([Mailbox.parse(MIA)], BUSY)
            assert windows(answer) == estate().expected_busy(MIA, WEEK)
        assert [call.user for call in server.questions] == [JACK, MIA]


@asynccontextmanager
async def _refusing_tokens(answer: dict[str, str]) -> AsyncIterator[str]:
    """The address of a token endpoint that says this to everybody."""

    async def refuse(_: web.BaseRequest) -> web.Response:
        return web.json_response(answer, status=400)

    runner = web.ServerRunner(web.Server(refuse))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/token"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("question", [BUSY, DETAILS])
@pytest.mark.parametrize(
    ("subject", "description", "reason", "whole_call"),
    [
        ("target", "Invalid email or User ID", Reason.NO_SUCH_MAILBOX, False),
        ("target", "User is suspended", Reason.NO_ACCESS, False),
        ("target", "Invalid JWT Signature.", Reason.UNAUTHORIZED, True),
        ("fb@x.example", "User is suspended", Reason.UNAUTHORIZED, True),
    ],
)
async def test_a_token_refused_for_one_person_is_that_person_s_affair(
    tmp_path: Path, question: Question, subject: str, description: str, reason: Reason, whole_call: bool
) -> None:
    async with _refusing_tokens({"error": "invalid_grant", "error_description": description}) as url:
        (tmp_path / "account.json").write_text(json.dumps(ServiceAccount().file(url)))
        [answer] = await asked({**GOOGLE, "subject": subject}, tmp_path, ["ann@x.example"], question)
    assert isinstance(answer, Unavailable)
    assert (answer.reason, answer.whole_call) == (reason, whole_call)
