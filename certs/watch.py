"""Looks whether the files of a certificate hold another one, and waits while they are written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from certs.pair import Pair

_Signature: TypeAlias = tuple[tuple[int, int, int] | None, ...]


@dataclass(slots=True)
class Watch:
    """``read`` makes a pair of ``files``; :meth:`look` is called every few seconds.

    Files are written bit by bit and one after the other, and half of a chain may look whole: nothing is read before
    all of them have stayed the same from one look to the next.
    """

    files: Sequence[Path]
    read: Callable[[], Pair]
    _seen: _Signature = ()
    _fresh: bool = False

    def __post_init__(self) -> None:
        self._seen = self._signature()

    def look(self, *, now: bool = False) -> Pair | None:
        """What the files hold if it is new, else None; with ``now`` without waiting, new or not.

        Raises CertificateError, once for each state of the files.
        """
        signature = self._signature()
        changed, self._seen = signature != self._seen, signature
        if now:
            self._fresh = False
            return self.read()
        if changed or not self._fresh:
            self._fresh = changed
            return None
        self._fresh = False
        pair = self.read()
        return pair if self._signature() == signature else None  # else the next look sees that they changed

    def _signature(self) -> _Signature:
        """Changes with every write and with every link that is turned; a missing file counts as a state."""
        return tuple(_stat(path) for path in self.files)


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
