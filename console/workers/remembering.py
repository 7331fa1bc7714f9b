"""Makes the directory in which the workers of one service remember signed messages, and takes it away at the end."""

import os
import shutil
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Final

from console.workers.plan import Plan
from proxy.auth.shared_replays import Seen
from proxy.connector import Clock, utc_now
from service.turns import Turn

_MEMORY: Final = Path("/dev/shm")  # noqa: S108  only a directory of our own in it, which nobody else can enter
_NAME: Final = "busyline-seen-"
_KEY_BYTES: Final = 32
_LEFT: Final = timedelta(minutes=1)  # without a write; until then its parent may be about to take its turn


class Remembering:
    """One directory for one service, made when its configuration first needs one, until :meth:`end`.

    ``places``: where it may lie, the best first; on a memory file system where there is one. What a parent that was
    killed left behind there is removed.
    """

    def __init__(self, places: Sequence[Path] = (), *, clock: Clock = utc_now) -> None:
        self._places, self._clock = places, clock
        self._seen: Seen | None = None
        self._turn: Turn | None = None

    def told(self, plan: Plan) -> Plan:
        """``plan`` with the directory, where there is anything to remember. Raises OSError.

        A directory that somebody removed is made anew: what was answered before is refused then, as at a start.
        """
        if plan.configuration.federation is None:
            return plan
        if self._seen is None or not self._seen.directory.is_dir():
            self.end()
            self._seen, self._turn = self._made()
        return replace(plan, seen=self._seen)

    def end(self) -> None:
        """Take it away; everybody who used it has ended."""
        if self._seen is not None and self._turn is not None:
            shutil.rmtree(self._seen.directory, ignore_errors=True)
            self._turn.end()
        self._seen = self._turn = None

    def _made(self) -> tuple[Seen, Turn]:
        failed: OSError | None = None
        for place in self._places or (_MEMORY, Path(tempfile.gettempdir())):
            try:
                self._tidy(place)
                directory = Path(tempfile.mkdtemp(prefix=_NAME, dir=place))
                turn = _held(directory)
            except OSError as error:
                failed = error
            else:
                return Seen(directory=directory, since=self._clock(), key=token_bytes(_KEY_BYTES)), turn
        raise failed or FileNotFoundError("no directory for temporary files")

    def _tidy(self, place: Path) -> None:
        """Remove what lies there of our user's, if the parent that made it is gone."""
        for each in place.glob(f"{_NAME}*"):
            with suppress(OSError):  # another parent that starts removes it, too
                found = each.lstat()
                old = self._clock().timestamp() - found.st_mtime > _LEFT.total_seconds()
                if old and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
                    turn = Turn(each)
                    if turn.taken():
                        shutil.rmtree(each)
                        turn.end()


def _held(directory: Path) -> Turn:
    """The turn of the parent, without which others, and whoever tidies temporary files, take it for left behind.

    Raises OSError, and the directory is gone, where files cannot have two names.
    """
    turn, one, other = Turn(directory), directory / "one", directory / "other"
    try:
        turn.taken()
        one.touch(0o600)
        other.hardlink_to(one)
        other.unlink()
        one.unlink()
    except OSError:
        turn.end()
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return turn
