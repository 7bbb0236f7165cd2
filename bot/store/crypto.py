"""What the bot's device keeps about encrypted rooms: which they are, its own state, and the keys it was given."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.tables import crypto_state, encrypted_rooms, room_keys

#: A value's kind and name.
StateKey = tuple[str, str]


@dataclass(frozen=True)
class RoomKey:
    """A Megolm session of somebody's device, readable from its `first_index` on; `locked` with the passphrase."""

    place: str
    session: str
    sender_key: str
    first_index: int
    owner: str
    locked: str


async def find_encryption_settings(connection: AsyncConnection) -> dict[str, str]:
    """Every room that was looked at: place → how it is encrypted (JSON), empty where it is not."""
    return {row.place: row.settings for row in await connection.execute(select(encrypted_rooms))}


async def set_encryption_settings(connection: AsyncConnection, place: str, settings: str | None) -> None:
    """Remember how a room is encrypted, or with None that it has to be looked at again."""
    if settings is None:
        await connection.execute(delete(encrypted_rooms).where(encrypted_rooms.c.place == place))
        return
    row = dialect_insert(connection.dialect.name, encrypted_rooms).values(place=place, settings=settings)
    update = {"settings": row.excluded.settings}
    await connection.execute(row.on_conflict_do_update(index_elements=["place"], set_=update))


async def read_crypto_state(connection: AsyncConnection) -> dict[StateKey, str]:
    """All of the device's own state."""
    return {(row.kind, row.name): row.value for row in await connection.execute(select(crypto_state))}


async def write_crypto_state(connection: AsyncConnection, values: Mapping[StateKey, str | None]) -> None:
    """Keep these values, in place of those before; None forgets one."""
    kept = [{"kind": kind, "name": name, "value": value} for (kind, name), value in values.items() if value is not None]
    if kept:
        row = dialect_insert(connection.dialect.name, crypto_state)
        update = {"value": row.excluded.value}
        await connection.execute(row.on_conflict_do_update(index_elements=["kind", "name"], set_=update), kept)
    for (kind, name), value in values.items():
        if value is None:
            gone = (crypto_state.c.kind == kind) & (crypto_state.c.name == name)
            await connection.execute(delete(crypto_state).where(gone))


async def insert_room_keys(connection: AsyncConnection, keys: Iterable[RoomKey]) -> None:
    """Keep keys we were given; one we have stays as it is."""
    rows = [asdict(key) for key in keys]
    if rows:
        await connection.execute(dialect_insert(connection.dialect.name, room_keys).on_conflict_do_nothing(), rows)


async def find_room_keys(connection: AsyncConnection, place: str, session: str) -> list[RoomKey]:
    """The keys of a session, the one that reads most first."""
    wanted = (room_keys.c.place == place) & (room_keys.c.session == session)
    found = await connection.execute(select(room_keys).where(wanted).order_by(room_keys.c.first_index))
    return [RoomKey(**row._mapping) for row in found]


async def mark_olm_sessions_spent(connection: AsyncConnection) -> None:
    """To be called on a restored database: what is in it was used up to a later point, and nothing may be used twice.

    Sessions with other devices go on being read, but none of them is written in again (see bot.matrix.crypto).
    """
    rows = await connection.execute(select(crypto_state).where(crypto_state.c.kind == "olm"))
    await write_crypto_state(connection, {("spent", row.name): "restored" for row in rows})
