"""One connection from outside: aiohttp's, with a time for everything that a stranger can draw out, and plain words."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import structlog
from aiohttp import HttpVersion10, HttpVersion11, web
from aiohttp.http_exceptions import BadHttpMessage, ContentEncodingError, LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from aiohttp.web_protocol import RequestHandler, _ErrInfo

SERVER_NAME = "Busyline"  # without a version: nobody outside needs to know it
LINE, HEAD, HEADERS = 8 * 1024, 16 * 1024, 100  # bytes of a line, bytes and number of all headers together
_SPOKEN: Final = frozenset({HttpVersion10, HttpVersion11})
_WORDS: Final = {
    400: "the request is not readable",
    408: "the request took too long to arrive",
    414: "the request's address is too long",
    415: "the body's encoding is not understood",
    431: "the request's headers are too long",
    505: "only HTTP/1.1 is spoken here",
}

_log = structlog.get_logger("busyline.door")

Leave: TypeAlias = Callable[["Visit"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited, in seconds: for the TLS handshake and each request's head, for its body (and for the caller
    to take an answer), and between requests. ``linger``: for a body that nobody reads. ``stranger``: between requests
    where nobody has proved itself on the connection. ``settling``: how long a connection without any request yet is
    spared where its place is wanted."""

    head: float = 15.0
    body: float = 30.0
    idle: float = 120.0
    linger: float = 1.0
    stranger: float = 120.0
    settling: float = 2.0


