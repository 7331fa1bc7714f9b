"""What each peer accepts in one call, and what is missing told before the first question."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import TypeAdapter

from protocols.model.freebusy import Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Leaf
from proxy.settings.connectors import ConnectorSettings
from proxy.wiring.peers import peer
from service.secrets import SecretError
from simulation.google.keys import ServiceAccount

_START = datetime(2026, 11, 20, tzinfo=UTC)
BUSY = Question(window=TimeWindow(_START, _START + timedelta(days=1)))
DETAILS = Question(window=BUSY.window, detail=Detail.DETAILS)
EWS = {
    "protocol": "ews",
    "url": "https://x.example/EWS",
    "auth": {"kind": "basic", "username": "u", "password": "file:s"},
}
GRAPH = {
    "protocol": "graph",
    "tenant": "t",
    "client_id": "c",
    "secret": "file:s",
    "anchors": ["a@x.example", "b@x.example"],
}
GOOGLE = {"protocol": "google", "service_account": "file:account.json", "subject": "fb@x.example"}


@pytest.mark.parametrize(
    ("written", "asks", "busy", "details"),
    [
        (EWS, 1, 100, 100),
        (GRAPH, 2, 20, 20),
        (GOOGLE, 1, 50, 1),
        ({**GOOGLE, "statuses": True}, 1, 1, 1),
        ({**GOOGLE, "subject": "target"}, 1, 1, 1),
    ],
)
async def test_portions(tmp_path: Path, written: dict[str, Any], asks: int, busy: int, details: int) -> None:
    (tmp_path / "s").write_text("secret")
    (tmp_path / "account.json").write_text(json.dumps(ServiceAccount().file("https://x.example/token")))
    async with AsyncExitStack() as stack:
        built = await peer("x", _valid(written), tmp_path, stack)
    assert len(built.asks) == asks
    assert [built.limits(question).mailboxes for question in (BUSY, DETAILS)] == [busy, details]
    assert built.limits(BUSY).window == timedelta(days=60)


@pytest.mark.parametrize("written", [EWS, GRAPH, GOOGLE])
async def test_a_missing_secret_is_told_at_the_start(tmp_path: Path, written: dict[str, Any]) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(SecretError, match="there is no file"):
            await peer("x", _valid(written), tmp_path, stack)


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
        async with AsyncExitStack() as stack:
            built = await peer("x", _valid({**GOOGLE, "subject": subject}), tmp_path, stack)
            leaf = Leaf("x", built.asks[0], lambda: _START)
            [answer] = await leaf.lookup([Mailbox.parse("ann@x.example")], question)
    assert isinstance(answer, Unavailable)
    assert (answer.reason, answer.whole_call) == (reason, whole_call)


def _valid(written: dict[str, Any]) -> ConnectorSettings:
    adapter: TypeAdapter[ConnectorSettings] = TypeAdapter(ConnectorSettings)
    return adapter.validate_python(written)
