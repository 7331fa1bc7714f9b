"""The issuer as a small server: discovery, keys, and client credentials for whoever knows the secret."""

import time
from collections.abc import Callable
from ssl import SSLContext

from aiohttp import web

from simulation.estate import Estate
from simulation.faults import Call, Trouble
from simulation.oidc.issuer import OidcIssuer
from simulation.server import SimulatedServer

SECRET = "issuers-secret"
PATH = "/realms/merger"


class OidcServer(SimulatedServer):
    """One realm below its origin; any client with SECRET gets a token for the ``resource`` it names.

    While ``down``, every answer is a 503. ``issuer`` is there once the server listens.
    """

    def __init__(
        self, estate: Estate, *, ssl: SSLContext | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(estate, ssl=ssl)
        self.down, self._clock = False, clock
        self._issuer: OidcIssuer | None = None

    @property
    def issuer(self) -> OidcIssuer:
        """Who signs."""
        if self._issuer is None:
            self._issuer = OidcIssuer(self.url + PATH, clock=self._clock)
        return self._issuer

    def is_question(self, path: str) -> bool:
        """Nobody's time is asked for here."""
        return False

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        """One of the documents, a token, or 404."""
        if self.down:
            return web.Response(status=503)
        documents = {
            f"{PATH}/.well-known/openid-configuration": self.issuer.discovery,
            f"{PATH}/keys": self.issuer.key_set,
        }
        if request.path in documents:
            return web.json_response(documents[request.path]())
        return await self._token(request) if request.path == f"{PATH}/token" else web.Response(status=404)

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        client = form.get("client_id", "")
        if form.get("grant_type") != "client_credentials" or form.get("client_secret") != SECRET:
            return web.json_response({"error": "invalid_client"}, status=401)
        claims = self.issuer.claims(form.get("resource", ""), sub=f"service-account-{client}", azp=client)
        answer = {"access_token": self.issuer.token(claims), "token_type": "Bearer", "expires_in": 3_600}
        return web.json_response(answer)
