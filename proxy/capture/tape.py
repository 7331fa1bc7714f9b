"""One capture while it runs: which requests are the caller's, and their way from memory into the file."""

import os
from collections import deque
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Final

import orjson
import structlog

from proxy.capture.folder import new_file, opened
from proxy.capture.heard import Heard
from proxy.capture.journal import Header, entry
from proxy.capture.order import Order
from proxy.capture.pseudonyms import Pseudonyms

_MOST_WAITING: Final = 500
_MOST_MEMORY: Final = 64 * 1024 * 1024
_MOST_STRANGERS: Final = 50
_MOST_SOURCES: Final = 1000
_MEMORY_OF_STRANGERS: Final = timedelta(minutes=1)
_FOR_THE_END: Final = 1024  # the last line has room, whatever was kept

_log = structlog.get_logger("busyline.capture")


class Tape:
    """``heard`` is called on the event loop and takes no time; ``write`` in a thread, and takes all of it.

    A request that proved nobody belongs to the caller whose proof came from the same place within a minute, before or
    after: who calls often knocks without credentials first. The file never grows over ``max_size`` bytes.
    """

    def __init__(self, order: Order, header: Header, path: Path, *, key: bytes, host: str, max_size: int) -> None:
        """Raises OSError where the file cannot be made."""
        self.order, self.path = order, path
        self.kept = self.missed = 0
        self.large = False  # the next request would have been too much for the file
        self._max_size, self._size = max_size, 0
        self._header, self._host = header, host
        self._pseudonyms = Pseudonyms(key)
        self._taken = self._memory = 0
        self._waiting: deque[Heard] = deque()
        self._strangers: deque[Heard] = deque(maxlen=_MOST_STRANGERS)
        self._sources: set[tuple[str, str]] = set()
        self._over = False
        self._lock = Lock()  # for what hears and what writes share: how many wait, and how much that is
        with opened(path.parent) as folder:
            self._file = os.fdopen(new_file(path.name, folder), "wb")
        self._line(orjson.dumps(header.as_json()))

    @property
    def full(self) -> bool:
        """Whether no more is taken: as many as were ordered were, or as much as the file holds."""
        return self.large or self._taken >= self.order.requests

    def hear(self, heard: Heard) -> None:
        """Take the request if it is the caller's."""
        with self._lock:
            self._hear(heard)

    def write(self) -> None:
        """Write down what waits, line by line. Raises OSError."""
        while (heard := self._next()) is not None:
            try:
                line = orjson.dumps(entry(heard, self._pseudonyms, self._header, self.kept + 1, self._host))
            except Exception as error:  # noqa: BLE001  whatever a caller may send: the capture and the server go on
                _log.warning("not_captured", error=type(error).__name__)
                self._miss()
                continue
            if self.large or self._size + len(line) + _FOR_THE_END > self._max_size:
                self.large = True
                self._miss()
                continue
            self._line(line)
            self.kept += 1

    def end(self, why: str) -> None:
        """Write down what waits and why it ended, and close the file; the key of the pseudonyms is gone with it.

        Raises OSError, and has closed the file then, too.
        """
        with self._lock:
            self._over = True
            self._strangers.clear()
        try:
            self.write()
            self._line(orjson.dumps({"ended": why, "kept": self.kept, "missed": self.missed}))
        finally:
            self._waiting.clear()
            self._pseudonyms = Pseudonyms(b"")
            self._file.close()

    def _hear(self, heard: Heard) -> None:
        if self._over:
            return
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

    def _next(self) -> Heard | None:
        with self._lock:
            if not self._waiting:
                return None
            heard = self._waiting.popleft()
            self._memory -= heard.size
            return heard

    def _miss(self) -> None:
        with self._lock:
            self.missed += 1

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

    def _line(self, line: bytes) -> None:
        self._file.write(line + b"\n")
        self._file.flush()  # whatever ends the process, it leaves half a line at most
        self._size += len(line) + 1
