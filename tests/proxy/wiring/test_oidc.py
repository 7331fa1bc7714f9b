"""Tokens of an issuer through the whole proxy: they open every front, beside our own tokens and Microsoft's."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from proxy.wiring import Proxy
from simulation.estate import Estate
from simulation.microsoft import TENANT
from simulation.oidc import OidcServer
from tests.proxy.crowds import ESTATE
from tests.proxy.fronts.dialect_callers import Company, Told, ask
from tests.proxy.fronts.test_google import question
from tests.proxy.fronts.test_graph import question as schedules
from tests.proxy.served import EWS, NOW, PASSWORD, configuration, serving
from tests.proxy.served import question as envelope

GOOGLE, GRAPH, AUDIENCE = "/calendar/v3/freeBusy", "/v1.0/me/calendar/getSchedule", "https://busy.example.com"


def _configuration(issuer: str, **more: Any) -> dict[str, Any]:
    """One caller known by its subject, and one by its application."""
    whole = configuration()
    whole["oidc"] = [{"issuer": issuer, "audiences": [AUDIENCE]}]
    whole["callers"] += [
        {"name": "rooms", "oidc": {"issuer": issuer, "subjects": ["rooms"]}, "may_ask": ["fabrikam.example"], **more},
        {"name": "app", "oidc": {"issuer": issuer, "clients": ["app"]}, "may_ask": ["elsewhere.example"]},
    ]
    return whole


@pytest.fixture
def estate() -> Estate:
    """Nobody's time is asked for at the issuer."""
    return ESTATE


@pytest.fixture
async def server(estate: Estate) -> AsyncIterator[OidcServer]:
    """Whose clock is the proxy's."""
    async with OidcServer(estate, clock=NOW.timestamp) as server:
        yield server


async def _shown(proxy: Proxy, token: str, path: str = GOOGLE, body: Any = None) -> Told:
    headers = {"Authorization": f"Bearer {token}"}
    return await ask(proxy, path, question() if body is None else body, headers=headers, proven=False)


async def test_a_token_opens_every_front_for_its_caller_alone(tmp_path: Path, server: OidcServer) -> None:
    issuer = server.issuer
    rooms = issuer.token(issuer.claims(AUDIENCE, sub="rooms"))
    app = issuer.token(issuer.claims(AUDIENCE, sub="somebody", azp="app"))
    async with serving(tmp_path, connector=Company(), settings=_configuration(issuer.issuer)) as proxy:
        google = (await _shown(proxy, rooms)).json["calendars"]["ann@fabrikam.example"]
        assert google["busy"]
        assert (await _shown(proxy, rooms, GRAPH, schedules())).json["value"][0]["scheduleItems"]
        headers = {"Authorization": f"Bearer {rooms}", "Content-Type": "text/xml"}
        soap = await ask(proxy, EWS, envelope("ann@fabrikam.example"), headers=headers, proven=False)
        assert b"<t:BusyType>Busy" in soap.body
        assert (await _shown(proxy, app)).json["calendars"]["ann@fabrikam.example"]["errors"]
        assert len(server.calls) == 2  # discovery and keys, once for all


async def test_a_wrong_token_is_challenged_as_such(tmp_path: Path, server: OidcServer) -> None:
    issuer = server.issuer
    async with serving(tmp_path, settings=_configuration(issuer.issuer)) as proxy:
        for claims in (issuer.claims("elsewhere", sub="rooms"), issuer.claims(AUDIENCE, sub="nobody")):
            told = await _shown(proxy, issuer.token(claims))
            assert told.status == 401
            assert told.headers.getall("WWW-Authenticate") == ['Bearer realm="Busyline", error="invalid_token"']
        nothing = await ask(proxy, GOOGLE, question(), proven=False)
        assert [each.partition(" ")[0] for each in nothing.headers.getall("WWW-Authenticate")] == ["Bearer", "Basic"]


async def test_while_the_issuer_is_away_nobody_is_believed_and_nobody_else_suffers(
    tmp_path: Path, server: OidcServer
) -> None:
    issuer = server.issuer
    server.down = True
    token = issuer.token(issuer.claims(AUDIENCE, sub="rooms"))
    async with serving(tmp_path, settings=_configuration(issuer.issuer)) as proxy:
        for path, status, words in (
            (GOOGLE, 503, b"backendError"),
            (GRAPH, 503, b"ErrorServerBusy"),
            ("/caldav/", 503, b"responsedescription"),
            (EWS, 500, b"ErrorServerBusy"),
        ):
            told = await _shown(proxy, token, path)
            assert (told.status, told.headers["Retry-After"]) == (status, "10")
            assert words in told.body
        assert (await ask(proxy, GOOGLE, question())).status == 200


async def test_our_own_tokens_and_microsofts_stand_beside(tmp_path: Path, server: OidcServer) -> None:
    issuer = server.issuer
    whole = _configuration(issuer.issuer, oauth={"client_id": "rooms", "secret": "file:interop.hash"})
    whole["callers"].append({"name": "hybrid", "microsoft": {"tenants": [TENANT]}, "may_ask": ["*"]})
    async with serving(tmp_path, settings=whole) as proxy:
        form = f"grant_type=client_credentials&client_id=rooms&client_secret={PASSWORD.replace(' ', '+')}".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        own = (await ask(proxy, "/oauth/token", form, headers=headers, proven=False)).json["access_token"]
        assert (await _shown(proxy, own)).status == 200
        assert (await _shown(proxy, issuer.token(issuer.claims(AUDIENCE, sub="rooms")))).status == 200
        stranger = await _shown(proxy, issuer.token(issuer.claims(AUDIENCE, iss="https://stranger.example")))
        assert stranger.status == 401
        assert "x-ms-diagnostics" in stranger.headers  # it came as far as Microsoft's way


async def test_an_issuer_that_no_caller_has_is_not_asked(tmp_path: Path, server: OidcServer) -> None:
    whole = configuration()
    whole["oidc"] = [{"issuer": server.issuer.issuer, "audiences": [AUDIENCE]}]
    async with serving(tmp_path, settings=whole) as proxy:
        told = await _shown(proxy, server.issuer.token(server.issuer.claims(AUDIENCE, sub="rooms")))
        assert told.status == 401
        assert server.calls == []
