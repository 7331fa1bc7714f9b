"""The one handler behind the door: finds the front for a path, and turns what a caller did wrong into a fault."""

import math
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Final, Protocol, runtime_checkable

import structlog
from aiohttp import web
from multidict import CIMultiDictProxy

from protocols.errors import Fault, RequestError
from protocols.ews.autodiscover import pox
from protocols.ews.autodiscover import soap as autodiscover_soap
from protocols.ews.response import encode_refusal
from protocols.ews.soap import Envelope, encode_fault, read_envelope
from proxy.capture.heard import Heard
from proxy.crowded import NoTurnError
from proxy.fronts import google, graph, outbox, token
from proxy.fronts.answers import plain, xml
from proxy.fronts.entrance import QUEUE
from proxy.fronts.federated import as_asked
from proxy.fronts.heads import ALWAYS, UNLESS_TOLD, Head
from proxy.fronts.overheard import overheard
from proxy.fronts.posted import Posted
from proxy.fronts.record import Record
from proxy.hops import HEADER as HOPS
from proxy.hops import hops_in
from service import logs
from service.logs import REQUEST_ID
from service.prompt import Message

_GUID: Final = re.compile(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_STATUS: Final = {  # all others: SOAP's 500
    Fault.TOO_SLOW: 408,
    Fault.TOO_LARGE: 413,
    Fault.UNSUPPORTED_TYPE: 415,
    Fault.BUSY: 503,
}
_UNREAD: Final = frozenset({Fault.TOO_LARGE, Fault.TOO_SLOW})
_QUIET: Final = frozenset({"health", "metrics"})  # asked every few seconds, worth no line
_OUTCOMES: Final = {
    200: "answered",
    400: "refused",
    401: "challenged",
    403: "forbidden",
    404: "not-found",
    405: "not-allowed",
    429: "throttled",
    500: "refused",  # a security header; every other fault is raised
}

_log = structlog.get_logger("busyline.server")


class Front(Protocol):
    """One way of asking."""

    @property
    def name(self) -> str:
        """For the log and the metrics; :data:`_FAULTS` knows the dialect by it."""
        ...

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """The answer. Raises RequestError where the caller erred."""
        ...


@runtime_checkable
class PromptFront(Front, Protocol):
    """A front that can answer some requests without waiting for anybody."""

    @property
    def head(self) -> Head:
        """What stands before such an answer."""
        ...

    def at_once(self, posted: Posted, record: Record) -> Sequence[bytes] | None:
        """The body of the answer, in parts; None where it takes more than what is at hand.

        Nothing is counted and nothing told before it is clear that there is an answer.
        """
        ...


class RequestMetrics(Protocol):
    """Who counts requests."""

    def request(self, front: str, caller: str, outcome: str, seconds: float) -> None:
        """One request was answered."""
        ...

    def mailboxes(self, caller: str, outcomes: Mapping[str, int]) -> None:
        """What became of each mailbox that a caller asked about."""
        ...

    def refused(self, reason: str) -> None:
        """Nobody came in."""
        ...


class Listener(Protocol):
    """Who hears what was answered, as long as it listens."""

    @property
    def listening(self) -> bool:
        """Whether anything is to be heard now."""
        ...

    def hear(self, heard: Heard) -> None:
        """One request was answered. Takes no time, and raises nothing."""
        ...


class Server:
    """Paths (without letter case or final slash) to fronts; ``prefixes`` to those that read the rest of the path."""

    def __init__(
        self,
        fronts: Mapping[str, Front],
        *,
        prefixes: Mapping[str, Front] | None = None,
        metrics: RequestMetrics,
        clock: Callable[[], datetime],
        listener: Listener | None = None,
    ) -> None:
        self._listener = listener
        self._fronts = {path.lower(): front for path, front in fronts.items()}
        self._prefixes = {path.lower(): front for path, front in (prefixes or {}).items()}
        prompt = {path: front for path, front in fronts.items() if isinstance(front, PromptFront)}
        # as callers write paths; whoever writes them otherwise takes the long way
        self._prompt = {each: front for path, front in prompt.items() for each in (path, path.lower(), f"{path}/")}
        self._metrics, self._clock, self._ids = metrics, clock, _ids()
        self.answered_at_once = 0

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path and prefix that is answered."""
        return (*self._fronts, *self._prefixes)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Always an answer, never an exception but cancellation; never HTML; never anything of ours but in the log."""
        started = time.perf_counter()
        record = Record(next(self._ids))
        REQUEST_ID.set(record.request_id)
        if HOPS in request.headers:
            record.hops = hops_in(request.headers.getall(HOPS))
        front = self._front(request.path)
        outcome = ""
        if front is None:
            response = plain("there is nothing here", status=404)
        else:
            record.front = front.name
            response, outcome = await self._answer(front, request, record)
        outcome = outcome or _OUTCOMES.get(response.status, "answered")
        if response.status != 200 and "Expect" in request.headers and not request.content.is_eof():
            # whoever waited for 100 may send the body now or never: what comes next on this connection is ambiguous
            response.force_close()
        self._identify(response, request, record)
        seconds = time.perf_counter() - started
        self._tell(record, outcome, response.status, seconds, request.remote or "")
        if self._listener is not None and self._listener.listening:
            self._let_hear(self._listener, request, record, response, outcome, seconds)
        return response

    def at_once(self, message: Message, body: bytes, peer: str) -> Sequence[bytes] | None:
        """The same answer, head and body in parts, where nobody has to be waited for: see :mod:`service.prompt`.

        Whatever is unusual about a request, and whatever is wrong with it, takes the long way.
        """
        front, headers = self._prompt.get(message.path), message.headers
        if (
            front is None
            or message.method != "POST"
            or HOPS in headers
            or (self._listener and self._listener.listening)
        ):
            return None
        started = time.perf_counter()
        record = Record(next(self._ids), front=front.name)
        token = REQUEST_ID.set(record.request_id)
        try:
            parts = front.at_once(Posted(message.path, headers, body, peer), record)
            if parts is not None:
                self.answered_at_once += 1
                self._tell(record, _OUTCOMES[200], 200, time.perf_counter() - started, peer)
        except RequestError:  # the long way says what is wrong
            return None
        except Exception:  # noqa: BLE001  the long way has the words for the caller
            _log.exception("not_answered_at_once", front=front.name)
            return None
        finally:
            REQUEST_ID.reset(token)
        if parts is None:
            return None
        return (front.head.written(sum(map(len, parts)), record.request_id, _theirs(headers)), *parts)

    def turned_away(
        self, path: str, headers: CIMultiDictProxy[str], peer: str, *, wait: timedelta, waited: float
    ) -> web.Response:
        """The refusal of a request whose turn did not come, by whoever lets requests work in turns: BUSY, in the words
        of the front at ``path``; come again after ``wait``. ``waited``: for how many seconds it was here."""
        record = Record(next(self._ids), refused=QUEUE)
        if front := self._front(path.partition("?")[0]):
            record.front = front.name
        response = self._refusal(record, RequestError(Fault.BUSY, back_off=wait))
        response.headers.update(ALWAYS)
        response.headers.setdefault(*UNLESS_TOLD)
        response.headers["X-Request-Id"] = response.headers["request-id"] = record.request_id
        if theirs := _theirs(headers):
            response.headers["client-request-id"] = theirs
        token = REQUEST_ID.set(record.request_id)
        self._tell(record, Fault.BUSY.value, response.status, waited, peer)
        REQUEST_ID.reset(token)
        return response

    def _let_hear(
        self,
        listener: Listener,
        request: web.BaseRequest,
        record: Record,
        response: web.Response,
        outcome: str,
        seconds: float,
    ) -> None:
        try:
            listener.hear(overheard(request, record, response, outcome=outcome, at=self._clock(), seconds=seconds))
        except Exception as error:  # noqa: BLE001  an answer is worth more than the capture of it
            _log.warning("not_captured", front=record.front, error=type(error).__name__)

    async def _answer(self, front: Front, request: web.BaseRequest, record: Record) -> tuple[web.Response, str]:
        try:
            return await front.answer(request, record), ""
        except RequestError as error:
            if isinstance(error, NoTurnError):
                record.refused = QUEUE
            return self._refusal(record, error), error.fault.value
        except Exception:  # noqa: BLE001  whatever it is, the caller gets a fault and no detail
            _log.exception("request_failed", front=record.front, caller=record.caller)
            return self._refusal(record, RequestError(Fault.INTERNAL)), Fault.INTERNAL.value

    def _refusal(self, record: Record, error: RequestError) -> web.Response:
        response = _FAULTS.get(record.front, _plain_fault)(record, error, self._clock())
        if error.fault in _UNREAD:
            response.force_close()  # the rest of the body is not worth reading
        if error.back_off is not None:
            response.headers["Retry-After"] = str(math.ceil(error.back_off.total_seconds()))
        return response

    def _front(self, path: str) -> Front | None:
        path = path.lower().rstrip("/") or "/"
        front = self._fronts.get(path)
        if front is None:
            front = next((one for prefix, one in self._prefixes.items() if path.startswith(prefix)), None)
        return front

    def _identify(self, response: web.Response, request: web.BaseRequest, record: Record) -> None:
        headers = response.headers
        headers.update(ALWAYS)
        headers.setdefault(*UNLESS_TOLD)
        headers["X-Request-Id"] = headers["request-id"] = record.request_id
        if theirs := _theirs(request.headers):
            headers["client-request-id"] = theirs

    def _tell(self, record: Record, outcome: str, status: int, seconds: float, peer: str) -> None:
        self._metrics.request(record.front or "none", record.caller, outcome, seconds)
        if record.front in _QUIET:
            return
        if record.refused:
            self._metrics.refused(record.refused)
        if record.outcomes:
            self._metrics.mailboxes(record.caller, record.outcomes)
        origin = {"address": peer} if record.refused else {}  # of a network, for whoever guards the door
        logs.tell(
            "request",
            front=record.front,
            caller=record.caller,
            refused=record.refused,
            operation=record.operation,
            mailboxes=record.mailboxes,
            outcomes=record.outcomes,
            outcome=outcome,
            status=status,
            ms=round(seconds * 1000, 2),
            **origin,
        )


def _theirs(headers: CIMultiDictProxy[str]) -> str:
    """The GUID by which the caller wants its request called; "" where it has none, or does not want it back."""
    theirs = headers.get("client-request-id")
    if theirs and headers.get("return-client-request-id", "").lower() == "true" and _GUID.fullmatch(theirs):
        return theirs
    return ""


def _status(error: RequestError) -> int:
    return _STATUS.get(error.fault, 500)


def _plain_fault(_: Record, error: RequestError, __: datetime) -> web.Response:
    return plain("the request failed", status=_status(error))


def _ews_fault(record: Record, error: RequestError, _: datetime) -> web.Response:
    envelope = _envelope(record) if record.per_mailbox else None
    codes = encode_refusal(envelope, error) if envelope else None
    if codes is not None:
        return xml(codes)
    # EWS clients read faults in nothing but SOAP's 500; of a server that cannot keep up they expect what IIS says: 503
    ours_to_mend = error.fault is Fault.BUSY and record.refused != QUEUE
    status = 500 if ours_to_mend else _status(error)
    return xml(encode_fault(error, back_off=error.back_off), status=status)


def _pox_fault(_: Record, error: RequestError, now: datetime) -> web.Response:
    status = _status(error)
    refused = status == 500  # [MS-OXDSCLI] tells errors in a whole answer
    response = xml(pox.encode_refusal(error, now), status=200 if refused else status)
    response.headers["X-SOAP-Enabled"] = "True"
    return response


def _autodiscover_fault(record: Record, error: RequestError, _: datetime) -> web.Response:
    soap = record.soap or autodiscover_soap.SOAP11
    content_type = autodiscover_soap.content_type(soap)
    return xml(autodiscover_soap.encode_fault(error, soap), status=_status(error), content_type=content_type)


_FAULTS: Final[Mapping[str, Callable[[Record, RequestError, datetime], web.Response]]] = {
    "ews": _ews_fault,
    "ews-federated": lambda record, error, now: as_asked(_ews_fault(record, error, now), record),
    "autodiscover-federated": _autodiscover_fault,
    "autodiscover-pox": _pox_fault,
    "autodiscover-soap": _autodiscover_fault,
    "google": google.fault,
    "graph": graph.fault,
    "token": token.fault,
    "caldav": outbox.fault,
}
"""How a front's callers are told what was wrong; all others get a line of plain text."""


def _envelope(record: Record) -> Envelope | None:
    if record.envelope is None and record.unparsed:
        try:
            record.envelope = read_envelope(record.unparsed)
        except RequestError:
            return None
    return record.envelope


def _ids() -> Iterator[str]:
    """GUIDs, as Exchange's own request-id: random for this process, then counted, which costs no call of the system."""
    digits = os.urandom(10).hex()
    start = f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-"
    return (f"{start}{number:012x}" for number in count(1))
