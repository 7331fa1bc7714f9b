"""Keeps the list of one move as a directory has it: asked every few minutes, believed only where it makes sense."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from protocols.model.movers import Mover
from proxy.apart import apart
from proxy.connector import Clock
from proxy.list_files import ListFileError, text_of
from proxy.moves import batches
from proxy.moves.board import Board
from proxy.moves.files import shrunk, stat_of
from proxy.moves.instants import instant, written
from proxy.moves.keeper import LOOK, Pause
from proxy.moves.slices import in_slices, stepping
from proxy.moves.sources import Source
from proxy.moves.table import SLICE
from routing.listing import Listing
from routing.moves import Move
from routing.sides import Sides
from routing.stages import Plan

_SOON: Final = timedelta(seconds=30)
_NEVER: Final = "not looked at yet"

_log = structlog.get_logger("busyline.moves")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a directory is believed: which ``batch`` everybody is, in the file ``plans``, how much their number may
    ``shrink`` from one answer to the next, and how often it is asked."""

    batch: str
    plans: Path | None
    shrink: float
    every: timedelta


class PollKeeper:
    """Until the directory has answered once, both sides are asked about everybody: that stands on the board before.

    Whoever it names first is taken to move then, where it knows no day: both calendars are joined from then on.
    Whoever it names no longer counts as rolled back since, so that both are joined for a while again. The file of
    batches is looked at as often as a list would be.
    """

    def __init__(
        self,
        source: Source,
        sides: Sides,
        board: Board,
        manner: Manner,
        *,
        clock: Clock,
        pause: Pause,
    ) -> None:
        self._source, self._sides, self._board = source, sides, board
        self._manner = manner
        self._clock, self._pause = clock, pause
        self._since: dict[str, int] = {}
        self._gone: dict[str, tuple[int, int]] = {}  # since when they had moved, and when they were named no longer
        self._due = clock()
        self._told = False
        self._seen: object = _NEVER
        self._fresh = False
        self._plan = Plan()
        self.left_out = 0
        self.trouble = ""
        self.failures = 0

    async def run(self) -> None:
        """Until cancelled. Never raises for what is wrong with a directory."""
        while True:
            await self.look()
            await self._pause(LOOK)

    async def look(self) -> None:
        """Ask the directory if it is time to, and read the plan of the batch if that changed."""
        try:
            changed = await self._read_plan()
            if self._clock() >= self._due:
                self._due = self._clock() + min(self._manner.every, _SOON)
                changed = self._take(await self._source.movers()) or changed
                self._due = self._clock() + self._manner.every
                self.trouble = ""
            if changed and self._told:
                await self._put()
        except ListFileError as error:
            self._refused(str(error))
        except Exception:  # noqa: BLE001  what nobody thought of must not end the watch: the old list is in force
            _log.exception("moves_failed", move=self._sides.name)
            self._refused("the list cannot be read: the log says where")

    async def _read_plan(self) -> bool:
        path = self._manner.plans
        if path is None:
            return False
        seen = await apart(lambda: stat_of(path), name="moves")
        first = self._seen is _NEVER
        changed, self._seen = seen != self._seen, seen
        if not first and (changed or not self._fresh):
            self._fresh = changed  # it may be written still: the next look tells
            return False
        self._fresh = False
        found = batches.plans(await apart(lambda: text_of(path), name="moves"), path)
        before, self._plan = self._plan, found.get(self._manner.batch, Plan())
        return self._plan != before

    def _take(self, movers: Sequence[Mover]) -> bool:
        """Whether anything is new in who has moved. Raises ListFileError where too many are gone at once."""
        now = int(self._clock().timestamp())
        if self._told and shrunk(len(self._since), len(movers), self._manner.shrink):
            raise ListFileError(
                f"the directory names {len(movers)} people instead of {len(self._since)}, and shrink = "
                f"{self._manner.shrink:g} allows less: put the others back, or restart to take it as it is"
            )
        since = {each.mailbox.address: _day(each) or self._since.get(each.mailbox.address, now) for each in movers}
        gone = {
            address: found for address, found in self._gone.items() if now < found[1] + self._sides.joined.after
        } | {address: (moved, now) for address, moved in self._since.items() if address not in since}
        gone = {address: found for address, found in gone.items() if address not in since}
        changed = not self._told or (since, gone) != (self._since, self._gone)
        self._since, self._gone, self._told = since, gone, True
        return changed

    async def _put(self) -> None:
        name, old = self._sides.name, self._board.move(self._sides.name)
        move = await in_slices(self._listed(Listing(self._sides, taken=self._board.others(name))))
        self._board.put(name, move)
        _log.info("moves_read", move=name, people=len(move.people), left_out=self.left_out)
        if old is not None:
            await in_slices(stepping(old.people.emptied()))

    def _listed(self, listing: Listing) -> Generator[None, None, Move]:
        """Groups hold others, too: whom no route leads to either side is left out and counted."""
        plans = {self._manner.batch: self._plan}
        everybody = [(address, since, self._manner.batch) for address, since in self._since.items()]
        for address, (since, gone) in self._gone.items():
            left = f"{self._manner.batch} until {written(gone)}"
            plans[left] = Plan(rolled_back_at=gone)
            everybody.append((address, since, left))
        out = 0
        for number, (address, since, batch) in enumerate(everybody):
            out += bool(listing.add(address, listing.kind(since, batch)))
            if number % SLICE == 0:
                yield
        self.left_out = out
        return Move(self._sides, listing.people, plans)

    def _refused(self, words: str) -> None:
        if words != self.trouble:
            _log.error("moves_refused", move=self._sides.name, what=words)
        self.trouble = words
        self.failures += 1


def _day(mover: Mover) -> int | None:
    """The day of the move, where the attribute tells it."""
    try:
        return instant(mover.value) if mover.value else None
    except ValueError:
        return None
