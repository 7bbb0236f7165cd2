"""Stores what the bot's device needs in encrypted rooms: the rooms' encryption settings, device state, room keys."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import dialect_insert
from bot.store.tables import crypto_state, encrypted_rooms, room_keys

#: Kind and name of a value of the device state.
StateKey = tuple[str, str]


@dataclass(frozen=True)
class RoomKey:
    """A Megolm session of another device, which decrypts messages from `first_index` on.

    `owner` is the user of the device that sent the key. `locked` is the session, encrypted with the passphrase.
    """

    place: str
    session: str
    sender_key: str
    first_index: int
    owner: str
    locked: str


async def find_encryption_settings(connection: AsyncConnection) -> dict[str, str]:
    """Return the encryption settings (JSON) by place; empty for a room that is known not to be encrypted."""
    return {row.place: row.settings for row in await connection.execute(select(encrypted_rooms))}


async def set_encryption_settings(connection: AsyncConnection, place: str, settings: str | None) -> None:
    """Store a room's encryption settings; None deletes them, so that they are asked for again."""
    if settings is None:
        await connection.execute(delete(encrypted_rooms).where(encrypted_rooms.c.place == place))
        return
    row = dialect_insert(connection.dialect.name, encrypted_rooms).values(place=place, settings=settings)
    update = {"settings": row.excluded.settings}
    await connection.execute(row.on_conflict_do_update(index_elements=["place"], set_=update))


async def read_crypto_state(connection: AsyncConnection) -> dict[StateKey, str]:
    """Return the whole device state."""
    return {(row.kind, row.name): row.value for row in await connection.execute(select(crypto_state))}


async def write_crypto_state(connection: AsyncConnection, values: Mapping[StateKey, str | None]) -> None:
    """Store values of the device state, in place of those before; None deletes one."""
    rows = [{"kind": kind, "name": name, "value": value} for (kind, name), value in values.items() if value is not None]
    if rows:
        row = dialect_insert(connection.dialect.name, crypto_state)
        update = {"value": row.excluded.value}
        await connection.execute(row.on_conflict_do_update(index_elements=["kind", "name"], set_=update), rows)
    for (kind, name), value in values.items():
        if value is None:
            is_deleted = (crypto_state.c.kind == kind) & (crypto_state.c.name == name)
            await connection.execute(delete(crypto_state).where(is_deleted))


async def insert_room_keys(connection: AsyncConnection, keys: Iterable[RoomKey]) -> None:
    """Store room keys; one that is stored already stays unchanged."""
    rows = [asdict(key) for key in keys]
    if rows:
        await connection.execute(dialect_insert(connection.dialect.name, room_keys).on_conflict_do_nothing(), rows)


async def find_room_keys(connection: AsyncConnection, place: str, session: str) -> list[RoomKey]:
    """Return the keys of a session, lowest first index first."""
    is_of_session = (room_keys.c.place == place) & (room_keys.c.session == session)
    rows = await connection.execute(select(room_keys).where(is_of_session).order_by(room_keys.c.first_index))
    return [RoomKey(**row._mapping) for row in rows]


async def mark_olm_sessions_spent(connection: AsyncConnection) -> None:
    """Mark all Olm sessions of a restored database as spent: none is used to encrypt any more, only to decrypt.

    They were used after the backup was made, and no ratchet state may encrypt twice (see bot.matrix.crypto).
    """
    rows = await connection.execute(select(crypto_state).where(crypto_state.c.kind == "olm"))
    await write_crypto_state(connection, {("spent", row.name): "restored" for row in rows})
