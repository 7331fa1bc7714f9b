"""Exchange Server: asked by its account, the way so far told."""

from pathlib import Path

from simulation.exchange.server import FEDERATION, ExchangeServer
from tests.proxy.wiring.peers.asking import FORMER, HOP, WEEK, asked, estate, windows

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
