"""Creates the table of rate-limiter states, and the indexes for edits."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the table, and the indexes that find the edits of a message and the steps that followed from it."""
    op.create_table(
        "paces",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("place", "who"),
    )
    op.create_index("history_from", "history", ["inbox_id"], unique=False)
    op.create_index(
        "inbox_edits",
        "inbox",
        ["place", "sender"],
        unique=False,
        sqlite_where=sa.text("kind = 'edit'"),
        postgresql_where=sa.text("kind = 'edit'"),
    )
