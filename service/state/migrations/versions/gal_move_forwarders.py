"""Adds what the moves remember: the forwarders that were set, and what stood there before."""

import sqlalchemy as sa
from alembic import op

revision = "gal_move_forwarders"
down_revision = "gal_pair_steps"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "gal_move_forwarders",
        sa.Column("move", sa.Text, nullable=False),
        sa.Column("directory", sa.Text, nullable=False),
        sa.Column("mailbox", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("before_to", sa.Text, nullable=False),
        sa.Column("before_copy", sa.Boolean, nullable=False),
        sa.Column("before_how", sa.Text, nullable=False),
        sa.Column("after_to", sa.Text, nullable=False),
        sa.Column("after_copy", sa.Boolean, nullable=False),
        sa.Column("after_how", sa.Text, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("move", "directory", "mailbox", name="pk_gal_move_forwarders"),
    )
