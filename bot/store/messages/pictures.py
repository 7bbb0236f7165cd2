"""The bytes of pictures in the outbox, kept until the row is sent, and where the file was uploaded to."""

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import metadata, outbox

#: The pictures of unsent outbox rows of the kind "picture".
pictures = Table(
    "pictures",
    metadata,
    Column("outbox_id", Integer, ForeignKey("outbox.id"), primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
    Column("uploaded", JSON(none_as_null=True)),  # `url` or `file` of the event; null before the upload
)


async def insert_picture(connection: AsyncConnection, row_id: int, data: bytes) -> None:
    """Store the picture of an outbox row; call it in the transaction that inserts the row."""
    await connection.execute(insert(pictures).values(outbox_id=row_id, data=data))


async def find_picture(connection: AsyncConnection, row_id: int) -> tuple[bytes, dict[str, Any] | None] | None:
    """Return a row's picture and its `uploaded`; None if the row was sent, or has failed, in the meantime."""
    rows = select(pictures.c.data, pictures.c.uploaded).where(pictures.c.outbox_id == row_id)
    row = (await connection.execute(rows)).first()
    return (bytes(row.data), row.uploaded) if row else None


async def set_uploaded(connection: AsyncConnection, row_id: int, uploaded: dict[str, Any]) -> None:
    """Store where a row's picture was uploaded to: the `url` or `file` that its event will have."""
    await connection.execute(update(pictures).where(pictures.c.outbox_id == row_id).values(uploaded=uploaded))


async def delete_finished(connection: AsyncConnection) -> None:
    """Delete the pictures of rows that were sent (they are in the room) and of rows that have failed."""
    is_finished = outbox.c.sent_at.is_not(None) | outbox.c.failure.is_not(None)
    belongs_to_finished = select(outbox.c.id).where(outbox.c.id == pictures.c.outbox_id, is_finished).exists()
    await connection.execute(delete(pictures).where(belongs_to_finished))
