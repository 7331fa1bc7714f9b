"""One capture while it runs: which requests are the caller's, and their way from memory into the file."""

import os
from collections import deque
from datetime import timedelta
from pathlib import Path
from typing import Final

import orjson
import structlog

from proxy.capture.heard import Heard
from proxy.capture.journal import Header, entry
from proxy.capture.order import Order
from proxy.capture.pseudonyms import Pseudonyms

_MOST_WAITING: Final = 500
_MOST_MEMORY: Final = 64 * 1024 * 1024
_MOST_STRANGERS: Final = 50
_MOST_SOURCES: Final = 1000
_MEMORY_OF_STRANGERS: Final = timedelta(minutes=1)

_log = structlog.get_logger("busyline.capture")


class Tape:
    """``heard`` is called on the event loop and takes no time; ``write`` in a thread, and takes all of it.

    A request that proved nobody belongs to the caller whose proof came from the same place within a minute, before or
    after: who calls often knocks without credentials first.
    """

    def __init__(self, order: Order, header: Header, path: Path, *, key: bytes, host: str) -> None:
        self.order, self.path = order, path
        self.kept = self.missed = 0
        self._header, self._host = header, host
        self._pseudonyms = Pseudonyms(key)
        self._taken = self._memory = 0
        self._waiting: deque[Heard] = deque()
        self._strangers: deque[Heard] = deque(maxlen=_MOST_STRANGERS)
        self._sources: set[tuple[str, str]] = set()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._line(header.as_json())
        self._file.flush()

    @property
    def full(self) -> bool:
        """Whether as many requests were taken as were ordered."""
        return self._taken >= self.order.requests

    def hear(self, heard: Heard) -> None:
        """Take the request if it is the caller's."""
        if heard.caller == self.order.caller:
            if heard.source not in self._sources and len(self._sources) < _MOST_SOURCES:
                self._sources.add(heard.source)
            self._take_strangers(heard)
            self._take(heard)
        elif not heard.caller:
            if self.order.strangers or heard.source in self._sources:
                self._take(heard)
            else:
                self._strangers.append(heard)

    def write(self) -> None:
        """Write down what waits. Raises OSError."""
        while self._waiting:
            heard = self._waiting.popleft()
            self._memory -= heard.size
            try:
                line = entry(heard, self._pseudonyms, self._header, self.kept + 1, self._host)
            except Exception as error:  # noqa: BLE001  whatever a caller may send: the capture and the server go on
                _log.warning("not_captured", error=type(error).__name__)
                self.missed += 1
                continue
            self._line(line)
            self.kept += 1
        self._file.flush()

    def end(self, why: str) -> None:
        """Write down what waits and why it ended, and close the file; the key of the pseudonyms is gone with it."""
        try:
            self.write()
            self._line({"ended": why, "kept": self.kept, "missed": self.missed})
        finally:
            self._strangers.clear()
            self._waiting.clear()
            self._pseudonyms = Pseudonyms(b"")
            self._file.close()

    def _take(self, heard: Heard) -> None:
        if self.full:
            return
        if len(self._waiting) >= _MOST_WAITING or self._memory + heard.size > _MOST_MEMORY:
            self.missed += 1
            return
        self._taken += 1
        self._memory += heard.size
        self._waiting.append(heard)

    def _take_strangers(self, caller: Heard) -> None:
        if not self._strangers:
            return
        waiting, self._strangers = self._strangers, deque(maxlen=_MOST_STRANGERS)
        for heard in waiting:
            if heard.source != caller.source:
                self._strangers.append(heard)
            elif caller.at - heard.at <= _MEMORY_OF_STRANGERS:
                self._take(heard)

    def _line(self, value: object) -> None:
        self._file.write(orjson.dumps(value) + b"\n")
