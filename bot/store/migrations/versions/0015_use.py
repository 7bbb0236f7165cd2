"""Lets agreements say for what a thing is reserved."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the purpose of a reservation for use."""
    op.add_column("agreements", sa.Column("purpose", sa.Text()))
