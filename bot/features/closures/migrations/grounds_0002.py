"""Creates the table `grounds_bounds`: seasons and loads that were set by command.

`grounds` is the former name of the feature, and still the name in the database.
"""

import sqlalchemy as sa
from alembic import op

revision = "grounds_0002"
down_revision = "grounds_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of seasons and loads."""
    op.create_table(
        "grounds_bounds",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
    )
    op.create_index("grounds_bounds_newest", "grounds_bounds", ["community", "thing", "kind", "id"])
