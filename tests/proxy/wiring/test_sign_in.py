"""The network of a connector: how far it reaches, and in whose name its server is asked."""

from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from protocols.ews.names import T
from protocols.http import Headers, HttpRequest, HttpResponse
from protocols.model.freebusy import Availability, Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.safexml import parse
from proxy.connector import Leaf
from proxy.hops import HEADER
from proxy.settings.connectors import ConnectorSettings
from proxy.wiring.peers import peer
from proxy.wiring.sign_in import PeerNetwork
from service.reach import PUBLIC, Reach
from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange.server import FEDERATION

ANN = Mailbox.parse("frieda.lang@fabrikam.example")
START = datetime(2026, 11, 23, tzinfo=UTC)
DAY = TimeWindow(START, START + timedelta(days=1))
AUTH = {"kind": "basic", "username": FEDERATION.username, "password": "file:password"}


def _settings(url: str, **more: Any) -> Any:
    adapter: TypeAdapter[ConnectorSettings] = TypeAdapter(ConnectorSettings)
    return adapter.validate_python({"protocol": "ews", "url": url, "auth": AUTH, **more})


async def test_in_another_s_name(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(FEDERATION.password)
    async with ExchangeServer(Estate(date(2026, 11, 23))) as server:
        for more, impersonated in (({}, []), ({"impersonate": "fb@fabrikam.example"}, ["fb@fabrikam.example"])):
            async with AsyncExitStack() as stack:
                built = await peer("fabrikam", _settings(server.ews_url, **more), tmp_path, stack)
                leaf = Leaf("fabrikam", built.asks[0], lambda: START)
                [answer] = await leaf.lookup([ANN], Question(window=DAY))
            assert isinstance(answer, Availability)
            body = parse(server.calls[-1].body)
            assert [each.text for each in body.iter(f"{{{T}}}PrimarySmtpAddress")] == impersonated


async def test_every_network_of_a_peer_has_the_reach_of_its_connector(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        for private, reach in ((False, PUBLIC), (True, Reach(private_network=True))):
            settings = _settings("https://x.example/EWS", private_network=private)
            assert PeerNetwork(settings, tmp_path, stack).reach == reach


async def test_what_is_no_question_tells_by_which_hops_it_came(tmp_path: Path) -> None:
    seen: list[HttpRequest] = []

    async def send(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(200)

    async with AsyncExitStack() as stack:
        network = PeerNetwork(_settings("https://x.example/EWS"), tmp_path, stack, hop="here")
        await network.bearing(send, ["before"])(HttpRequest("POST", "https://x.example/EWS", Headers()))
    assert seen[0].headers[HEADER] == "before, here"
