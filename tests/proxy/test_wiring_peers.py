"""What each peer accepts in one call, and what is missing told before the first question."""

import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from protocols.model.freebusy import Detail, Question
from protocols.model.window import TimeWindow
from proxy.settings import ConnectorSettings
from proxy.wiring_peers import peer
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


def _valid(written: dict[str, Any]) -> ConnectorSettings:
    adapter: TypeAdapter[ConnectorSettings] = TypeAdapter(ConnectorSettings)
    return adapter.validate_python(written)
