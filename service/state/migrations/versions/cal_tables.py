"""Adds what hubs of calendars and contacts remember."""

import sqlalchemy as sa
from alembic import op

revision = "cal_tables"
down_revision = "gal_move_forwarders"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _items()
    _links()
    _asides()
    _history()
    _clashes()
    _standing()


def _items() -> None:
    op.create_table(
        "cal_items",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("fields", sa.LargeBinary, nullable=False),
        sa.Column("cut", sa.Text, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("print", sa.LargeBinary, nullable=False),
        sa.Column("shadow", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hub", "id", name="pk_cal_items"),
    )
    op.create_index("ix_cal_items_hub_print", "cal_items", ["hub", "print"])
    op.create_index("ix_cal_items_hub_shadow", "cal_items", ["hub", "shadow"])
    op.create_index("ix_cal_items_hub_pending", "cal_items", ["hub", "pending"])


def _links() -> None:
    op.create_table(
        "cal_links",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("spoke", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("asked", sa.LargeBinary, nullable=False),
        sa.Column("stood", sa.LargeBinary),
        sa.Column("made", sa.Boolean, nullable=False),
        sa.Column("guarded", sa.Text, nullable=False),
        sa.Column("copies", sa.Integer, nullable=False),
        sa.Column("left", sa.Text, nullable=False),
        sa.Column("barred", sa.LargeBinary),
        sa.Column("worn", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hub", "item", "spoke", name="pk_cal_links"),
    )
    op.create_index("ix_cal_links_hub_spoke_key", "cal_links", ["hub", "spoke", "key"])
    op.create_index("ix_cal_links_hub_uid", "cal_links", ["hub", "uid"])
    refused = sa.text("substr(\"left\", 1, 17) = 'the spoke refuses'")
    op.create_index("ix_cal_links_refused", "cal_links", ["hub"], sqlite_where=refused, postgresql_where=refused)
    held_up = sa.text("substr(\"left\", 1, 21) = 'cannot be written now'")
    places = ["hub", "spoke"]
    op.create_index("ix_cal_links_held_up", "cal_links", places, sqlite_where=held_up, postgresql_where=held_up)
    op.create_table(
        "cal_counts",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("spoke", sa.Text, nullable=False),
        sa.Column("links", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("hub", "spoke", name="pk_cal_counts"),
    )


def _asides() -> None:
    op.create_table(
        "cal_asides",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("spoke", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.PrimaryKeyConstraint("hub", "spoke", "key", name="pk_cal_asides"),
    )
    op.create_index("ix_cal_asides_hub_due", "cal_asides", ["hub", "due"])
    op.create_table(
        "cal_feeds",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("spoke", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("read_at", sa.BigInteger, nullable=False),
        sa.Column("whole_at", sa.BigInteger),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("back", sa.BigInteger),
        sa.Column("ahead", sa.BigInteger),
        sa.PrimaryKeyConstraint("hub", "spoke", name="pk_cal_feeds"),
    )
    op.create_table(
        "cal_lives",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("life", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hub", name="pk_cal_lives"),
    )


def _history() -> None:
    op.create_table(
        "cal_runs",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("counts", sa.LargeBinary, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="pk_cal_runs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cal_runs_hub_number", "cal_runs", ["hub", "number"])
    op.create_table(
        "cal_steps",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("run", _NUMBER, nullable=False),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("spoke", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_cal_steps"),
        sa.ForeignKeyConstraint(["run"], ["cal_runs.number"], name="fk_cal_steps_run", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cal_steps_run_number", "cal_steps", ["run", "number"])
    op.create_index("ix_cal_steps_hub_item_number", "cal_steps", ["hub", "item", "number"])
    op.create_table(
        "cal_begun",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("spoke", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hub", "item", "spoke", name="pk_cal_begun"),
    )


def _clashes() -> None:
    op.create_table(
        "cal_clashes",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("run", _NUMBER, nullable=False),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("winner", sa.Text, nullable=False),
        sa.Column("loser", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_cal_clashes"),
        sa.ForeignKeyConstraint(["run"], ["cal_runs.number"], name="fk_cal_clashes_run", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cal_clashes_run", "cal_clashes", ["run"])
    op.create_index("ix_cal_clashes_hub_number", "cal_clashes", ["hub", "number"])
    op.create_index("ix_cal_clashes_hub_item_number", "cal_clashes", ["hub", "item", "number"])


def _standing() -> None:
    op.create_table(
        "cal_hooks",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("spoke", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.PrimaryKeyConstraint("name", name="pk_cal_hooks"),
    )
    op.create_index("ix_cal_hooks_hub", "cal_hooks", ["hub"])
    op.create_index("ix_cal_hooks_number", "cal_hooks", ["number"])
    op.create_table(
        "cal_pauses",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("spoke", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hub", "spoke", name="pk_cal_pauses"),
    )
    op.create_table(
        "cal_leases",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hub", name="pk_cal_leases"),
    )
