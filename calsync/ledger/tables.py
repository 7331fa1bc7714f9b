"""The tables of the hubs; service/state/migrations makes them."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from service.runs.journal import Books, runs_table
from service.runs.leases import leases
from service.runs.pauses import pauses
from service.state.columns import METADATA, ROW_NUMBER, Instant, Plain

ITEMS: Final = Table(
    "cal_items",
    METADATA,
    Column("hub", Plain, primary_key=True),
    Column("id", Plain, primary_key=True),
    Column("origin", Plain, nullable=False),
    Column("fields", LargeBinary, nullable=False),
    Column("cut", Plain, nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("print", LargeBinary, nullable=False),
    Column("shadow", LargeBinary, nullable=False),
    Column("by", Plain, nullable=False),
    Column("changed_at", Instant),
    Column("pending", Boolean, nullable=False),
    Column("folded", Plain, nullable=False),
    Index(None, "hub", "print"),
    Index(None, "hub", "shadow"),
    Index(None, "hub", "pending"),
)
"""``fields`` and ``cut`` as packed.py beside this writes them; ``folded`` is the title without its letter case."""

REFUSED: Final = text("substr(\"left\", 1, 17) = 'the spoke refuses'")
"""Of the links those that say so (calsync.plans.refusals): in the very words of their index, or it is not used."""
HELD_UP: Final = text("substr(\"left\", 1, 21) = 'cannot be written now'")
"""The same of those that wait for a spoke that cannot be written."""
LINKS: Final = Table(
    "cal_links",
    METADATA,
    Column("hub", Plain, primary_key=True),
    Column("item", Plain, primary_key=True),
    Column("spoke", Plain, primary_key=True),
    Column("key", Plain, nullable=False),
    Column("version", Plain, nullable=False),
    Column("uid", Plain, nullable=False),
    Column("asked", LargeBinary, nullable=False),
    Column("stood", LargeBinary),
    Column("made", Boolean, nullable=False),
    Column("guarded", Plain, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("left", Plain, nullable=False),
    Column("barred", LargeBinary),
    Column("worn", Plain, nullable=False),
    Index(None, "hub", "spoke", "key"),
    Index(None, "hub", "uid"),
    Index("ix_cal_links_refused", "hub", sqlite_where=REFUSED, postgresql_where=REFUSED),
    Index("ix_cal_links_held_up", "hub", "spoke", sqlite_where=HELD_UP, postgresql_where=HELD_UP),
)
"""``stood`` is NULL where it is as ``asked``, ``barred`` where nothing is."""

COUNTS: Final = Table(
    "cal_counts",
    METADATA,
    Column("hub", Plain, primary_key=True),
    Column("spoke", Plain, primary_key=True),
    Column("links", Integer, nullable=False),
)
"""How many links there are: to count them takes the longer, the more they are."""

ASIDES: Final = Table(
    "cal_asides",
    METADATA,
    Column("hub", Plain, primary_key=True),
    Column("spoke", Plain, primary_key=True),
    Column("key", Plain, primary_key=True),
    Column("version", Plain, nullable=False),
    Column("why", Plain, nullable=False),
    Column("title", Plain, nullable=False),
    Column("folded", Plain, nullable=False),
    Column("due", Instant),
    Index(None, "hub", "due"),
)

FEEDS: Final = Table(
    "cal_feeds",
    METADATA,
    Column("hub", Plain, primary_key=True),
    Column("spoke", Plain, primary_key=True),
    Column("token", Plain, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("whole_at", Instant),
    Column("rules", Plain, nullable=False),
    Column("back", BigInteger),
    Column("ahead", BigInteger),
)
"""``back`` and ``ahead`` in seconds, NULL where the spoke gives nothing."""

LIVES: Final = Table(
    "cal_lives",
    METADATA,
    Column("hub", Plain, primary_key=True),
    Column("life", Plain, nullable=False),
)
"""Another ``life`` after all was forgotten: what a server remembers of the copies of the one before is none of its."""

RUNS: Final = runs_table("cal_runs", "hub")

STEPS: Final = Table(
    "cal_steps",
    METADATA,
    Column("number", ROW_NUMBER, primary_key=True),
    Column("run", ROW_NUMBER, ForeignKey(RUNS.c.number, ondelete="CASCADE"), nullable=False),
    Column("hub", Plain, nullable=False),
    Column("item", Plain, nullable=False),
    Column("spoke", Plain, nullable=False),
    Column("act", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("key", Plain, nullable=False),
    Column("title", Plain, nullable=False),
    Column("words", Plain, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Index(None, "run", "number"),
    Index(None, "hub", "item", "number"),
    sqlite_autoincrement=True,
)
"""``key`` names the item after the step; ``content`` is what stood there before and what was to stand, packed."""

BEGUN: Final = Table(
    "cal_begun",
    METADATA,
    Column("hub", Plain, primary_key=True),
    Column("item", Plain, primary_key=True),
    Column("spoke", Plain, primary_key=True),
)
"""Copies that may have been made without the ledger having heard of it."""

CLASHES: Final = Table(
    "cal_clashes",
    METADATA,
    Column("number", ROW_NUMBER, primary_key=True),
    Column("run", ROW_NUMBER, ForeignKey(RUNS.c.number, ondelete="CASCADE"), nullable=False),
    Column("hub", Plain, nullable=False),
    Column("item", Plain, nullable=False),
    Column("what", Plain, nullable=False),
    Column("winner", Plain, nullable=False),
    Column("loser", Plain, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "run"),
    Index(None, "hub", "number"),
    Index(None, "hub", "item", "number"),
    sqlite_autoincrement=True,
)
"""``content`` is the version that stayed and the one that did not, packed."""

HOOKS: Final = Table(
    "cal_hooks",
    METADATA,
    Column("name", Plain, primary_key=True),
    Column("number", ROW_NUMBER, nullable=False),
    Column("hub", Plain, nullable=False),
    Column("spoke", Plain, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("key", Plain, nullable=False),
    Column("resource", Plain, nullable=False),
    Column("until", Instant),
    Index(None, "hub"),
    Index(None, "number"),
)
"""``until`` is NULL where the server has promised nothing yet."""

PAUSES: Final = pauses("cal_pauses", "hub", "spoke")
"""``spoke`` is "" where the whole hub is paused."""

LEASES: Final = leases("cal_leases", "hub")

BOOKS: Final = Books(runs=RUNS, steps=STEPS, of="hub", whole=("sync", "purge"))
