"""Creates the table of names that people have taught the bot."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the table of taught names."""
    op.create_table(
        "taught_names",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("taught_by", sa.Text(), nullable=False),
        sa.Column("taught_at", sa.DateTime(), nullable=False),
        sa.Column("forgotten_by", sa.Text()),
        sa.Column("forgotten_at", sa.DateTime()),
        sqlite_autoincrement=True,
    )
    known = sa.text("forgotten_at IS NULL")
    op.create_index("taught_names_known", "taught_names", ["community"], sqlite_where=known, postgresql_where=known)
