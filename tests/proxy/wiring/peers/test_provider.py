"""An in-house system: by token or password, at its own address alone, the way so far told."""

from pathlib import Path
from typing import Any

import pytest

from protocols.model.freebusy import Availability, Detail, Reason, Unavailable
from simulation.faults import Trouble
from simulation.provider import TOKEN, ProviderServer
from tests.proxy.wiring.peers.asking import DETAILS, FORMER, HOP, WEEK, asked, estate, windows

BRIAN, NOBODY = "brian.sullivan@fabrikam.example", "nobody@fabrikam.example"
BEARER = {"kind": "bearer", "token": "file:s"}


def written(server: ProviderServer, auth: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"protocol": "http", "url": server.question_url, "requester": "merger", "auth": auth or BEARER}


async def test_the_truth_comes_and_the_hops_go(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(TOKEN)
    async with ProviderServer(estate()) as server:
        nobody, brian = await asked(written(server), tmp_path, [NOBODY, BRIAN])
        [call] = server.questions
    assert isinstance(nobody, Unavailable)
    assert nobody.reason is Reason.NO_SUCH_MAILBOX
    assert windows(brian) == [block.window for block in estate().expected(BRIAN, WEEK)]
    assert call.headers["busyline-hops"] == f"{FORMER}, {HOP}"
    assert b'"name":"merger"' in call.body


async def test_details_come_where_they_are_wanted(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(TOKEN)
    async with ProviderServer(estate()) as server:
        [brian] = await asked(written(server), tmp_path, [BRIAN], DETAILS)
    assert isinstance(brian, Availability)
    truth = estate().expected(BRIAN, WEEK, Detail.DETAILS)
    assert [block for block in brian.intervals if block.status] == truth


@pytest.mark.parametrize("auth", [BEARER, {"kind": "basic", "username": "busyline", "password": "file:s"}])
async def test_a_wrong_proof_is_refused_and_not_told(tmp_path: Path, auth: dict[str, Any]) -> None:
    (tmp_path / "s").write_text("hunter2")
    async with ProviderServer(estate()) as server:
        [answer] = await asked(written(server, auth), tmp_path, [BRIAN])
        [call] = server.questions
    assert isinstance(answer, Unavailable)
    assert (answer.reason, answer.whole_call) == (Reason.UNAUTHORIZED, True)
    assert "hunter2" not in answer.detail
    assert call.headers["authorization"].partition(" ")[0].lower() == auth["kind"]


async def test_without_a_proof_none_is_sent(tmp_path: Path) -> None:
    async with ProviderServer(estate()) as server:
        await asked({"protocol": "http", "url": server.question_url}, tmp_path, [BRIAN])
        [call] = server.questions
    assert "authorization" not in call.headers


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble.RESET, Reason.UNREACHABLE),
        (Trouble.CUT, Reason.GARBLED),
        (Trouble.THROTTLED, Reason.THROTTLED),
        (Trouble.BROKEN, Reason.PEER_FAILED),
        (Trouble.TRUNCATED, Reason.GARBLED),
        (Trouble.HTML, Reason.GARBLED),
        (Trouble.GARBAGE, Reason.GARBLED),
        (Trouble.WRONG_COUNT, Reason.INCOMPLETE),
        (Trouble.WRONG_ORDER, None),
        (Trouble.DENIED, Reason.UNAUTHORIZED),
    ],
)
async def test_troubles(tmp_path: Path, trouble: Trouble, reason: Reason | None) -> None:
    (tmp_path / "s").write_text(TOKEN)
    async with ProviderServer(estate()) as server:
        server.faults.trouble = trouble
        _, brian = await asked(written(server), tmp_path, ["denise.carter@fabrikam.example", BRIAN])
    assert getattr(brian, "reason", None) is reason
