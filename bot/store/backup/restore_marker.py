"""The restore marker: the fact that a database was restored, and what has to be replayed because of it."""

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
    """The time that a restored database knows nothing of: from the backup (`since`) to the restore (`until`).

    `position` is the sync position at the time of the backup; `places` are the places that were known then.
    """

    since: datetime
    until: datetime
    position: str = ""
    places: tuple[str, ...] = ()


async def set_restore_marker(connection: AsyncConnection, marker: RestoreMarker) -> None:
    """Mark the database as restored: what was sent in the marked time is to be replayed."""
    values = [marker.since.isoformat(), marker.until.isoformat(), marker.position, marker.places]
    await set_fact(connection, _FACT, json.dumps(values))


async def get_restore_marker(connection: AsyncConnection) -> RestoreMarker | None:
    """Return the marker; None if the database was not restored, or the replay is finished."""
    value = await get_fact(connection, _FACT)
    if value is None:
        return None
    since, until, position, places = json.loads(value)
    return RestoreMarker(datetime.fromisoformat(since), datetime.fromisoformat(until), position, tuple(places))


async def delete_restore_marker(connection: AsyncConnection) -> None:
    """Delete the marker after the replay."""
    await connection.execute(delete(meta).where(meta.c.key == _FACT))
