"""Tells the syncs of address books who has moved: reads the lists of [[moves]], or asks the directories that keep them.

galsync never hears of the proxy: this is where the two are joined.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from console.configuration import Configuration
from galsync.people.moved import Moved, Mover, Moving, Side, UnreadableListError
from galsync.settings import SyncSettings
from galsync.settings.moves import SIDES, SyncMoveSettings
from protocols.model.freebusy import Answer, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy import wiring
from proxy.list_files import ListFileError
from proxy.moves.files import Taken, told_wrong
from proxy.moves.opening import files_of, sides_of
from proxy.moves.slices import at_once
from proxy.routes import ways_of
from proxy.settings.moves import AttributePeople, GroupPeople, MoveSettings
from routing.aliases import Aliases
from routing.moves import Move
from routing.stages import NO_PLAN, Plan
from routing.ways import Ways
from service.secrets import SecretError


@dataclass(frozen=True, slots=True, kw_only=True)
class AsIf:
    """A batch as if its plan were already another one: ``change`` makes it, of the old one and of now."""

    move: str
    batch: str
    change: Callable[[Plan, int], Plan]

    def of(self, move: Move, now: datetime) -> Move:
        """``move`` with that plan, where it is the one."""
        if move.sides.name != self.move:
            return move
        plan = self.change(move.plans.get(self.batch, NO_PLAN), int(now.timestamp()))
        return Move(move.sides, move.people, {**move.plans, self.batch: plan})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Where the lists stand; ``clock`` tells aware UTC. ``as_if`` is what has not been written down yet."""

    configuration: Configuration
    directory: Path
    clock: Callable[[], datetime]
    as_if: AsIf | None = None

    def moving(self, sync: SyncSettings, *, only: frozenset[str] | None = None) -> Moving | None:
        """What ``sync`` is told of its moves, anew at each run; None where it names none. ``only``: of Moving."""
        return Moving(read=partial(self.moved, sync), only=only) if sync.moves else None

    async def moved(self, sync: SyncSettings) -> Moved:
        """What the moves of ``sync`` say now. Raises UnreadableListError."""
        lists = await self.read(dict.fromkeys(each.name for each in sync.moves))
        now = self.clock()
        return await asyncio.to_thread(self._said, sync.moves, lists, now)

    def _said(self, moves: Sequence[SyncMoveSettings], lists: Mapping[str, Move], now: datetime) -> Moved:
        aliases = self._aliases()
        people = {name: [_with_aliases(each, aliases) for each in movers(move, now)] for name, move in lists.items()}
        told: dict[str | None, list[tuple[Side, Sequence[Mover]]]] = {}
        for each in moves:
            told.setdefault(each.source, []).append((SIDES[each.side], people[each.name]))
        if None in told:
            return Moved.of(told[None])
        return Moved.of_each({source: Moved.of(sides) for source, sides in told.items() if source})

    def _aliases(self) -> Aliases:
        """Raises UnreadableListError: whoever is known by an alias would have an entry in silence."""
        try:
            return ways_of(self.configuration, self.directory).table.aliases
        except (ListFileError, OSError) as error:
            raise UnreadableListError(str(error)) from None

    async def read(self, names: Iterable[str]) -> Mapping[str, Move]:
        """The lists of these moves as they are now. Raises UnreadableListError."""
        settings = {move.name: move for move in self.configuration.moves}
        found: dict[str, Move] = {}
        for name in names:
            try:
                move = await self._one(settings[name])
            except ListFileError as error:
                raise UnreadableListError(told_wrong(str(error))) from None
            except (SecretError, OSError) as error:
                raise UnreadableListError(f'[[moves]] "{name}": {error}') from None
            found[name] = self.as_if.of(move, self.clock()) if self.as_if is not None else move
        return found

    async def _one(self, settings: MoveSettings) -> Move:
        if isinstance(settings.people, GroupPeople | AttributePeople):
            teller = settings.source if settings.people.of == "from" else settings.target
            return await self._asked(settings, teller)
        return await asyncio.to_thread(self._filed, settings)  # fifty thousand lines: others want answers meanwhile

    def _filed(self, settings: MoveSettings) -> Move:
        ways = ways_of(self.configuration, self.directory)
        return _loaded(settings, ways, self.directory, self._others(settings, ways))

    def _others(self, settings: MoveSettings, ways: Ways) -> Taken:
        """The people of the lists before it, whom it may not name as well; one that is wrong names nobody."""
        found: list[Move] = []
        for each in self.configuration.moves:
            if each is settings:
                break
            if isinstance(each.people, str) and each.people.startswith("file:"):
                with suppress(ListFileError):
                    found.append(_loaded(each, ways, self.directory, [(m.sides.name, m.people) for m in found]))
        return [(move.sides.name, move.people) for move in found]

    async def _asked(self, settings: MoveSettings, teller: str) -> Move:
        """What the directory of the connector ``teller`` says; no secret of another is read."""
        idle = {name: _Idle() for name in self.configuration.connectors if name != teller}
        alone = self.configuration.model_copy(update={"callers": (), "moves": (settings,)})
        building = wiring.build(alone, directory=self.directory, clock=self.clock, connectors=idle, listen=False)
        async with building as proxy:
            if (move := proxy.moves.move(settings.name)) is None:
                raise ListFileError(f'[[moves]] "{settings.name}": its directory does not say who has moved')
            return move


def movers(move: Move, now: datetime, *, batch: str | None = None) -> Sequence[Mover]:
    """Everybody on the list, or those of one batch, in its order."""
    return [
        Mover(each.address, each.there, each.stage.there)
        for each in move.standing(now)
        if batch is None or each.batch == batch
    ]


def _with_aliases(mover: Mover, aliases: Aliases) -> Mover:
    if not aliases:
        return mover
    others = {each for one in (mover.left, mover.new) for each in aliases.others(Mailbox.parse(one))}
    return replace(mover, also=tuple(sorted(others - {mover.left, mover.new})))


def _loaded(settings: MoveSettings, ways: Ways, directory: Path, taken: Taken) -> Move:
    files = files_of(settings, sides_of(settings, ways.table), directory)
    return at_once(files.load(files.texts(), None, taken))


class _Idle:
    """Stands where a directory is asked and no calendar."""

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """Nothing is known here, of anybody."""
        del question
        return [Unavailable(mailbox=mailbox, reason=Reason.PEER_FAILED, detail="not opened") for mailbox in mailboxes]
