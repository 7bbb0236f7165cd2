"""Creates the table of closures. `grounds` is the former name of the feature, and still the name in the database."""

import sqlalchemy as sa
from alembic import op

revision = "grounds_0001"
down_revision = None
branch_labels = ("grounds",)
depends_on = None


def upgrade() -> None:
    """Create the table of closures."""
    op.create_table(
        "grounds_closings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("start", sa.DateTime(), nullable=False),
        sa.Column("end", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by", sa.Text()),
        sa.Column("opened_at", sa.DateTime()),
        sa.CheckConstraint('start < "end"', name="grounds_closings_end_after_they_begin"),
    )
    closed = sa.text("opened_at IS NULL")
    columns = ["community", "thing"]
    op.create_index(
        "grounds_closings_closed", "grounds_closings", columns, sqlite_where=closed, postgresql_where=closed
    )
