"""The way in to the two clouds: as whom, with which scope, and at which address."""

from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.clouds import CLOUDS
from protocols.http import Headers, HttpRequest
from protocols.model.freebusy import Reason
from proxy.scopes import GOOGLE_FREEBUSY, GOOGLE_GROUP_MEMBERS
from proxy.settings.connectors import GoogleConnector, GraphConnector
from proxy.wiring.sign_in import PeerNetwork
from service.clouds import at_google, at_graph
from simulation.estate import Estate
from simulation.google import GoogleServer, ServiceAccount
from simulation.graph import Application, GraphServer
from tests.clients.tls import authority

JACK, MIA = "jack.thompson@northwind.example", "mia.robertson@northwind.example"
GRAPH = {"protocol": "graph", "tenant": "contoso.example", "client_id": Application().client_id, "secret": "file:s"}
ESTATE = Estate(date(2026, 11, 23))


def _graph(**more: Any) -> GraphConnector:
    return GraphConnector.model_validate({**GRAPH, "anchors": ["a@contoso.example"], **more})


@pytest.mark.parametrize("cloud", sorted(CLOUDS))
async def test_each_cloud_of_graph_has_its_own_address(tmp_path: Path, cloud: str) -> None:
    (tmp_path / "s").write_text("secret")
    async with AsyncExitStack() as stack:
        settings = _graph(cloud=cloud)
        _, api_url = await at_graph(settings, PeerNetwork(settings, tmp_path, stack))
    assert api_url == CLOUDS[cloud].graph


async def test_the_application_is_let_in_at_graph(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(Application().secret)
    tls = authority(tmp_path)
    async with GraphServer(ESTATE, ssl=tls.server) as server, AsyncExitStack() as stack:
        settings = _graph(tenant=server.tenant, login_url=server.url, graph_url=server.url, ca=tls.ca)
        send, api_url = await at_graph(settings, PeerNetwork(settings, tmp_path, stack))
        answer = await send(HttpRequest("GET", f"{api_url}/v1.0/places/microsoft.graph.roomList", Headers()))
    assert api_url == server.url
    assert answer.status == 403  # known, and not granted places


async def test_each_person_and_scope_has_a_token_of_its_own_at_google(tmp_path: Path) -> None:
    account = ServiceAccount(scopes=(GOOGLE_FREEBUSY,))
    async with GoogleServer(ESTATE, account=account) as server, AsyncExitStack() as stack:
        (tmp_path / "a.json").write_text(server.service_account_file())
        written = {"protocol": "google", "service_account": "file:a.json", "subject": JACK}
        settings = GoogleConnector.model_validate(written)
        send_as = await at_google(settings, PeerNetwork(settings, tmp_path, stack), api_url=server.url)
        question = HttpRequest("POST", f"{server.url}/calendar/v3/freeBusy", Headers(), b"{")
        for person in (JACK, MIA):
            assert (await send_as(person, GOOGLE_FREEBUSY)(question)).status == 400
        assert [call.user for call in server.questions] == [JACK, MIA]
        with pytest.raises(PeerError) as refused:
            await send_as(JACK, GOOGLE_GROUP_MEMBERS)(question)
    assert refused.value.reason is Reason.UNAUTHORIZED
