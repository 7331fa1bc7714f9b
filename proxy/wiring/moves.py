"""Opens the moves of the settings: lists in force at the start, and whoever keeps them up to date."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from proxy.connector import Clock
from proxy.list_files import ListFileError
from proxy.moves.board import Board
from proxy.moves.files import told_wrong
from proxy.moves.keeper import FileKeeper, Pause
from proxy.moves.memory import recalled
from proxy.moves.opening import files_of, plans_of, sides_of, state_of
from proxy.moves.poll import Manner, PollKeeper
from proxy.moves.slices import at_once
from proxy.moves.sources import Source
from proxy.settings.moves import ASK, AttributePeople, GroupPeople, MoveSettings
from proxy.split_brain import SplitBrain
from routing.moves import Everybody
from routing.stages import Stage
from routing.ways import Ways
from service.metrics import Metrics


class Keeper(Protocol):
    """What keeps one list up to date."""

    @property
    def trouble(self) -> str:
        """Why the newest list is not in force, in words; "" where it is."""
        ...

    @property
    def failures(self) -> int:
        """How many lists were refused so far."""
        ...

    async def run(self) -> None:
        """Until cancelled."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What the moves are opened with; ``directory`` is where their files are, ``stack`` ends their keepers.

    ``source`` opens the directory that a move is told by. Raises ListFileError, SecretError, OSError.
    """

    directory: Path
    ways: Ways
    clock: Clock
    metrics: Metrics
    stack: AsyncExitStack
    source: Callable[[MoveSettings], Awaitable[Source]]
    pause: Pause | None = None


async def follow(
    moves: tuple[MoveSettings, ...], following: Following, *, keep: bool
) -> tuple[Board, SplitBrain | None]:
    """The lists, read and in force, and who sees both sides' answers; with ``keep`` they stay up to date.

    Raises ListFileError, in words, for all lists that cannot be used: a server does not start with one. Whoever only
    asks in process goes on with both sides asked about everybody, and the board's ``doubts`` tell why.
    """
    board = Board(following.ways, following.clock)
    wrong: list[str] = []
    keepers: dict[str, Keeper] = {}
    for settings in moves:
        try:
            if (keeper := await _opened(settings, board, following, keep=keep)) is not None:
                keepers[settings.name] = keeper
        except ListFileError as error:
            if keep or not _doubted(settings, board, following, str(error)):
                wrong.append(str(error))
    if wrong:
        raise ListFileError("\n".join(wrong))
    for settings in moves:
        _count(settings.name, board, keepers.get(settings.name), following.metrics)
    await _kept(keepers, following, keep=keep)
    return board, _split_brain(following) if moves else None


def _doubted(settings: MoveSettings, board: Board, following: Following, words: str) -> bool:
    """Whether both sides can be asked about everybody instead."""
    try:
        sides = sides_of(settings, following.ways.table)
    except ListFileError:
        return False
    board.doubts[settings.name] = told_wrong(words)
    board.put(settings.name, Everybody(sides, "who has moved cannot be read, so both are asked"))
    return True


async def _kept(keepers: Mapping[str, Keeper], following: Following, *, keep: bool) -> None:
    """An operator who asks in process is told what the directories say now, and needs nothing kept up to date."""
    for name, keeper in keepers.items():
        if keep:
            if isinstance(keeper, FileKeeper):
                await keeper.begin()
            following.stack.push_async_callback(_ended, asyncio.create_task(keeper.run(), name=f"moves {name}"))
        elif isinstance(keeper, PollKeeper):
            await keeper.look()


def _split_brain(following: Following) -> SplitBrain:
    split = SplitBrain(clock=following.clock)
    words = "People found to use both calendars although they have moved, each once an hour at most"
    following.metrics.read("busyline_split_brain_total", words, lambda: float(split.count))
    return split


async def _opened(settings: MoveSettings, board: Board, following: Following, *, keep: bool) -> Keeper | None:
    sides = sides_of(settings, following.ways.table)
    people = settings.people
    if people == ASK:
        board.put(settings.name, Everybody(sides))
        return None
    pause = following.pause or _sleep
    if isinstance(people, GroupPeople | AttributePeople):
        board.put(settings.name, Everybody(sides, "the directory has not said yet who has moved, so both are asked"))
        return PollKeeper(
            await following.source(settings),
            sides,
            board,
            Manner(
                batch=people.batch,
                plans=plans_of(settings, following.directory),
                shrink=settings.shrink,
                every=people.every,
                via=settings.source if people.of == "from" else settings.target,
                state=state_of(settings, following.directory) if keep else None,
                before=recalled(state_of(settings, following.directory)),
            ),
            clock=following.clock,
            pause=pause,
        )
    files = files_of(settings, sides, following.directory)
    seen = files.signature()
    board.put(settings.name, at_once(files.load(files.texts(), None, board.others(settings.name))))
    return FileKeeper(files, board, seen=seen, pause=pause)


def _count(name: str, board: Board, keeper: Keeper | None, metrics: Metrics) -> None:
    people, refused = "People on the list of a move, by where they are", "Lists of a move that were refused"
    for stage in Stage:
        labels = {"move": name, "state": stage.value}
        metrics.read("busyline_moves_people", people, partial(_people, board, name, stage), labels=labels)
    if keeper is not None:
        labels = {"move": name}
        metrics.read("busyline_moves_refused_total", refused, lambda: float(keeper.failures), labels=labels)
        stale = "Whether the newest list of a move is not in force, because it was refused"
        metrics.read("busyline_moves_stale", stale, lambda: float(bool(keeper.trouble)), labels=labels)
    if isinstance(keeper, PollKeeper):
        out = "People whom a directory names as moving and who cannot be found from here"
        metrics.read("busyline_moves_left_out", out, lambda: float(len(keeper.left_out)), labels={"move": name})


def _people(board: Board, name: str, stage: Stage) -> float:
    return float(board.count(name, stage))


async def _sleep(length: timedelta) -> None:
    await asyncio.sleep(length.total_seconds())


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
