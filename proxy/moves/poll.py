"""Keeps the list of one move as a directory has it: asked every few minutes, believed only where it makes sense."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover
from proxy.apart import apart
from proxy.connector import Clock
from proxy.list_files import ListFileError, text_of
from proxy.moves import batches
from proxy.moves.board import Board
from proxy.moves.files import shrunk, stat_of
from proxy.moves.instants import instant, written
from proxy.moves.keeper import LOOK, Pause
from proxy.moves.memory import Memory, kept, planned
from proxy.moves.slices import in_slices, stepping
from proxy.moves.sources import Source
from proxy.moves.table import SLICE
from routing.backwards import Backwards
from routing.listing import Listing
from routing.moves import Move
from routing.sides import Sides
from routing.stages import Plan

_SOON: Final = timedelta(seconds=30)
_MOST_TOLD: Final = 5

_log = structlog.get_logger("busyline.moves")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a directory is believed: which ``batch`` everybody is, in the file ``plans``, how much their number may
    ``shrink`` from one answer to the next, and how often it is asked.

    ``via`` is the connector whose directory it is, and by whose addresses it names people. ``state`` is the file of
    what a restart must know; ``before``: what that told at the start.
    """

    batch: str
    plans: Path | None
    shrink: float
    every: timedelta
    via: str
    state: Path | None = None
    before: Memory = field(default_factory=Memory)


class PollKeeper:
    """Until the directory has answered once, both sides are asked about everybody: that stands on the board before.

    Whoever it names first is taken to move then, where it knows no day: both calendars are joined from then on.
    Whoever it names no longer counts as rolled back since, so that both are joined for a while again. A first answer
    that names nobody is not believed: perhaps it is the wrong group. The file of batches is looked at as often as a
    list would be; it is read first when this is made, which raises ListFileError.
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
        self._since: Mapping[str, int] = dict(manner.before.since)
        self._gone: Mapping[str, tuple[int, int]] = dict(manner.before.gone)  # since when moved, and when gone
        self._due = clock()
        self._told = self._in_force = self._fresh = False
        self._seen = None if manner.plans is None else stat_of(manner.plans)
        self._plan = self._first_plan()
        self._written = manner.before
        self._backwards = Backwards(sides.table)
        self._wrong = self._wrong_plan = ""
        self.left_out: Mapping[str, str] = {}
        self.failures = 0

    @property
    def trouble(self) -> str:
        """Why what the directory or the file of batches says is not in force, in words; "" where it is."""
        return self._wrong_plan or self._wrong

    async def run(self) -> None:
        """Until cancelled. Never raises for what is wrong with a directory."""
        while True:
            await self.look()
            await self._pause(LOOK)

    async def look(self) -> None:
        """Ask the directory if it is time to, and read the plan of the batch if that changed."""
        changed = await self._read_plan()
        try:
            if asked := self._clock() >= self._due:
                self._due = self._clock() + min(self._manner.every, _SOON)
                changed = self._take(await self._source.movers()) or changed
                self._due = self._clock() + self._manner.every
            if self._told and (changed or (asked and not self._in_force)):
                self._in_force = False
                async with self._board.turn:
                    await self._put()
                self._in_force = True
            if asked:
                self._wrong = ""
        except ListFileError as error:
            self._wrong = self._refused(str(error), self._wrong)
        except Exception:  # noqa: BLE001  what nobody thought of must not end the watch: the old list is in force
            _log.exception("moves_failed", move=self._sides.name)
            self._wrong = self._refused("the list cannot be read: the log says where", self._wrong)

    async def _read_plan(self) -> bool:
        """Whether the plan is another one now."""
        path = self._manner.plans
        if path is None:
            return False
        seen = await apart(lambda: stat_of(path), name="moves")
        changed, self._seen = seen != self._seen, seen
        if changed or not self._fresh:
            self._fresh = changed  # it may be written still: the next look tells
            return False
        self._fresh = False
        before = self._plan
        try:
            self._plan = self._planned(await apart(lambda: text_of(path), name="moves"), path, planned=before != Plan())
        except ListFileError as error:
            self._wrong_plan = self._refused(str(error), self._wrong_plan)
        else:
            self._wrong_plan = ""
        return self._plan != before

    def _first_plan(self) -> Plan:
        path = self._manner.plans
        known = self._manner.batch in self._manner.before.planned
        return Plan() if path is None else self._planned(text_of(path), path, planned=known)

    def _planned(self, text: str, path: Path, *, planned: bool) -> Plan:
        """The plan of the batch. Raises ListFileError where it is gone although something was ``planned``."""
        found = batches.plans(text, path).get(self._manner.batch)
        if found is None and planned:
            words = f'the batch "{self._manner.batch}" is gone, of which something was planned'
            raise ListFileError(f"{path}: {words}: write it again, with empty fields where nothing is planned any more")
        return found or Plan()

    def _take(self, movers: Sequence[Mover]) -> bool:
        """Whether anything is new in who has moved. Raises ListFileError where too many are gone at once."""
        now = int(self._clock().timestamp())
        if not movers and not self._told and not self._since:
            raise ListFileError("the directory names nobody, so that both sides are asked: name the right group")
        if shrunk(len(self._since), len(movers), self._manner.shrink):
            raise ListFileError(
                f"the directory names {len(movers)} people instead of {len(self._since)}, and shrink = "
                f"{self._manner.shrink:g} allows less: put the others back, or raise shrink and restart"
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
        if not len(move.people) and self._since:
            first = next(iter(self.left_out.values()))
            raise ListFileError(f"nobody whom the directory names can move here, so that the others stay: {first}")
        self._board.put(name, move)
        self._board.left_out[name] = self.left_out
        _log.info("moves_read", move=name, people=len(move.people), left_out=len(self.left_out))
        if self.left_out:
            told = list(self.left_out.values())[:_MOST_TOLD]
            _log.warning("moves_left_out", move=name, people=len(self.left_out), what=told)
        await self._remember()
        if old is not None:
            await in_slices(stepping(old.people.emptied()))

    async def _remember(self) -> None:
        path, plans = self._manner.state, planned({self._manner.batch: self._plan})
        memory = Memory(people=len(self._since), planned=plans, since=self._since, gone=self._gone)
        if path is not None and memory != self._written:
            await apart(lambda: kept(path, memory), name="moves")
        self._written = memory

    def _listed(self, listing: Listing) -> Generator[None, None, Move]:
        """Groups hold others, too: whom no route leads to either side is left out and told."""
        plans = {self._manner.batch: self._plan}
        everybody = [(address, since, self._manner.batch) for address, since in self._since.items()]
        for address, (since, gone) in self._gone.items():
            left = f"{self._manner.batch} until {written(gone)}"
            plans[left] = Plan(rolled_back_at=gone)
            everybody.append((address, since, left))
        out: dict[str, str] = {}
        for number, (address, since, batch) in enumerate(everybody):
            names = self._backwards.asked(self._manner.via, Mailbox.parse(address))
            if words := listing.add_all(names, listing.kind(since, batch)):
                out[address] = words
            if number % SLICE == 0:
                yield
        self.left_out = out
        return Move(self._sides, listing.people, plans)

    def _refused(self, words: str, before: str) -> str:
        if words != before:
            _log.error("moves_refused", move=self._sides.name, what=words)
        self.failures += 1
        return words


def _day(mover: Mover) -> int | None:
    """The day of the move, where the attribute tells it."""
    try:
        return instant(mover.value) if mover.value else None
    except ValueError:
        return None
