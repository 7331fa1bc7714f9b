"""The tables of the address-book syncs; service/state/migrations makes them."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from service.runs.journal import Books, runs_table
from service.runs.leases import leases
from service.runs.pauses import pauses
from service.state.columns import METADATA, ROW_NUMBER, Instant, Plain

AGREEMENTS: Final = Table(
    "gal_agreements",
    METADATA,
    Column("sync", Plain, primary_key=True),
    Column("place", Plain, primary_key=True),
    Column("anchor", Plain, primary_key=True),
    Column("key", Plain, nullable=False),
    Column("address", Plain, nullable=False),
    Column("fields", Text, nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("more", LargeBinary),
    Column("retired_at", Instant),
    Index(None, "sync", "place", "address"),
)
"""``fields`` names, with spaces between, what ``digests`` holds one after the other; ``more`` is what few have."""

RUNS: Final = runs_table("gal_runs", "sync")

STEPS: Final = Table(
    "gal_steps",
    METADATA,
    Column("number", ROW_NUMBER, primary_key=True),
    Column("run", ROW_NUMBER, ForeignKey(RUNS.c.number, ondelete="CASCADE"), nullable=False),
    Column("place", Plain, nullable=False),
    Column("anchor", Plain, nullable=False),
    Column("act", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("key", Plain, nullable=False),
    Column("words", Plain, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index(None, "run", "number"),
    sqlite_autoincrement=True,
)
"""``key`` names the object after the step; ``content`` is the rest of it, as written_down.py beside this writes it."""

TOKENS: Final = Table(
    "gal_tokens",
    METADATA,
    Column("sync", Plain, primary_key=True),
    Column("source", Plain, primary_key=True),
    Column("text", Plain, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("people", Integer, nullable=False),
)

BOOKS: Final = Books(runs=RUNS, steps=STEPS, of="sync", whole=("apply", "purge"))
"""An undo does not look at everything."""

PAUSES: Final = pauses("gal_pauses", "sync")

LEASES: Final = leases("gal_leases", "sync")
