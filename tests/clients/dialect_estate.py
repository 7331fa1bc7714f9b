"""The proxy before the three systems with callers that bring tokens: our own, and those of an issuer beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from simulation.estate import Estate
from simulation.oidc import OidcServer
from simulation.oidc.server import SECRET
from tests.clients.dialect_clients import token
from tests.clients.estate_proxy import PASSWORD, EstateProxy, estate_proxy

AUDIENCE = "https://busy.example.com"
OWN, DASHBOARD = "rooms-display", "dashboard"
KNOWN = ("anna.schneider@contoso.example", "room.elbe@contoso.example", "clara.hoffmann@northwind.example",
         "c_aurora@resource.calendar.google.com", "frieda.lang@fabrikam.example",
         "amelia.fraser@fabrikam.example")  # fmt: skip
UNKNOWN = ("nobody@contoso.example", "nobody@northwind.example", "nobody@fabrikam.example", "ann@elsewhere.example")


@dataclass(frozen=True, slots=True)
class Dialects:
    """What runs."""

    here: EstateProxy
    issuer: OidcServer

    def own(self) -> str:
        """A token of our own endpoint. Blocks."""
        return token(f"{self.here.url}/oauth/token", OWN, PASSWORD, ca=self.here.ca)

    def theirs(self, audience: str = AUDIENCE) -> str:
        """A token of the issuer's. Blocks."""
        return token(f"{self.issuer.issuer.issuer}/token", DASHBOARD, SECRET, resource=audience)


@asynccontextmanager
async def dialects(directory: Path, estate: Estate) -> AsyncIterator[Dialects]:
    """Both callers see details."""
    async with OidcServer(estate) as issuer:
        extra = f"""
[[oidc]]
issuer = "{issuer.issuer.issuer}"
audiences = ["{AUDIENCE}"]

[[callers]]
name = "{OWN}"
oauth = {{ client_id = "{OWN}", secret = "file:caller.hash" }}
may_ask = ["*"]
sees = "details"

[[callers]]
name = "{DASHBOARD}"
oidc = {{ issuer = "{issuer.issuer.issuer}", clients = ["{DASHBOARD}"] }}
may_ask = ["*"]
sees = "details"
rooms_see = "details"
"""
        async with estate_proxy(directory, estate, extra=extra) as here:
            yield Dialects(here, issuer)
