"""Remembers messages for all processes of one service: each is a name in a directory, which can be made only once."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

from proxy.auth.replays import REMEMBERED
from proxy.connector import Clock
from proxy.settings.federation import LONGEST_SKEW

_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_STEP: Final = 60  # seconds: messages that end in one minute lie together, and are forgotten together
_AT_ONCE: Final = 16  # that whoever comes by forgets
_DIGEST: Final = 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where the messages of one service are remembered. ``directory`` is its user's alone, and was empty at ``since``.

    ``key``: 32 random bytes; names are digests by it, which tell nothing and which no sender can choose.
    """

    directory: Path
    since: datetime
    key: bytes = field(repr=False)

    @classmethod
    def told(cls, message: Mapping[str, Any]) -> Self:
        """What :meth:`message` told."""
        since = datetime.fromisoformat(message["since"])
        return cls(directory=Path(message["directory"]), since=since, key=bytes.fromhex(message["key"]))

    def message(self) -> dict[str, str]:
        """For another process of the service, and nobody else."""
        return {"directory": str(self.directory), "since": self.since.isoformat(), "key": self.key.hex()}

    def name(self, kind: bytes, of: bytes) -> str:
        """The name of a file that stands for ``of``; kinds never share one."""
        return hashlib.blake2b(of, key=self.key, person=kind, digest_size=_DIGEST).hexdigest()


class SharedReplays:
    """The memory of one caller, in a directory that others of the service use at the same time.

    A message is a link to a file of its caller's, in a folder of the minute in which it ends: the system makes a link
    for one process only, counts those of a file, and needs no space on the disk for them. Messages of all callers lie
    together, so that one is known whoever its domain belongs to by then; how many one caller may have is a matter of
    its own file (65,000 on ext4, whatever ``size`` says). What any ``clock_skew`` would accept is remembered, since a
    new configuration may have another. Whoever comes by removes a few that are out of date.
    """

    def __init__(self, seen: Seen, caller: str, *, clock: Clock, size: int = REMEMBERED) -> None:
        self._seen, self._clock, self._size = seen, clock, size
        self._file = seen.directory / f"of-{seen.name(b'caller', caller.encode())}"

    def saw(self, mark: bytes, expires: datetime, *, now: datetime) -> bool:
        """Whether ``mark`` is remembered. Raises OSError."""
        self._forget(now)
        try:
            self._place(mark, expires).lstat()
        except FileNotFoundError:
            return False  # or all of it is gone, which :meth:`note` finds out
        return True

    def full(self, *, now: datetime) -> float:
        """Seconds until one more can be remembered, at least, and 0 where it can be now. Raises OSError.

        So many processes as note at the same moment may exceed the size by as many messages.
        """
        self._forget(now)
        if self._links() <= self._size:
            return 0.0
        oldest = min(self._minutes(), default=0)
        return max(1.0, (_forgotten_at(oldest) - now).total_seconds())

    def note(self, mark: bytes, expires: datetime) -> bool:
        """Remember ``mark``; whether nobody had. Raises OSError: it is not known whether it is remembered."""
        place = self._place(mark, expires)
        self._links()
        with suppress(FileExistsError):
            place.parent.mkdir(_FOLDER_MODE)
        try:
            os.link(self._file, place)
        except FileExistsError:
            return False
        return self._clock() < expires + LONGEST_SKEW  # later, the same may have been here and forgotten

    def _place(self, mark: bytes, expires: datetime) -> Path:
        return self._seen.directory / str(int(expires.timestamp()) // _STEP) / self._seen.name(b"message", mark)

    def _links(self) -> int:
        """To the caller's file, its own name among them; it is made where it is not there."""
        with suppress(FileNotFoundError):
            return self._file.lstat().st_nlink
        with suppress(FileExistsError):
            os.close(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE))
        return self._file.lstat().st_nlink

    def _minutes(self) -> Iterator[int]:
        return (int(each.name) for each in self._seen.directory.iterdir() if each.name.isdigit())

    def _forget(self, now: datetime) -> None:
        oldest = min(self._minutes(), default=None)
        if oldest is None or _forgotten_at(oldest) > now:
            return
        folder = self._seen.directory / str(oldest)
        with suppress(FileNotFoundError):  # another process is at it, too
            with os.scandir(folder) as found:
                names = [each.name for each in islice(found, _AT_ONCE)]
            for name in names:
                with suppress(FileNotFoundError):
                    (folder / name).unlink()
            if len(names) < _AT_ONCE:
                folder.rmdir()


def _forgotten_at(minute: int) -> datetime:
    return datetime.fromtimestamp((minute + 1) * _STEP, UTC) + LONGEST_SKEW


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMemories:
    """Memories that all processes of a service share, which began with the service."""

    seen: Seen
    clock: Clock
    size: int = REMEMBERED

    @property
    def since(self) -> datetime:
        """When the directory was empty."""
        return self.seen.since

    def of(self, caller: str) -> SharedReplays:
        """That of the caller of this name."""
        return SharedReplays(self.seen, caller, clock=self.clock, size=self.size)

    def doubts(self) -> list[str]:
        """A directory that is gone does not come back by itself."""
        if self.seen.directory.is_dir():
            return []
        where = self.seen.directory
        return [f"signed messages cannot be remembered: {where} is gone; send the parent SIGUSR1, or start it anew"]
