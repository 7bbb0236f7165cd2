"""Keeps what had to be guessed at in each calendar, and lets every calendar be read again with the new reader."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the column `doubts`, and let every calendar be read again: the reader understands more files than before."""
    op.add_column("calendars", sa.Column("doubts", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE calendars SET version = '', changed = '', digest = '', due_at = NULL")
