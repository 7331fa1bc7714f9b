"""Structured logs: one line of JSON (or of the console) per event, cheap enough for one line per request."""

import asyncio
import atexit
import sys
import time
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO, Literal, TypeAlias

import orjson
import structlog

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being answered; every line logged meanwhile carries it, however deep."""

_SECOND = 1.0

Style: TypeAlias = Literal["json", "console"]
_Event: TypeAlias = MutableMapping[str, Any]


class Lines:
    """Lines on their way out, in a buffer: a line flushed alone costs more than everything else about it.

    Warnings and errors go out at once, the rest within a second or when the buffer is full. Where no event loop runs,
    every line goes out at once.
    """

    def __init__(self, stream: BinaryIO, limit: int = 32_768) -> None:
        self._stream = stream
        self._limit = limit
        self._limit_now = limit
        self._waiting: list[bytes] = []
        self._size = 0

    def __call__(self, *_: object) -> "Lines":
        """structlog's logger factory: everybody writes to this one."""
        return self

    def write(self, line: bytes) -> None:
        """Take one line, without its end."""
        if not self._waiting and not self._flush_later():
            self._limit_now = 0
        self._waiting.append(line)
        self._size += len(line) + 1
        if self._size > self._limit_now:
            self.flush()

    def write_through(self, line: bytes) -> None:
        """Take one line and let it out at once."""
        self.write(line)
        self.flush()

    def flush(self) -> None:
        """Let everything out. Where nobody reads any more, the lines are lost and the service lives on."""
        if not self._waiting:
            return
        text = b"\n".join(self._waiting) + b"\n"
        self._waiting, self._size, self._limit_now = [], 0, self._limit
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            return

    def _flush_later(self) -> bool:
        try:
            asyncio.get_running_loop().call_later(_SECOND, self.flush)
        except RuntimeError:
            return False
        return True

    debug = info = msg = log = write
    warning = error = critical = exception = failure = fatal = write_through


def configure(style: Style = "json", *, stream: BinaryIO | None = None, level: int = 20) -> Lines:
    """Set up the logs of the process (level as in :mod:`logging`: 20 is info)."""
    lines = Lines(stream if stream is not None else sys.stderr.buffer)
    atexit.register(lines.flush)
    ending = (
        [_exception_text, _as_json]
        if style == "json"
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback), _as_bytes]
    )
    structlog.configure(
        processors=[_mark, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lines,
        cache_logger_on_first_use=False,
    )
    return lines


def _mark(_: object, method: str, event: _Event) -> _Event:
    event["level"] = "error" if method == "exception" else method
    seconds, fraction = divmod(time.time_ns(), 1_000_000_000)
    event["time"] = f"{_second(seconds)}.{fraction // 1_000_000:03}+00:00"
    request_id = REQUEST_ID.get()
    if request_id:
        event.setdefault("request_id", request_id)
    return event


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _exception_text(_: object, __: str, event: _Event) -> _Event:
    return structlog.processors.format_exc_info(_, __, event) if event.get("exc_info") else event


def _as_json(_: object, __: str, event: _Event) -> bytes:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS)


def _as_bytes(_: object, __: str, event: Any) -> bytes:
    return str(event).encode("utf-8", "backslashreplace")