class Visit(RequestHandler):
    """Beyond aiohttp's: every stage has its time, the head its size, and no answer a word of HTML or a version.

    A head that does not arrive is answered 408, or by silence where not a byte of it came; a body that does not is a
    TimeoutError for whoever reads it. A caller that takes no answer is cut off. ``heard`` is called with each request,
    ``rests`` once all of a stranger's are answered, ``left`` once when the connection is over. :attr:`known` says that
    somebody has proved itself here, or that a reverse proxy has its callers here: they may rest for longer. Once
    :attr:`parting`, whoever keeps the connection is sent elsewhere.
    """

    __slots__ = (
        "_arriving",
        "_asked",
        "_flush",
        "_head_size",
        "_heard",
        "_left",
        "_patience",
        "_rest",
        "_rests",
        "_timer",
        "known",
        "parting",
    )

    def __init__(
        self, *arguments: Any, patience: Patience, heard: Leave, rests: Leave, left: Leave, **options: Any
    ) -> None:
        super().__init__(
            *arguments,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's way of saying that there is none
            keepalive_timeout=patience.idle,
            lingering_time=patience.linger,
            max_line_size=LINE,
            max_field_size=HEAD - 1,  # tells the two kinds of LineTooLong apart, and is less than what all may have
            max_headers=HEADERS,
            **options,
        )
        self._patience, self._heard, self._rests, self._left = patience, heard, rests, left
        self.known = self.parting = False
        self._asked = 0  # and not answered yet
        self._rest: asyncio.TimerHandle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._flush: asyncio.TimerHandle | None = None
        self._arriving: StreamReader = EMPTY_PAYLOAD
        self._head_size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The time for the first head begins."""
        super().connection_made(transport)
        self._timer = self._loop.call_later(self._patience.head, self._head_is_late)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nothing is waited for any more."""
        self._stop_timer()
        self._stop_rest()
        if self._flush is not None:
            self._flush.cancel()
        if self._task_handler is not None and not self._request_in_progress:
            self._task_handler.cancel()  # it may have been woken already, for a request that nobody takes an answer to
        super().connection_lost(exc)
        self._left(self)

    def data_received(self, data: bytes) -> None:
        """Hand ``data`` to the parser, and see what is still to come."""
        before, complete = self._request_count, self._arriving.is_eof()
        super().data_received(data)
        if self._request_count != before:
            self._begun(self._request_count - before, len(data))
        elif not data:
            return
        elif not complete:
            if self._timer is not None and self._arriving.is_eof():
                self._stop_timer()
        elif not (self._buffer_paused or self._upgraded):
            self._head_goes_on(len(data))

    def pause_writing(self) -> None:
        """The caller does not take what we send: not for ever."""
        super().pause_writing()
        self._give_up_later()

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None

    def part(self) -> None:
        """From now on each answer is the last."""
        self.parting = True

    def force_close(self) -> None:
        """As aiohttp's; what the caller does not take is not kept for it."""
        if self.transport is not None:
            self._give_up_later()
        super().force_close()

    async def start(self) -> None:
        """Until the last answer is handed to the transport; then it has its time to be taken."""
        await super().start()
        if self.transport is not None:
            self._give_up_later()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """As aiohttp's; after the last answer the time to rest begins.

        Once the visit is parting, the answer says that it is the last on this connection; but whoever asked for more
        already, in one go, is answered that first (RFC 9112 9.3.2).
        """
        if self.parting and not self._messages:
            resp.force_close()
        found = await super().finish_response(request, resp, start_time)
        self._one_is_answered()
        return found

    def log_exception(self, *args: Any, exc_info: BaseException | None = None, **_: Any) -> None:
        """What a caller sent beside a request that is answered already may be unreadable: that is no fault of ours."""
        if isinstance(exc_info, web.RequestPayloadError):
            _log.info("unreadable_body")
        else:
            _log.error("connection_failed", exc_info=exc_info)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what is no request: one line of plain text, and the end of the connection."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        status = _status(status, exc)
        response = web.Response(status=status, text=_WORDS.get(status, "the request failed") + "\n")
        response.headers["Server"] = SERVER_NAME
        response.headers["X-Content-Type-Options"] = "nosniff"
        if status == 415:
            response.headers["Accept-Encoding"] = "gzip, deflate"  # RFC 9110 12.5.3
        response.force_close()
        return response

    def _begun(self, number: int, size: int) -> None:
        """As many requests have their heads; the last one's body may still come."""
        self._stop_timer()
        self._asked = max(self._asked, 0) + number
        if not self.known:  # who is known keeps its place, and has been heard before
            self._stop_rest()
            self._heard(self)
        sizeable, self._head_size = size + self._head_size > HEAD, 0
        for place in range(-number, 0):
            message, _ = self._messages[place]
            if isinstance(message, _ErrInfo):
                continue
            if message.version not in _SPOKEN:
                self._refuse(place, 505)
            elif sizeable and sum(len(name) + len(value) + 4 for name, value in message.raw_headers) > HEAD:
                self._refuse(place, 431)
        self._arriving = self._messages[-1][1]
        if not self._arriving.is_eof():
            self._timer = self._loop.call_later(self._patience.body, self._body_is_late)

    def _one_is_answered(self) -> None:
        self._asked -= 1
        if self._asked <= 0 and not self.known and self.transport is not None:
            self._stop_rest()
            self._rest = self._loop.call_later(self._patience.stranger, self._rested)
            self._rests(self)

    def _head_goes_on(self, size: int) -> None:
        self._head_size += size
        if self._head_size > HEAD + LINE:  # the parser counts one header at a time
            self._end(431)
        elif self._timer is None:
            self._stop_rest()  # from here on it is the head's time
            self._timer = self._loop.call_later(self._patience.head, self._head_is_late)

    def _head_is_late(self) -> None:
        self._timer = None
        if self._head_size or self._request_count:
            self._end(408)
        else:
            self.force_close()

    def _body_is_late(self) -> None:
        self._timer = None
        self._arriving.set_exception(TimeoutError("the body did not arrive"))

    def _refuse(self, place: int, status: int) -> None:
        payload = self._messages[place][1]
        self._messages[place] = (_ErrInfo(status, ValueError(_WORDS[status]), ""), payload)

    def _end(self, status: int) -> None:
        """Answer ``status`` after all that was asked before, and read no more."""
        self._messages.append((_ErrInfo(status, ValueError(_WORDS[status]), ""), EMPTY_PAYLOAD))
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        self._pause_transport_reading()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rested(self) -> None:
        self._rest = None
        if self._waiter is not None and not self._waiter.done():
            self.force_close()

    def _stop_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _give_up_later(self) -> None:
        if self._flush is None and self.transport is not None:
            self._flush = self._loop.call_later(self._patience.body, self.transport.abort)


def proved(request: web.BaseRequest) -> None:
    """Whoever sent ``request`` has proved who it is: its connection may rest for longer, and keeps its place."""
    if isinstance(visit := request.protocol, Visit):
        visit.known = True


def _status(status: int, error: BaseException | None) -> int:
    if isinstance(error, ContentEncodingError):  # it names one that we have no decoder for
        return 415
    if isinstance(error, LineTooLong):
        return 414 if error.args[1] == LINE else 431
    if isinstance(error, BadHttpMessage) and "Too many headers" in error.message:
        return 431
    return status
