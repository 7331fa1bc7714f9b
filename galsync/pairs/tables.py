"""The table of what pairs set up; service/state/migrations makes it."""

from typing import Final

from sqlalchemy import Column, Index, Table, Text

from service.state.columns import METADATA, ROW_NUMBER, Instant, Plain

PAIR_STEPS: Final = Table(
    "gal_pair_steps",
    METADATA,
    Column("number", ROW_NUMBER, primary_key=True),
    Column("pair", Plain, nullable=False),
    Column("part", Text, nullable=False),
    Column("key", Plain, nullable=False),
    Column("state", Text, nullable=False),
    Column("was", Plain, nullable=False),
    Column("did", Plain, nullable=False),
    Column("tenant", Plain, nullable=False),
    Column("words", Plain, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "pair", "number"),
    sqlite_autoincrement=True,  # the number of a row is never given again: a plan goes by it
)
