"""What tenant pairs set up, and what stood there before."""

import sqlalchemy as sa
from alembic import op

revision = "gal_pair_steps"
down_revision = "gal_tables"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "gal_pair_steps",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("pair", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("did", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("number", name="pk_gal_pair_steps"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_gal_pair_steps_pair_number", "gal_pair_steps", ["pair", "number"])
