"""Names that people have taught the bot: adds them, finds those in force, and ends them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config.community import Alias
from bot.store.tables import taught_names


@dataclass(frozen=True)
class TaughtName:
    """A name in force, with the handle of who taught it, and when."""

    id: int
    alias: Alias
    taught_by: str
    taught_at: datetime


async def find_names(connection: AsyncConnection, community: str) -> list[TaughtName]:
    """Return the names of a community that are in force, in the order in which they were taught."""
    rows = await connection.execute(_SELECT_NAMES, {"wanted_community": community})
    return [TaughtName(row.id, Alias(row.name, row.kind, row.key), row.taught_by, row.taught_at) for row in rows]


#: Built once: every message of a person is read with these names.
_SELECT_NAMES = (
    select(taught_names)
    .where(taught_names.c.community == bindparam("wanted_community"), taught_names.c.forgotten_at.is_(None))
    .order_by(taught_names.c.id)
)


async def insert_name(connection: AsyncConnection, community: str, alias: Alias, by: str, at: datetime) -> None:
    """Put a name into force."""
    row = {"community": community, "name": alias.name, "kind": alias.kind, "key": alias.key}
    await connection.execute(insert(taught_names).values(**row, taught_by=by, taught_at=at))


async def end_name(connection: AsyncConnection, name_id: int, by: str, at: datetime) -> None:
    """Put a name out of force."""
    ended = {"forgotten_by": by, "forgotten_at": at}
    await connection.execute(update(taught_names).where(taught_names.c.id == name_id).values(**ended))
