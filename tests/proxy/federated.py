"""A proxy with a federation trust, for the tests of what it opens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from proxy.settings import ProxySettings
from proxy.wiring import Proxy, build
from simulation.federation import FederatedCaller, Issued
from tests.protocols.ews.wssecurity.world import AUDIENCE, fabrikam, gateway, issued
from tests.proxy.served import EWS, NOW, PUBLIC, Busy, configuration, password_hash, question

EWS_SECURED, SVC_SECURED = f"{EWS}/WSSecurity", "/autodiscover/autodiscover.svc/WSSecurity"
SETTINGS = (
    '<a:GetUserSettingsRequestMessage xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover"><a:Request>'
    "<a:Users><a:User><a:Mailbox>bob@fabrikam.example</a:Mailbox></a:User></a:Users><a:RequestedSettings>"
    "<a:Setting>ExternalEwsUrl</a:Setting></a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage>"
)


def trusting(directory: Path, *, callers: dict[str, Any] | None = None, **federation: Any) -> dict[str, Any]:
    """A configuration with [federation], whose files are written into ``directory``, and a caller of Contoso's."""
    fabrikam().write(directory / "federation.pem", directory / "federation.key")
    gateway().write(directory / "gateway.pem")
    written = configuration()
    contoso = {"name": "contoso", "federation": {"domains": ["contoso.example"]}, "may_ask": ["fabrikam.example"]}
    written["callers"].append({**contoso, **(callers or {})})
    written["federation"] = {
        "application_uri": AUDIENCE,
        "domains": ["fabrikam.example"],
        "current": {"chain": "federation.pem", "key": "federation.key"},
        "issuers": [{"uri": "urn:federation:MicrosoftOnline", "certificates": ["gateway.pem"]}],
        **federation,
    }
    return written


@asynccontextmanager
async def federated(
    directory: Path, *, now: datetime = NOW, callers: dict[str, Any] | None = None, **federation: Any
) -> AsyncIterator[Proxy]:
    """The proxy while it runs, some time after it started; everybody at Fabrikam has one block."""
    times = [now - timedelta(minutes=10)]
    (directory / "interop.hash").write_text(password_hash() + "\n")
    valid = ProxySettings.model_validate(trusting(directory, callers=callers, **federation))
    async with build(valid, directory=directory, clock=lambda: times[-1], connectors={"fabrikam": Busy()}) as proxy:
        times.append(now)
        yield proxy


def asked(*addresses: str) -> str:
    """The body of a question about Fabrikam's people, for a secured envelope."""
    whole = question(*addresses).decode()
    body = whole[whole.index("<soap:Body>") + len("<soap:Body>") : whole.index("</soap:Body>")]
    spaces = whole[whole.index(" xmlns:m=") : whole.index("><soap:Body>")]
    return body.replace("<m:GetUserAvailabilityRequest", f"<m:GetUserAvailabilityRequest{spaces}", 1)


def secured(
    content: str, path: str = EWS_SECURED, *, caller: FederatedCaller | None = None, token: Issued | None = None
) -> bytes:
    """A request of Contoso's for what listens at ``path``."""
    return (caller or FederatedCaller()).request(content, token or issued(), to=PUBLIC + path, at=NOW)
