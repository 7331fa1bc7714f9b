"""What each peer accepts in one call, and what is missing told before the first question."""

import json
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from protocols.model.freebusy import Detail, Question
from service.secrets import SecretError
from simulation.google.keys import ServiceAccount
from tests.proxy.wiring.peers.asking import BUSY, built

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
INTEROP = {"protocol": "google-interop", "username": "r@x.example", "password": "file:s"}
PROVIDER = {
    "protocol": "http",
    "url": "https://x.example/fb",
    "mailboxes": 7,
    "auth": {"kind": "bearer", "token": "file:s"},
}


@pytest.mark.parametrize(
    ("written", "asks", "busy", "details"),
    [
        (EWS, 1, 100, 100),
        (GRAPH, 2, 20, 20),
        (GOOGLE, 1, 50, 1),
        ({**GOOGLE, "statuses": True}, 1, 1, 1),
        ({**GOOGLE, "subject": "target"}, 1, 1, 1),
        (INTEROP, 1, 50, 50),
        (PROVIDER, 1, 7, 7),
    ],
)
async def test_portions(tmp_path: Path, written: dict[str, Any], asks: int, busy: int, details: int) -> None:
    (tmp_path / "s").write_text("secret")
    (tmp_path / "account.json").write_text(json.dumps(ServiceAccount().file("https://x.example/token")))
    async with AsyncExitStack() as stack:
        peer = await built(written, tmp_path, stack)
    assert len(peer.asks) == asks
    assert [peer.limits(question).mailboxes for question in (BUSY, DETAILS)] == [busy, details]
    assert peer.limits(BUSY).window == timedelta(days=60)


@pytest.mark.parametrize("written", [EWS, GRAPH, GOOGLE, INTEROP, PROVIDER])
async def test_a_missing_secret_is_told_at_the_start(tmp_path: Path, written: dict[str, Any]) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(SecretError, match="there is no file"):
            await built(written, tmp_path, stack)
