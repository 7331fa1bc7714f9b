"""What every front does first: find out who asks, or say why nobody comes in."""

from datetime import timedelta

from aiohttp import web
from multidict import CIMultiDictProxy

from protocols.errors import Fault, RequestError
from protocols.model.caller import Caller
from proxy.acquaintances import Acquaintances
from proxy.admission import Admission
from proxy.asking import asked_by
from proxy.auth import Authenticator, Knock, Refused
from proxy.fronts.record import Record
from service.visit import proved

RATE = "rate"  # the reason of a refusal
QUEUE = "queue"  # the same: its turn did not come in time
_FORWARDED = "X-Forwarded-For"
_UNCHECKED = 503


class Entrance:
    """Shows what a request shows before its body to ``gate``; ``certificates``: also what TLS verified.

    Who comes more often than ``admission`` lets it is told to wait. Who comes in is told to ``acquaintances``.
    """

    def __init__(
        self,
        gate: Authenticator,
        *,
        certificates: bool = False,
        admission: Admission | None = None,
        acquaintances: Acquaintances | None = None,
    ) -> None:
        self._gate, self._certificates, self._admission = gate, certificates, admission
        self._acquaintances = acquaintances or Acquaintances()

    async def enter(self, request: web.BaseRequest, record: Record) -> Caller | web.Response:
        """The caller, who is in the record from now on, or the answer that sends it away.

        Raises RequestError (BUSY) for a caller over its rate, and where what it shows cannot be checked now: each
        dialect has words of its own for that.
        """
        return self._let_in(await self._gate.identify(self.knock(request)), request, record)

    def admit(self, caller: Caller, request: web.BaseRequest, record: Record) -> Caller | web.Response:
        """The same for ``caller``, who proved itself by the body of ``request``: may it come from there, and now?"""
        return self._let_in(self._gate.admit(caller, self.knock(request)), request, record)

    def knock(self, request: web.BaseRequest) -> Knock:
        """What ``request`` shows before its body."""
        certificate = _certificate(request) if self._certificates else None
        return Knock(request.headers.get("Authorization"), request.remote or "", forwarded(request), certificate)

    def recall(self, headers: CIMultiDictProxy[str], peer: str) -> Caller | None:
        """Whom :meth:`enter` would let in without waiting, by the ``headers`` of a request from ``peer``; else None.

        None says nothing: whoever it is takes the long way. Its rate is asked about by :meth:`has_room`.
        """
        return self._gate.recall(Knock(headers.get("Authorization"), peer, _forwarded(headers)))

    def has_room(self, caller: Caller, record: Record) -> bool:
        """Whether the rate of ``caller`` lets it in now, which counts; it is in the record from now on."""
        if self._admission is not None and self._admission.wait(caller.name):
            return False
        record.caller, record.proof, record.person = caller.name, caller.proof, caller.person
        return True

    def whose(self, headers: CIMultiDictProxy[str], peer: str) -> str:
        """Whom a request counts for that nobody has looked at yet: see :class:`proxy.acquaintances.Acquaintances`."""
        return self._acquaintances.whose(headers.get("Authorization"), peer, _forwarded(headers))

    def _let_in(self, found: Caller | Refused, request: web.BaseRequest, record: Record) -> Caller | web.Response:
        if isinstance(found, Refused):
            record.caller, record.refused = found.caller, found.reason
            if found.status == _UNCHECKED:
                raise RequestError(Fault.BUSY, back_off=timedelta(seconds=found.retry_after or 0))
            return turned_away(found)
        proved(request)
        asked_by(found.name)
        self._acquaintances.met(request.headers.get("Authorization"), found.name)
        record.caller, record.proof, record.person = found.name, found.proof, found.person
        if self._admission is not None and (wait := self._admission.wait(found.name)):
            record.refused = RATE
            raise RequestError(Fault.BUSY, back_off=timedelta(seconds=wait))
        return found


def forwarded(request: web.BaseRequest) -> tuple[str, ...]:
    """What reverse proxies say of where ``request`` comes from, not yet believed."""
    return _forwarded(request.headers)


def _forwarded(headers: CIMultiDictProxy[str]) -> tuple[str, ...]:
    return tuple(headers.getall(_FORWARDED)) if _FORWARDED in headers else ()


def turned_away(refused: Refused) -> web.Response:
    """The answer to whom nobody lets in: nothing in it but the question who is asking, or when to come again."""
    response = web.Response(status=refused.status, body=b"")
    for challenge in refused.challenges:
        response.headers.add("WWW-Authenticate", challenge)
    response.headers.extend(refused.headers)
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _certificate(request: web.BaseRequest) -> bytes | None:
    tls = request.transport.get_extra_info("ssl_object") if request.transport else None
    certificate: bytes | None = tls.getpeercert(binary_form=True) if tls else None
    return certificate
