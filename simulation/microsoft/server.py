"""Where a tenant's keys are published: both documents, as a small server that can fail and roll its keys."""

from ssl import SSLContext

from aiohttp import web

from simulation.estate import Estate
from simulation.faults import Call, Trouble
from simulation.microsoft.issuer import TokenService
from simulation.server import SimulatedServer


class MicrosoftServer(SimulatedServer):
    """``service`` is the tenant's security token service; while ``down``, every answer is a 503."""

    def __init__(self, estate: Estate, *, service: TokenService | None = None, ssl: SSLContext | None = None) -> None:
        super().__init__(estate, ssl=ssl)
        self.service = service or TokenService()
        self.down = False

    def is_question(self, path: str) -> bool:
        """Nobody's time is asked for here."""
        return False

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        """The metadata, the key set, or 404."""
        documents = {
            f"/{self.service.tenant}/metadata/json/1": self.service.metadata,
            f"/{self.service.tenant}/discovery/keys": self.service.key_set,
        }
        if self.down:
            return web.Response(status=503)
        document = documents.get(request.path)
        return web.Response(status=404) if document is None else web.json_response(document())
