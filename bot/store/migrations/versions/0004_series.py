"""Adds the columns for series, and for agreements that were one time of a series."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the columns, empty: agreements made before are no series."""
    op.add_column("agreements", sa.Column("series", sa.Integer(), nullable=True))
    op.add_column("agreements", sa.Column("recurrence", sa.DateTime(), nullable=True))
    op.add_column("history", sa.Column("terms", sa.JSON(), nullable=True))
