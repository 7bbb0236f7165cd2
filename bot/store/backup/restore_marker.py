"""Remembers that a database was restored: what was said since the backup is read again, as of when it was said."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import get_fact, set_fact
from bot.store.tables import meta

_FACT = "restored"


@dataclass(frozen=True)
class RestoreMarker:
    """The time that a restored database has forgotten: from the backup until it was restored.

    `position` is where the sync was when the backup was made, and `places` are those that were known then.
    """

    since: datetime
    until: datetime
    position: str = ""
    places: tuple[str, ...] = ()


async def set_restore_marker(connection: AsyncConnection, marker: RestoreMarker) -> None:
    """From here on the database knows that it was restored."""
    await set_fact(
        connection,
        _FACT,
        json.dumps([marker.since.isoformat(), marker.until.isoformat(), marker.position, marker.places]),
    )


async def get_restore_marker(connection: AsyncConnection) -> RestoreMarker | None:
    """What is to be read again; None when nothing is, or everything has been."""
    known = await get_fact(connection, _FACT)
    if known is None:
        return None
    since, until, position, places = json.loads(known)
    return RestoreMarker(datetime.fromisoformat(since), datetime.fromisoformat(until), position, tuple(places))


async def delete_restore_marker(connection: AsyncConnection) -> None:
    """Everything was read again."""
    await connection.execute(delete(meta).where(meta.c.key == _FACT))
