"""What pairs set up and what stood there before: each step as it begins and as it ends, for the way back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from sqlalchemy import func, insert, select, update

from galsync.pairs.pieces import Part
from galsync.pairs.tables import PAIR_STEPS
from service.state.database import Database


class State(Enum):
    """What became of a step."""

    BEGUN = "begun"
    """It was to be done, and nobody told how that ended: killed meanwhile. Perhaps it stands, perhaps half of it."""
    DONE = "done"
    HANDED = "handed"
    """A script holds it; whether somebody ran that is not known here."""
    FAILED = "failed"
    """Perhaps half of it stands."""
    UNDONE = "undone"
    LEFT = "left"
    """It was to be taken back and must not be, as the words say: it stands, and is looked at again by the next undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One step: ``was`` stood there before, ``did`` was to stand there after it; ``tenant`` is the id of the tenant
    that it was done at, "" for a file."""

    number: int
    part: Part
    key: str
    state: State
    was: str = field(repr=False)
    did: str = field(repr=False)
    words: str = ""
    tenant: str = ""
    begun_at: datetime


_TABLE: Final = PAIR_STEPS


class Record:
    """The memory of all pairs in one database. ``clock`` tells an aware instant. Every method raises StateError."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    async def begin(self, pair: str, part: Part, key: str, *, was: str, did: str, tenant: str = "") -> int:
        """Write down what is about to be done and what stands there now: the number of the row."""
        row = {"pair": pair, "part": part.value, "key": key, "state": State.BEGUN.value}
        row |= {"was": was, "did": did, "tenant": tenant}
        async with self._database.writing() as connection:
            made = await connection.execute(
                insert(_TABLE).values(**row, words="", begun_at=self._clock()).returning(_TABLE.c.number)
            )
            return int(made.scalar_one())

    async def end(self, number: int, state: State, words: str = "", *, did: str | None = None) -> None:
        """What became of it; ``did`` is what stands there more exactly than could be told before."""
        changed = update(_TABLE).where(_TABLE.c.number == number)
        values = {"state": state.value, "words": words, "ended_at": self._clock()}
        values |= {} if did is None else {"did": did}
        async with self._database.writing() as connection:
            await connection.execute(changed.values(**values))

    async def standing(self, pair: str) -> list[Row]:
        """All that was done or begun and not taken back, in the order in which it was."""
        asked = select(_TABLE).where(_TABLE.c.pair == pair, _TABLE.c.state != State.UNDONE.value)
        async with self._database.reading() as connection:
            rows = (await connection.execute(asked.order_by(_TABLE.c.number))).all()
        return [
            Row(
                number=row.number,
                part=Part(row.part),
                key=row.key,
                state=State(row.state),
                was=row.was,
                did=row.did,
                words=row.words,
                tenant=row.tenant,
                begun_at=row.begun_at,
            )
            for row in rows
        ]

    async def last(self, pair: str) -> int:
        """The number of the newest row, whatever became of it; 0 before the first."""
        asked = select(func.max(_TABLE.c.number)).where(_TABLE.c.pair == pair)
        async with self._database.reading() as connection:
            return int(await connection.scalar(asked) or 0)
