"""Lets the database find agreements by their time, and check a reservation against one other instead of all."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


#: Agreements are read and written in parts of this many rows.
_PART = 1000

_agreements = sa.table(
    "agreements",
    sa.column("id", sa.Integer),
    sa.column("state", sa.Text),
    sa.column("standing", sa.JSON),
    sa.column("offers", sa.JSON),
    sa.column("starts_at", sa.DateTime),
    sa.column("ends_at", sa.DateTime),
    sa.column("awaited", sa.Text),
)


def upgrade() -> None:
    """Add the derived columns of agreements with their indexes, and replace SQLite's triggers against overlaps.

    PostgreSQL has an exclusion constraint instead of triggers, which needs no change.
    """
    for name in ("starts_at", "ends_at"):
        column = sa.Column(name, sa.DateTime(), nullable=False, server_default="1970-01-01 00:00:00")
        op.add_column("agreements", column)
    op.add_column("agreements", sa.Column("awaited", sa.Text(), nullable=False, server_default=""))
    fill_derived_columns(op.get_bind())
    op.drop_index("agreements_state", "agreements")
    op.create_index("agreements_when", "agreements", ["community", "state", "ends_at", "starts_at"])
    is_awaited = sa.text("awaited <> ''")
    op.create_index(
        "agreements_awaited",
        "agreements",
        ["community", "number"],
        sqlite_where=is_awaited,
        postgresql_where=is_awaited,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER reservations_never_overlap")
        op.execute("DROP TRIGGER reservations_never_move_over")
        op.execute(_ON_INSERT)
        op.execute(_ON_UPDATE)


def fill_derived_columns(connection: sa.Connection) -> None:
    """Derive the new columns of all agreements from their offers."""
    last = 0
    names = ("starts_at", "ends_at", "awaited")
    changed = sa.update(_agreements).where(_agreements.c.id == sa.bindparam("row"))
    changed = changed.values({name: sa.bindparam(f"new_{name}") for name in names})
    while rows := connection.execute(
        sa.select(_agreements.c.id, _agreements.c.state, _agreements.c.standing, _agreements.c.offers)
        .where(_agreements.c.id > last)
        .order_by(_agreements.c.id)
        .limit(_PART)
    ).all():
        connection.execute(changed, [_derive(row) for row in rows])
        last = rows[-1].id


def _derive(row: Any) -> dict[str, Any]:
    times = [*_times_of(row)]
    return {
        "row": row.id,
        "new_starts_at": min(start for start, _ in times),
        "new_ends_at": max(end for _, end in times),
        "new_awaited": _awaited_sides(row),
    }


def _times_of(row: Any) -> Iterator[tuple[datetime, datetime]]:
    for offer in [*([row.standing] if row.standing else []), *row.offers]:
        for start, end in offer.get("times") or [(offer["start"], offer["end"])]:
            yield _parse(start), _parse(end)


def _parse(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None)


def _awaited_sides(row: Any) -> str:
    """Return the sides whose answer is awaited, as the negotiation tells them (bot.agreements.negotiation)."""
    if row.state == "done":
        return "organizer"
    if not row.offers or row.state not in ("proposed", "agreed"):
        return ""
    by = row.offers[-1]["by"]
    return {"organizer": "attendee", "attendee": "organizer"}.get(by, "organizer attendee")


# The reservations of a thing do not overlap each other. So the last that begins before the new one ends is the only
# one that can overlap the new one, unless it ends before the new one begins: then none does.
_ON_INSERT = """
CREATE TRIGGER reservations_never_overlap BEFORE INSERT ON reservations
WHEN (
    SELECT r."end" FROM reservations r
    WHERE r.thing_id = NEW.thing_id AND r.start < NEW."end"
    ORDER BY r.start DESC LIMIT 1
) > NEW.start
BEGIN SELECT RAISE(ABORT, 'reservations_never_overlap'); END
"""

_ON_UPDATE = """
CREATE TRIGGER reservations_never_move_over BEFORE UPDATE ON reservations
WHEN (
    SELECT r."end" FROM reservations r
    WHERE r.thing_id = NEW.thing_id AND r.start < NEW."end" AND r.id <> OLD.id
    ORDER BY r.start DESC LIMIT 1
) > NEW.start
BEGIN SELECT RAISE(ABORT, 'reservations_never_overlap'); END
"""
