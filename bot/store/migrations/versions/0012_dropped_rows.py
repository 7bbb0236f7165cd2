"""Creates the table of the identities of dropped inbox rows, and indexes that dropping an outbox row needs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the table and the indexes: the database looks for rows that refer to a row before it drops that."""
    op.create_table("dropped", sa.Column("identity", sa.Text(), primary_key=True), sqlite_with_rowid=False)
    for index, table, column in (
        ("outbox_references", "outbox", "refers_to"),
        ("agreements_by_card", "agreements", "card"),
    ):
        is_set = sa.text(f"{column} IS NOT NULL")
        op.create_index(index, table, [column], sqlite_where=is_set, postgresql_where=is_set)
