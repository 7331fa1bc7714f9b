"""What every front does first: find out who asks, or say why nobody comes in."""

from aiohttp import web

from protocols.model.caller import Caller
from proxy.auth import Authenticator, Knock, Refused
from proxy.fronts.record import Record

_FORWARDED = "X-Forwarded-For"


class Entrance:
    """Shows what a request shows before its body to ``gate``; ``certificates``: also what TLS verified."""

    def __init__(self, gate: Authenticator, *, certificates: bool = False) -> None:
        self._gate, self._certificates = gate, certificates

    async def enter(self, request: web.BaseRequest, record: Record) -> Caller | web.Response:
        """The caller, who is in the record from now on, or the answer that sends it away."""
        found = await self._gate.identify(self._knock(request))
        if isinstance(found, Refused):
            record.refused = found.reason
            return turned_away(found)
        record.caller = found.name
        return found

    def _knock(self, request: web.BaseRequest) -> Knock:
        headers = request.headers
        forwarded = tuple(headers.getall(_FORWARDED)) if _FORWARDED in headers else ()
        certificate = _certificate(request) if self._certificates else None
        return Knock(headers.get("Authorization"), request.remote or "", forwarded, certificate)


def turned_away(refused: Refused) -> web.Response:
    """The answer to whom nobody lets in: nothing in it but the question who is asking, or when to come again."""
    response = web.Response(status=refused.status, body=b"")
    for challenge in refused.challenges:
        response.headers.add("WWW-Authenticate", challenge)
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _certificate(request: web.BaseRequest) -> bytes | None:
    tls = request.transport.get_extra_info("ssl_object") if request.transport else None
    certificate: bytes | None = tls.getpeercert(binary_form=True) if tls else None
    return certificate
