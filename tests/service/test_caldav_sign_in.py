"""Tests of service/caldav_sign_in.py: each proof goes to its own server, and a wrong password not again and again."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from service.caldav_sign_in import CaldavAuth, CaldavBasicAuth, CaldavBearerAuth, signed_in
from service.outgoing import NetworkSection, Outgoing

URL = "https://dav.fabrikam.example/calendars/"
AUTH: TypeAdapter[CaldavBasicAuth | CaldavBearerAuth] = TypeAdapter(CaldavAuth)
BASIC = AUTH.validate_python({"kind": "basic", "username": "busyline", "password": "env:DAV_PASSWORD"})
BEARER = AUTH.validate_python({"kind": "bearer", "token": "env:DAV_TOKEN"})


class Server:
    """Answers what it is told to; ``proofs`` are those that came."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.proofs: list[str] = []

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        self.proofs.append(request.headers.get("Authorization") or "")
        return HttpResponse(self.status)


@pytest.mark.parametrize(
    ("auth", "proof"),
    [(None, ""), (BASIC, "Basic YnVzeWxpbmU6c2VjcmV0"), (BEARER, "Bearer secret")],
)
async def test_the_proof_goes_to_its_server_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    auth: CaldavBasicAuth | CaldavBearerAuth | None,
    proof: str,
) -> None:
    monkeypatch.setenv("DAV_PASSWORD", "secret")
    monkeypatch.setenv("DAV_TOKEN", "secret")
    server = Server()
    async with AsyncExitStack() as stack:
        network = Outgoing(NetworkSection(), tmp_path, stack)
        send = signed_in(server, auth, network, to=URL, patience=timedelta(seconds=5))
        await send(HttpRequest("PROPFIND", URL + "ann/"))
        assert server.proofs == [proof]
        with pytest.raises(PeerError):
            await send(HttpRequest("PROPFIND", "https://elsewhere.example/"))
    assert len(server.proofs) == 1
