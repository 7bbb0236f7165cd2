"""Pictures that are to be said: kept beside their outbox row until it is sent, and where they were uploaded to."""

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import metadata, outbox

#: What rows of the kind "picture" show, until they are sent. `uploaded` is what the event says of it (url or file).
pictures = Table(
    "pictures",
    metadata,
    Column("outbox_id", Integer, ForeignKey("outbox.id"), primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
    Column("uploaded", JSON(none_as_null=True)),
)


async def insert_picture(connection: AsyncConnection, row_id: int, data: bytes) -> None:
    """With the row that says it."""
    await connection.execute(insert(pictures).values(outbox_id=row_id, data=data))


async def find_picture(connection: AsyncConnection, row_id: int) -> tuple[bytes, dict[str, Any] | None] | None:
    """A row's picture, and as what it was uploaded; None where it was sent or given up meanwhile."""
    kept = select(pictures.c.data, pictures.c.uploaded).where(pictures.c.outbox_id == row_id)
    row = (await connection.execute(kept)).first()
    return (bytes(row.data), row.uploaded) if row else None


async def set_uploaded(connection: AsyncConnection, row_id: int, uploaded: dict[str, Any]) -> None:
    """It is with the homeserver now: what the event will say of it (`url` or `file`)."""
    await connection.execute(update(pictures).where(pictures.c.outbox_id == row_id).values(uploaded=uploaded))


async def delete_finished(connection: AsyncConnection) -> None:
    """Those that were sent, and those that never will be; whoever wants one finds it in the room."""
    done = outbox.c.sent_at.is_not(None) | outbox.c.failure.is_not(None)
    of_done = select(outbox.c.id).where(outbox.c.id == pictures.c.outbox_id, done).exists()
    await connection.execute(delete(pictures).where(of_done))
