"""Stores which room keys are in the key backup on the homeserver, and of which rooms the backup was fetched."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import RoomKey, StateKey
from bot.store.crypto_tables import crypto_state, room_keys

#: The value of the device state with the backup that the bot uses: its version and, locked, its private key.
KEY_BACKUP: StateKey = ("key backup", "")
#: Kind of the values of the device state that name the rooms whose keys were fetched from the backup.
FETCHED_ROOM = "keys fetched"


async def find_sessions_to_back_up(connection: AsyncConnection, limit: int) -> list[list[RoomKey]]:
    """Return all confirmed keys of at most `limit` sessions of which a key is not in the backup yet."""
    session = (room_keys.c.place, room_keys.c.session)
    is_missing = room_keys.c.is_confirmed & ~room_keys.c.is_backed_up
    missing = select(*session).where(is_missing).distinct().order_by(*session).limit(limit)
    found = [tuple(row) for row in await connection.execute(missing)]
    keys: dict[tuple[str, str], list[RoomKey]] = {}
    of_found = select(room_keys).where(tuple_(*session).in_(found), room_keys.c.is_confirmed)
    for row in await connection.execute(of_found.order_by(room_keys.c.received_at, room_keys.c.first_index)):
        keys.setdefault((row.place, row.session), []).append(RoomKey(**row._mapping))
    return list(keys.values())


async def mark_backed_up(connection: AsyncConnection, keys: Iterable[RoomKey]) -> None:
    """Note that these keys are in the backup. Other keys of the same sessions may have come meanwhile."""
    columns = room_keys.primary_key.columns
    names = [tuple(getattr(key, column.name) for column in columns) for key in keys]
    await connection.execute(update(room_keys).where(tuple_(*columns).in_(names)).values(is_backed_up=True))


async def mark_none_backed_up(connection: AsyncConnection) -> None:
    """Note that no key is in the backup, because it is a new one or has lost keys."""
    await connection.execute(update(room_keys).where(room_keys.c.is_backed_up).values(is_backed_up=False))


async def count_backed_up_sessions(connection: AsyncConnection) -> int:
    """Return of how many sessions the backup has a key, as far as the bot knows."""
    sessions = select(room_keys.c.place, room_keys.c.session).where(room_keys.c.is_backed_up).distinct().subquery()
    return (await connection.execute(select(func.count()).select_from(sessions))).scalar_one()


def fetched_rooms(state: Iterable[StateKey]) -> set[str]:
    """Return the ids of the rooms whose keys were fetched from the backup, by the device state."""
    return {name for kind, name in state if kind == FETCHED_ROOM}


async def forget_fetched_rooms(connection: AsyncConnection) -> None:
    """Have the keys of all rooms fetched once more: the backup may have newer ones than this database."""
    await connection.execute(delete(crypto_state).where(crypto_state.c.kind == FETCHED_ROOM))
