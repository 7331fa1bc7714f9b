"""The first schema: what the address-book syncs remember."""

import sqlalchemy as sa
from alembic import op

revision = "gal_tables"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _agreements()
    _history()
    _standing()


def _agreements() -> None:
    op.create_table(
        "gal_agreements",
        sa.Column("sync", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("anchor", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("digests", sa.LargeBinary, nullable=False),
        sa.Column("more", sa.LargeBinary),
        sa.Column("retired_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("sync", "place", "anchor", name="pk_gal_agreements"),
    )
    op.create_index("ix_gal_agreements_sync_place_address", "gal_agreements", ["sync", "place", "address"])


def _history() -> None:
    op.create_table(
        "gal_runs",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("sync", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("counts", sa.LargeBinary, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="pk_gal_runs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_gal_runs_sync_number", "gal_runs", ["sync", "number"])
    op.create_table(
        "gal_steps",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("run", _NUMBER, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("anchor", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_gal_steps"),
        sa.ForeignKeyConstraint(["run"], ["gal_runs.number"], name="fk_gal_steps_run", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_gal_steps_run_number", "gal_steps", ["run", "number"])


def _standing() -> None:
    op.create_table(
        "gal_tokens",
        sa.Column("sync", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("read_at", sa.BigInteger, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("sync", "source", name="pk_gal_tokens"),
    )
    op.create_table(
        "gal_pauses",
        sa.Column("sync", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("sync", name="pk_gal_pauses"),
    )
    op.create_table(
        "gal_leases",
        sa.Column("sync", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("sync", name="pk_gal_leases"),
    )
