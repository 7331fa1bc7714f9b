"""What is done about the ledger in a thread: entries become lines once, in their order, and lines go to the disk."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from proxy.connector import Clock
from proxy.ledger.entry import Entry, Name, render
from proxy.ledger.files import Files

_AGAIN: Final = timedelta(hours=1)
_log = structlog.get_logger("busyline.ledger")


class Scribe:
    """Between :meth:`write` and its end nothing else of it may be called but the counts."""

    def __init__(self, files: Files, *, name: Name, clock: Clock) -> None:
        self._files, self._name, self._clock = files, name, clock
        self._entries: list[Entry] = []
        self._lines: list[bytes] = []
        self._pruned = date.min
        self._not_pruned_at: datetime | None = None
        self.lost = 0

    @property
    def directory(self) -> Path:
        """Where it writes."""
        return self._files.directory

    @property
    def unwritten(self) -> int:
        """How many requests it has taken that are not on the disk."""
        return len(self._entries) + len(self._lines)

    def take(self, entries: Iterable[Entry]) -> None:
        """Those to write next, after all that came before."""
        self._entries += entries

    def prepare(self) -> None:
        """Make the directory, and tell where others may look into it. Raises OSError."""
        self._files.prepare()
        if self._files.open_to_others:
            note = f"others may look into it: chmod 0700 {self.directory}"
            _log.warning("ledger_directory", directory=str(self.directory), note=note)

    def write(self) -> None:
        """Write down to the disk what was taken; all of it stays where that raises, whatever it raises.

        An entry that cannot be rendered is lost, told and counted, once. Old files go with every new day.
        """
        for entry in self._entries:
            if line := self._line(entry):
                self._lines.append(line)
        self._entries.clear()
        now = self._clock().astimezone(UTC)
        self._prune(now)
        if self._lines:
            self._files.append(b"".join(self._lines), now.date())
            self._lines.clear()

    def close(self) -> None:
        """Close the file, if there is one. Raises OSError."""
        self._files.close()

    def _line(self, entry: Entry) -> bytes:
        try:
            return render(entry, self._name)
        except Exception:  # noqa: BLE001  one entry must not hold up all others
            _log.exception("ledger_entry_not_written", request_id=entry.request)
            self.lost += 1
            return b""

    def _prune(self, now: datetime) -> None:
        failed = self._not_pruned_at
        if self._pruned == now.date() or (failed is not None and failed <= now < failed + _AGAIN):
            return
        try:
            self._files.prune(now.date())
        except Exception as error:  # noqa: BLE001  what is too old must not hold up what is new
            self._not_pruned_at = now
            note = f"{in_words(error)}; remove by hand what is older than it may be, and mend the permissions"
            _log.error("ledger_not_pruned", directory=str(self.directory), note=note)
        else:
            self._pruned, self._not_pruned_at = now.date(), None


def in_words(error: Exception) -> str:
    """What the system calls it; the kind of the error where it is not the system's."""
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
