"""Stores of each room key whether it is in the key backup on the homeserver."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the column. No key counts as backed up yet."""
    op.add_column("room_keys", sa.Column("is_backed_up", sa.Boolean(), nullable=False, server_default=sa.false()))
