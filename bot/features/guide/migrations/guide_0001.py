"""Creates the table of names that people have taught the bot."""

import sqlalchemy as sa
from alembic import op

revision = "guide_0001"
down_revision = None
branch_labels = ("guide",)
depends_on = None


def upgrade() -> None:
    """Create the table of taught names."""
    op.create_table(
        "guide_names",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("taught_by", sa.Text(), nullable=False),
        sa.Column("taught_at", sa.DateTime(), nullable=False),
        sa.Column("forgotten_by", sa.Text()),
        sa.Column("forgotten_at", sa.DateTime()),
    )
    known = sa.text("forgotten_at IS NULL")
    op.create_index("guide_names_known", "guide_names", ["community"], sqlite_where=known, postgresql_where=known)
