"""A Microsoft 365 tenant: each anchor has its own way, and the way so far is told."""

from contextlib import AsyncExitStack
from pathlib import Path

from protocols.model.mailbox import Mailbox
from simulation.graph import Application, GraphServer
from tests.clients.tls import authority
from tests.proxy.wiring.peers.asking import BUSY, FORMER, HOP, START, WEEK, built, estate, windows

ANNA, GRACE = "anna.schneider@contoso.example", "grace.miller@contoso.example"


async def test_the_truth_comes_by_each_anchor_and_the_hops_go(tmp_path: Path) -> None:
    application = Application()
    (tmp_path / "s").write_text(application.secret)
    tls = authority(tmp_path)  # its library signs in over TLS alone
    async with GraphServer(estate(), ssl=tls.server) as server, AsyncExitStack() as stack:
        written = {
            "protocol": "graph",
            "tenant": server.tenant,
            "client_id": application.client_id,
            "secret": "file:s",
            "anchors": [ANNA, GRACE],
            "login_url": server.url,
            "graph_url": server.url,
            "ca": tls.ca,
        }
        peer = await built(written, tmp_path, stack)
        answers = [(await ask([Mailbox.parse(GRACE)], BUSY, START))[0] for ask in peer.asks]
        calls = server.questions
    for answer in answers:
        assert windows(answer) == [block.window for block in estate().expected(GRACE, WEEK)]
    assert [call.user for call in calls] == [ANNA, GRACE]
    assert {call.headers["busyline-hops"] for call in calls} == {f"{FORMER}, {HOP}"}
