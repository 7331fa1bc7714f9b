"""A proxy with every front open, and every proof that needs no TLS among its callers: for sweeps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from certs import first_run
from proxy.settings import ProxySettings
from proxy.wiring import Proxy, build
from tests.proxy.served import NOW, Busy, configuration, password_hash

CLIENT_ID, TENANT = "contoso-client", "8f3a6c1e-52d4-4b7e-9a10-3c2d1e0f4b5a"


def settings(directory: Path) -> dict[str, Any]:
    """What ``serving`` takes; the certificates that it names are issued into ``directory``."""
    files = first_run.issue(directory / "issued", ["federation.example"])
    found = configuration()
    (basic,) = found["callers"]
    rest = {"may_ask": ["fabrikam.example"]}
    return found | {
        "tokens": {"directory": "tokens"},
        "federation": {
            "application_uri": "FYDIBOHF25SPDLT.fabrikam.example",
            "domains": ["fabrikam.example"],
            "current": {"chain": str(files.chain), "key": str(files.key)},
            "issuers": [{"uri": "urn:federation:MicrosoftOnline", "certificates": [str(files.ca)]}],
        },
        "callers": [
            basic | {"faults": "per-mailbox"},
            {"name": "contoso", "oauth": {"client_id": CLIENT_ID, "secret": "file:interop.hash"}, **rest},
            {"name": "tailspin", "microsoft": {"tenants": [TENANT]}, **rest},
            {"name": "adatum", "federation": {"domains": ["adatum.example"]}, **rest},
        ],
    }


@asynccontextmanager
async def all_open(directory: Path, *, connector: Any = None) -> AsyncIterator[Proxy]:
    """A proxy that answers from ``connector`` (Busy by default)."""
    (directory / "interop.hash").write_text(password_hash() + "\n")
    valid = ProxySettings.model_validate(settings(directory))
    connectors = {"fabrikam": connector or Busy()}
    async with build(valid, directory=directory, clock=lambda: NOW, connectors=connectors) as proxy:
        yield proxy
