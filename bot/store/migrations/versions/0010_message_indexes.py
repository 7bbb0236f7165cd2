"""Creates the table of message indexes, and stores when each room key came and whether its owner is confirmed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the table of message indexes, and add two columns to the room keys. Older keys count as confirmed."""
    op.create_table(
        "message_indexes",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("message_index", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", "owner", "session", "message_index"),
    )
    op.add_column("room_keys", sa.Column("received_at", sa.DateTime(), nullable=False, server_default="1970-01-01"))
    op.add_column("room_keys", sa.Column("is_confirmed", sa.Boolean(), nullable=False, server_default=sa.true()))
