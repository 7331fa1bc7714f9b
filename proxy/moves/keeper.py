"""Keeps the list of one move up to date: notices within a fraction of a second that its files changed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeAlias

import structlog

from proxy.apart import apart
from proxy.list_files import ListFileError
from proxy.moves.board import Board
from proxy.moves.files import MoveFiles, Signature, Texts
from proxy.moves.slices import in_slices, stepping

LOOK: Final = timedelta(milliseconds=100)
SETTLE: Final = timedelta(milliseconds=50)

Pause: TypeAlias = Callable[[timedelta], Awaitable[object]]

_log = structlog.get_logger("busyline.moves")


class FileKeeper:
    """Looks at the files of a move ten times a second; what cannot be used is told, the old list stays.

    Files are written bit by bit: nothing is read before all of them have stayed the same from one look to the next,
    and what changed while it was read is read again. ``pause`` waits; the list in force is on ``board``, where it is
    put first by who makes the keeper.
    """

    def __init__(self, files: MoveFiles, board: Board, *, seen: Signature, pause: Pause) -> None:
        self._files, self._board, self._pause = files, board, pause
        self._seen, self._fresh = seen, False
        self._version = board.version
        self.trouble = ""
        self.failures = 0

    async def run(self) -> None:
        """Until cancelled. Never raises for what is wrong with a file."""
        while True:
            await self._pause(SETTLE if self._fresh else LOOK)
            await self.look()

    async def look(self) -> None:
        """One look: notices a change, or reads what has settled since the last."""
        signature = await apart(self._files.signature, name="moves")
        changed, self._seen = signature != self._seen, signature
        if self.trouble and self._version != self._board.version:
            self._fresh = True  # another list changed: perhaps it was in the way
        if changed or not self._fresh:
            self._fresh = self._fresh or changed
            return
        self._fresh, self._version = False, self._board.version
        try:
            texts = await apart(self._files.texts, name="moves")
            if await apart(self._files.signature, name="moves") == signature:
                await self._take(texts)  # else the next look sees that they changed
        except ListFileError as error:
            self._refused(str(error))
        except Exception:  # noqa: BLE001  what nobody thought of must not end the watch: the old list is in force
            _log.exception("moves_failed", move=self._name)
            self._refused("the list cannot be read: the log says where")

    async def _take(self, texts: Texts) -> None:
        old = self._board.move(self._name)
        new = await in_slices(self._files.load(texts, old, self._board.others(self._name)))
        self._board.put(self._name, new)
        self._version, self.trouble = self._board.version, ""
        _log.info("moves_read", move=self._name, people=len(new.people), batches=len(new.plans))
        if old is not None and old.people is not new.people:
            await in_slices(stepping(old.people.emptied()))

    def _refused(self, words: str) -> None:
        if words != self.trouble:
            _log.error("moves_refused", move=self._name, what=words)
        self.trouble = words
        self.failures += 1

    @property
    def _name(self) -> str:
        return self._files.sides.name
