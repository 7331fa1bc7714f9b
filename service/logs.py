"""Structured logs: one line of JSON (or of the console) per event, cheap enough for one line per request."""

import asyncio
import atexit
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, BinaryIO, Final, Literal, TypeAlias

import orjson
import structlog
from structlog.typing import Processor

from service import traces

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being answered; every line logged meanwhile carries it, however deep."""

_SECOND = 1.0
_INFO = 20
_log = structlog.get_logger("busyline.request")
_ATOM: Final = 4096

Style: TypeAlias = Literal["json", "console"]
_Event: TypeAlias = MutableMapping[str, Any]
Render: TypeAlias = Callable[[_Event], bytes]


class Lines:
    """Events on their way out: rendered and written together, since a line rendered and flushed alone costs most.

    Warnings and errors go out at once, the rest within a second or when ``most`` wait. Where no event loop runs, every
    event goes out at once. ``whole``: others write to the same pipe, which keeps apart what is written at once up to
    :data:`_ATOM` bytes (POSIX write, PIPE_BUF).
    """

    def __init__(self, stream: BinaryIO, render: Render, *, most: int = 256, whole: bool = False) -> None:
        self._stream = stream
        self._whole = whole
        self._render = render
        self._most = most
        self._most_now = most
        self._waiting: list[_Event] = []

    def __call__(self, *_: object) -> "Lines":
        """structlog's logger factory: everybody writes to this one."""
        return self

    def write(self, event: _Event) -> None:
        """Take one event, which nobody changes any more."""
        if not self._waiting and not self._flush_later():
            self._most_now = 1
        self._waiting.append(event)
        if len(self._waiting) >= self._most_now:
            self.flush()

    def write_through(self, event: _Event) -> None:
        """Take one event and let it out at once."""
        self.write(event)
        self.flush()

    def flush(self) -> None:
        """Let everything out. Where nobody reads any more, the lines are lost and the service lives on.

        An event that cannot be written down is a line that says so.
        """
        if not self._waiting:
            return
        events, self._waiting, self._most_now = self._waiting, [], self._most
        lines = [self._line(event) for event in events]
        try:
            for text in _atoms(lines) if self._whole else [b"".join(lines)]:
                self._stream.write(text)
                self._stream.flush()
        except (OSError, ValueError):
            return

    def _line(self, event: _Event) -> bytes:
        try:
            return self._render(event) + b"\n"
        except Exception as error:  # noqa: BLE001  whatever is in it, the other lines and the requests go on
            return orjson.dumps(_instead(event, error)) + b"\n"

    def _flush_later(self) -> bool:
        try:
            asyncio.get_running_loop().call_later(_SECOND, self.flush)
        except RuntimeError:
            return False
        return True

    debug = info = msg = log = write
    warning = error = critical = exception = failure = fatal = write_through


def _atoms(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines, as many together as nobody else's line can part; one that is longer stands alone."""
    text = b""
    for line in lines:
        if text and len(text) + len(line) > _ATOM:
            yield text
            text = b""
        text += line
    yield text


def configure(style: Style = "json", *, stream: BinaryIO | None = None, level: int = 20, worker: int = 0) -> Lines:
    """Set up the logs of the process (level as in :mod:`logging`: 20 is info); colours for a terminal alone.

    One of several processes that write to the same stream names its number, ``worker``: each line carries it, and no
    line stands within another's.
    """
    out = stream if stream is not None else sys.stderr.buffer
    rendered = _as_colours if style == "console" and out.isatty() else _RENDERS[style]
    lines = Lines(out, rendered, whole=worker > 0)
    atexit.register(lines.flush)
    numbered = [partial(_numbered, worker)] if worker else []
    _direct.lines, _direct.worker = lines if level <= _INFO else None, worker
    _direct.chain = [_mark, *numbered, _exception_text, _handed_over]
    structlog.configure(
        processors=_direct.chain,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lines,
        cache_logger_on_first_use=False,
    )
    return lines


def tell(event: str, **values: object) -> None:
    """An info as structlog's loggers tell it, at half the cost: for what is told with every request."""
    lines, chain = _direct.lines, _direct.chain
    if lines is None or structlog.get_config()["processors"] is not chain or chain[0] is not _mark:
        _log.info(event, **values)  # somebody else listens
    else:
        values["event"] = event
        if _direct.worker:
            values["worker"] = _direct.worker
        lines.write(_mark(None, "info", values))


def hear(loop: asyncio.AbstractEventLoop) -> None:
    """What fails in ``loop`` where nobody waits for it is a line like all others: asyncio's words quote anything."""
    loop.set_exception_handler(_failed_alone)


def _failed_alone(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    log, error = structlog.get_logger("busyline.loop"), context.get("exception")
    what = str(context.get("message", ""))
    if isinstance(error, RuntimeError) and "handler is closed" in str(error):
        log.info("connection_broken", what=what)  # uvloop writes to a peer that has just gone
    else:
        log.error("failed_alone", what=what, exc_info=error)


@dataclass(slots=True)
class _Direct:
    """Where lines go, and what they go through: structlog's own list, in which a test may put something else."""

    lines: Lines | None = None
    worker: int = 0
    chain: list[Processor] = field(default_factory=list)


_direct = _Direct()


def _mark(_: object, method: str, event: _Event) -> _Event:
    event["level"] = "error" if method == "exception" else method
    event["time"] = time.time_ns()
    request_id = REQUEST_ID.get()
    if request_id:
        event.setdefault("request_id", request_id)
    return event


def _numbered(worker: int, _: object, __: str, event: _Event) -> _Event:
    event["worker"] = worker
    return event


def _handed_over(_: object, __: str, event: _Event) -> tuple[tuple[_Event], dict[str, Any]]:
    """What structlog calls the logger with: the event itself, to be rendered when it goes out."""
    return (event,), {}


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _exception_text(_: object, __: str, event: _Event) -> _Event:
    shown = event.pop("exc_info", None)
    error = shown if isinstance(shown, BaseException) else shown[1] if isinstance(shown, tuple) else sys.exception()
    if shown and error is not None:
        event["exception"] = traces.told(error)
    return event


def _instead(event: _Event, error: Exception) -> dict[str, str]:
    """What can always be written of an event that cannot; its values may be the reason."""
    name = ascii(event.get("event", "")).strip("'")
    return {"event": "line_not_written", "level": "error", "of": name, "error": type(error).__name__}


def _timed(event: _Event) -> _Event:
    """A copy: an event that is rendered twice must not be changed by the first time."""
    seconds, fraction = divmod(event["time"], 1_000_000_000)
    return {**event, "time": f"{_second(seconds)}.{fraction // 1_000_000:03}+00:00"}


def _as_json(event: _Event) -> bytes:
    return orjson.dumps(_timed(event), default=str, option=orjson.OPT_NON_STR_KEYS)


def _as_text(event: _Event) -> bytes:
    return _PLAIN(None, event["level"], _timed(event)).encode("utf-8", "backslashreplace")


def _as_colours(event: _Event) -> bytes:
    return _COLOURED(None, event["level"], _timed(event)).encode("utf-8", "backslashreplace")


_PLAIN, _COLOURED = (
    structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)
    for colours in (False, True)
)
_RENDERS: dict[Style, Render] = {"json": _as_json, "console": _as_text}
