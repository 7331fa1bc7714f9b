"""Remembers which forwarders were set for people who moved, and what stood there before."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Boolean, Column, Table, Text, delete, select

from galsync.forwarding.forwards import Forward
from galsync.forwarding.shifts import Record
from service.state.columns import METADATA, Instant, Plain
from service.state.database import Database
from service.state.upserting import upsert

FORWARDERS: Final = Table(
    "gal_move_forwarders",
    METADATA,
    Column("move", Plain, primary_key=True),
    Column("directory", Plain, primary_key=True),
    Column("mailbox", Plain, primary_key=True),
    Column("key", Plain, nullable=False),
    Column("before_to", Plain, nullable=False),
    Column("before_copy", Boolean, nullable=False),
    Column("before_how", Text, nullable=False),
    Column("after_to", Plain, nullable=False),
    Column("after_copy", Boolean, nullable=False),
    Column("after_how", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
"""What stood at a mailbox and what was put in its place; service/state/migrations makes it."""
_F: Final = FORWARDERS.c
_KEYS: Final = {"move", "directory", "mailbox"}
_CHANGED: Final = tuple(column.name for column in FORWARDERS.columns if column.name not in _KEYS)


class Records:
    """What was written for the people of one move at one directory. ``clock`` tells an aware instant.

    What stood there is kept before anything is written, and what was written after that. Methods raise StateError.
    """

    def __init__(self, database: Database, *, move: str, directory: str, clock: Callable[[], datetime]) -> None:
        self._database, self._move, self._directory, self._clock = database, move, directory, clock

    async def everything(self) -> Mapping[str, Record]:
        """By the address of the mailbox that forwards."""
        where = (_F.move == self._move, _F.directory == self._directory)
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(FORWARDERS).where(*where))).all()
        return {
            row.mailbox: Record(
                key=row.key,
                before=Forward(row.before_to, row.before_copy, row.before_how),
                after=Forward(row.after_to, row.after_copy, row.after_how),
                done=row.done,
            )
            for row in rows
        }

    async def keep(self, mailbox: str, record: Record) -> None:
        """In place of what was known of the mailbox."""
        row = {
            "move": self._move,
            "directory": self._directory,
            "mailbox": mailbox,
            "key": record.key,
            "before_to": record.before.to,
            "before_copy": record.before.copy,
            "before_how": record.before.how,
            "after_to": record.after.to,
            "after_copy": record.after.copy,
            "after_how": record.after.how,
            "done": record.done,
            "changed_at": self._clock(),
        }
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, FORWARDERS, _CHANGED), [row])

    async def forget(self, mailbox: str) -> None:
        """Nothing of ours stands there any more."""
        where = (_F.move == self._move, _F.directory == self._directory, _F.mailbox == mailbox)
        async with self._database.writing() as connection:
            await connection.execute(delete(FORWARDERS).where(*where))
