"""Keeps the list of one move up to date: notices within a fraction of a second that its files changed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeAlias

import structlog

from proxy.apart import apart
from proxy.list_files import ListFileError
from proxy.moves.board import Board
from proxy.moves.files import HastyError, MoveFiles, Signature, Texts
from proxy.moves.memory import Memory, kept, planned
from proxy.moves.slices import in_slices, stepping
from routing.moves import Move

LOOK: Final = timedelta(milliseconds=50)
SETTLE: Final = timedelta(milliseconds=25)
CALM: Final = timedelta(seconds=2)

Pause: TypeAlias = Callable[[timedelta], Awaitable[object]]

_log = structlog.get_logger("busyline.moves")


class FileKeeper:
    """Looks at the files of a move twenty times a second; what cannot be used is told, the old list stays.

    Files are written bit by bit: nothing is read before all of them have stayed the same from one look to the next,
    and what changed while it was read is read again. What may be half a list all the same (fewer people than before, a
    last line without its end) is believed once it has not changed for two seconds. ``pause`` waits; the list in force
    is on ``board``, where it is put first by who makes the keeper.
    """

    def __init__(self, files: MoveFiles, board: Board, *, seen: Signature, pause: Pause) -> None:
        self._files, self._board, self._pause = files, board, pause
        self._seen, self._fresh = seen, False
        self._version = board.version
        self._still, self._wait = timedelta(), timedelta()  # since when nothing changed, and how long that must be
        self._written: Memory | None = None
        self.trouble = ""
        self.failures = 0

    async def begin(self) -> None:
        """Write down what is in force at the start, and tell of a list that has nobody on it."""
        move = self._board.move(self._name)
        if move is not None:
            await self.remember(move)
            if not len(move.people):
                _log.warning("moves_nobody", move=self._name, what=f"{self._files.people} has nobody on it")

    async def run(self) -> None:
        """Until cancelled. Never raises for what is wrong with a file."""
        while True:
            length = SETTLE if self._fresh and not self._wait else LOOK
            await self._pause(length)
            self._still += length
            await self.look()

    async def look(self) -> None:
        """One look: notices a change, or reads what has settled since the last."""
        signature = await apart(self._files.signature, name="moves")
        changed, self._seen = signature != self._seen, signature
        if self.trouble and self._version != self._board.version:
            self._fresh = True  # another list changed: perhaps it was in the way
        if changed:
            self._still = self._wait = timedelta()
            self._fresh = True
            return
        if not self._fresh or self._still < self._wait:
            return
        self._fresh, self._version = False, self._board.version
        try:
            texts = await apart(self._files.texts, name="moves")
            if await apart(self._files.signature, name="moves") == signature:
                async with self._board.turn:
                    await self._take(texts)  # else the next look sees that they changed
        except HastyError:
            self._fresh, self._wait = True, CALM
        except ListFileError as error:
            self._refused(str(error))
        except Exception:  # noqa: BLE001  what nobody thought of must not end the watch: the old list is in force
            _log.exception("moves_failed", move=self._name)
            self._refused("the list cannot be read: the log says where")

    async def _take(self, texts: Texts) -> None:
        old = self._board.move(self._name)
        calm = self._still >= CALM
        new = await in_slices(self._files.load(texts, old, self._board.others(self._name), calm=calm))
        self._board.put(self._name, new)
        self._version, self.trouble = self._board.version, ""
        self._wait = timedelta()
        _log.info("moves_read", move=self._name, people=len(new.people), batches=len(new.plans))
        await self.remember(new)
        if old is not None and old.people is not new.people:
            await in_slices(stepping(old.people.emptied()))

    async def remember(self, move: Move) -> None:
        """Write down what a restart must know of the move, where that is new."""
        memory, path = Memory(people=len(move.people), planned=planned(move.plans)), self._files.state
        if path is not None and memory not in (self._written, self._files.before if self._written is None else None):
            await apart(lambda: kept(path, memory), name="moves")
        self._written = memory

    def _refused(self, words: str) -> None:
        if words != self.trouble:
            _log.error("moves_refused", move=self._name, what=words)
        self.trouble = words
        self.failures += 1

    @property
    def _name(self) -> str:
        return self._files.sides.name
