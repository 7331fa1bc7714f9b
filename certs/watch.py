"""Looks whether the files of a certificate hold another one, and waits where they are only half written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from certs.pair import CertificateError, Pair

_Signature: TypeAlias = tuple[tuple[int, int, int] | None, ...]


@dataclass(slots=True)
class Watch:
    """``read`` makes a pair of ``files``; :meth:`look` is called every few seconds.

    Chain and key are two files, and whoever writes them writes one after the other: what cannot be used together is
    an error only once it has stayed so from one look to the next.
    """

    files: Sequence[Path]
    read: Callable[[], Pair]
    _seen: _Signature = ()
    _doubtful: bool = False

    def __post_init__(self) -> None:
        self._seen = self._signature()

    def look(self, *, now: bool = False) -> Pair | None:
        """What the files hold if it is new, else None; with ``now`` without waiting, new or not.

        Raises CertificateError, once for each state of the files.
        """
        signature = self._signature()
        changed = signature != self._seen
        self._seen = signature
        if not (changed or self._doubtful or now):
            return None
        settled = self._doubtful and not changed
        self._doubtful = False
        try:
            return self.read()
        except CertificateError:
            if settled or now:
                raise
            self._doubtful = True
            return None

    def _signature(self) -> _Signature:
        """Changes with every write and with every link that is turned; a missing file counts as a state."""
        return tuple(_stat(path) for path in self.files)


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
