"""What is in force now: one list for each move, shown together to whoever looks for ways."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from protocols.model.mailbox import Mailbox
from routing.moves import Everybody, Move, Moves, Told
from routing.people import People
from routing.stages import Stage
from routing.ways import Ways

_NOBODY: Final[Counter[Stage]] = Counter()


class Board:
    """The moves by name, followed by ``ways`` as soon as they are put here.

    ``version`` counts what was put: a list that was refused because of another may do after it. ``turn`` is held by
    whoever reads a list until it is in force: what it was held against does not change meanwhile. ``doubts`` say in
    words, by the name of the move, why its list could not be read at all; ``left_out``, by address, who is named by a
    directory and cannot be found from here, and why.
    """

    def __init__(self, ways: Ways, clock: Callable[[], datetime]) -> None:
        self._ways, self._clock = ways, clock
        self._moves: dict[str, Move | Everybody] = {}
        self.version = 0
        self.turn = asyncio.Lock()
        self.doubts: dict[str, str] = {}
        self.left_out: dict[str, Mapping[str, str]] = {}
        self._counted: dict[str, tuple[datetime, Counter[Stage]]] = {}

    def put(self, name: str, move: Move | Everybody) -> None:
        """From the next question on, ``move`` is in force under this name."""
        self._moves[name] = move
        self.version += 1
        self._counted.pop(name, None)
        self._ways.follow(Moves(tuple(self._moves.values()), self._clock))

    def move(self, name: str) -> Move | None:
        """The list in force; None where there is none, or none yet."""
        move = self._moves.get(name)
        return move if isinstance(move, Move) else None

    def told(self, mailbox: Mailbox) -> Told | None:
        """What the lists in force know of whoever has the mailbox's address."""
        return Moves(tuple(self._moves.values()), self._clock).told(mailbox)

    def others(self, name: str) -> list[tuple[str, People]]:
        """The people of all other lists: nobody may be on two."""
        return [(each, move.people) for each, move in self._moves.items() if each != name and isinstance(move, Move)]

    def count(self, name: str, stage: Stage) -> int:
        """How many people of the move are at the stage now. Counted once for all stages of one look at the metrics."""
        move, now = self.move(name), self._clock()
        if move is None:
            return 0
        when, found = self._counted.get(name, (None, _NOBODY))
        if when is None or abs((now - when).total_seconds()) >= 1:
            found = Counter()
            for (_, each), people in move.counts(now).items():
                found[each] += people
            self._counted[name] = now, found
        return found[stage]
