"""Creates the table of reminders that were sent."""

import sqlalchemy as sa
from alembic import op

revision = "reminders_0001"
down_revision = None
branch_labels = ("reminders",)
depends_on = None


def upgrade() -> None:
    """Create the table of sent reminders."""
    op.create_table(
        "reminders_said",
        sa.Column("community", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("what", sa.Text(), primary_key=True),
        sa.Column("who", sa.Text(), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("over", sa.DateTime(), nullable=False),
    )
    op.create_index("reminders_said_over", "reminders_said", ["community", "over"])
