"""The description of the EWS subset we speak, for clients that are generated from it."""

from aiohttp import web

from protocols.ews import schema
from proxy.fronts.answers import READ, not_allowed, plain, xml
from proxy.fronts.record import Record


class SchemaFront:
    """GET of ``Services.wsdl``, ``messages.xsd`` and ``types.xsd``, for everybody: there is nothing of ours in them."""

    name = "schema"

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """The document that the path names."""
        if request.method not in READ:
            return not_allowed(*READ)
        return self.document(request.path.rpartition("/")[2])

    def document(self, name: str) -> web.Response:
        """The document ``name``, in any letter case."""
        body = schema.document(name, self._public_url)
        return plain("there is nothing here", status=404) if body is None else xml(body)
