"""What an ACME authority asks on the plain port (RFC 8555 8.3): the answer to its token, and nothing else."""

from collections.abc import Mapping

from aiohttp import web

from proxy.fronts.answers import READ, not_allowed, plain
from proxy.fronts.record import Record


class ChallengeFront:
    """``answers``: what to tell by token. A token nobody asked for is not found; no name of the request is read."""

    name = "acme"

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """200 with the key authorization, or 404."""
        if request.method not in READ:
            return not_allowed(*READ)
        told = self._answers.get(request.path.rpartition("/")[2])
        if told is None:
            return plain("there is nothing here", status=404)
        return web.Response(body=told.encode("ascii"), headers={"Content-Type": "application/octet-stream"})
