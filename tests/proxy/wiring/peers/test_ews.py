"""Exchange Server: asked by its account, the way so far told."""

from contextlib import AsyncExitStack
from pathlib import Path

from protocols.model.mailbox import Mailbox
from proxy.connector import Leaf
from simulation.exchange.server import ASSISTANT, FEDERATION, ExchangeServer
from tests.proxy.wiring.peers.asking import BUSY, FORMER, HOP, START, WEEK, asked, built, estate, windows

BRIAN = "brian.sullivan@fabrikam.example"


async def test_the_truth_comes_and_the_hops_go(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(FEDERATION.password)
    async with ExchangeServer(estate()) as server:
        auth = {"kind": "basic", "username": FEDERATION.username, "password": "file:s"}
        [answer] = await asked({"protocol": "ews", "url": server.ews_url, "auth": auth}, tmp_path, [BRIAN])
        [call] = server.questions
    assert windows(answer) == [block.window for block in estate().expected(BRIAN, WEEK)]
    assert call.headers["busyline-hops"] == f"{FORMER}, {HOP}"
    assert call.user == FEDERATION.username


async def test_each_account_asks_for_itself(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(FEDERATION.password)
    (tmp_path / "a").write_text(ASSISTANT.password)
    async with ExchangeServer(estate()) as server, AsyncExitStack() as stack:
        accounts = [
            {"kind": "basic", "username": account.username, "password": f"file:{file}"}
            for account, file in ((FEDERATION, "s"), (ASSISTANT, "a"))
        ]
        written = {"protocol": "ews", "url": server.ews_url, "auth": accounts[0], "further_accounts": accounts[1:]}
        for ask in (await built(written, tmp_path, stack)).asks:
            [answer] = await Leaf("x", ask, lambda: START).lookup([Mailbox.parse(BRIAN)], BUSY)
            assert windows(answer)
        assert [call.user for call in server.questions] == [FEDERATION.username, ASSISTANT.username]
