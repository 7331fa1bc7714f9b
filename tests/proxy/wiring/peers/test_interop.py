"""Google's service for Exchange: found by its Autodiscover, asked with the role account, and followed when it moves."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from protocols.model.freebusy import Answer, Availability, Detail, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Leaf
from simulation.faults import Trouble
from simulation.google_interop import ROLE_ACCOUNT, InteropServer
from tests.proxy.wiring.peers.asking import BUSY, DETAILS, FORMER, HOP, START, WEEK, asked, built, estate, windows

JACK, HIDDEN = "jack.thompson@northwind.example", "victor.reyes@northwind.example"


def written(server: InteropServer, **more: Any) -> dict[str, Any]:
    return {
        "protocol": "google-interop",
        "username": ROLE_ACCOUNT.username,
        "password": "file:s",
        "autodiscover_url": server.autodiscover_url,
        **more,
    }


@pytest.fixture(autouse=True)
def secret(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(ROLE_ACCOUNT.password)


@pytest.mark.parametrize("speaks_pox", [True, False])
async def test_the_truth_comes_and_the_hops_go(tmp_path: Path, speaks_pox: bool) -> None:
    async with InteropServer(estate(), speaks_pox=speaks_pox) as server:
        hidden, jack = await asked(written(server), tmp_path, [HIDDEN, JACK])
        [call] = server.questions
    assert windows(jack) == estate().expected_busy(JACK, WEEK)
    assert isinstance(hidden, Unavailable)
    assert hidden.reason is Reason.NO_ACCESS
    assert call.headers["busyline-hops"] == f"{FORMER}, {HOP}"
    assert call.user == ROLE_ACCOUNT.username


async def test_it_is_never_asked_for_details(tmp_path: Path) -> None:
    async with InteropServer(estate()) as server:
        [jack] = await asked(written(server), tmp_path, [JACK], DETAILS)
        [call] = server.questions
    assert isinstance(jack, Availability)
    assert jack.detail is Detail.BUSY
    assert b"Detailed" not in call.body


async def test_it_is_found_once_and_again_where_it_has_gone(tmp_path: Path) -> None:
    times = [START, START, START + timedelta(minutes=6), START + timedelta(minutes=7)]
    async with InteropServer(estate()) as server, AsyncExitStack() as stack:
        leaf = Leaf("x", (await built(written(server), tmp_path, stack)).asks[0], lambda: times.pop(0))

        async def question() -> Answer:
            return (await leaf.lookup([Mailbox.parse(JACK)], BUSY))[0]

        before = [await question(), await question()]
        assert len(server.searches) == 1
        server.ews_path = "/moved/exchange.asmx"
        after = [await question(), await question()]
        assert len(server.searches) == 2
    assert all(isinstance(answer, Availability) for answer in before + after)


@pytest.mark.parametrize(
    "told",
    ["https://evil.example/x", "http://www.google.com/x", "https://127.0.0.1/x", "https://www.google.com:8443/x"],
)
async def test_the_secret_goes_nowhere_else(tmp_path: Path, told: str) -> None:
    async with InteropServer(estate()) as server:
        server.told = told
        [answer] = await asked(written(server), tmp_path, [JACK])
    assert isinstance(answer, Unavailable)
    assert "the credential is not sent" in answer.detail
    assert ROLE_ACCOUNT.password not in answer.detail


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"username": "someone@northwind.example"}, Reason.UNAUTHORIZED), ({}, Reason.UNAUTHORIZED)],
)
async def test_a_wrong_credential_is_not_tried_over_and_over(
    tmp_path: Path, more: dict[str, str], reason: Reason
) -> None:
    (tmp_path / "s").write_text("wrong")
    async with InteropServer(estate()) as server, AsyncExitStack() as stack:
        leaf = Leaf("x", (await built(written(server, **more), tmp_path, stack)).asks[0], lambda: START)
        answers = [(await leaf.lookup([Mailbox.parse(JACK)], BUSY))[0] for _ in range(3)]
        assert len(server.calls) == 1
    assert [getattr(answer, "reason", None) for answer in answers] == [reason] * 3


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble.THROTTLED, Reason.THROTTLED),
        (Trouble.HTML, Reason.GARBLED),
        (Trouble.GARBAGE, Reason.GARBLED),
        (Trouble.BROKEN, Reason.PEER_FAILED),
        (Trouble.WRONG_COUNT, Reason.GARBLED),
        (Trouble.RESET, Reason.UNREACHABLE),
        (Trouble.DENIED, Reason.UNAUTHORIZED),
    ],
)
async def test_troubles(tmp_path: Path, trouble: Trouble, reason: Reason) -> None:
    async with InteropServer(estate()) as server:
        server.faults.trouble = trouble
        [answer] = await asked(written(server), tmp_path, [JACK])
    assert getattr(answer, "reason", None) is reason
