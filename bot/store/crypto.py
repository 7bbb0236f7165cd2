"""Stores what the bot's device needs in encrypted rooms: the rooms' encryption settings, device state, room keys."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto_tables import crypto_state, encrypted_rooms, message_indexes, room_keys
from bot.store.facts import dialect_insert

#: The most room keys stored for one person in one place. Beyond them the oldest are deleted, so that nobody can fill
#: the disk. A client begins a new session after 100 messages or a week, unless the room says otherwise.
MAX_KEYS_PER_PERSON = 200
#: The most room keys stored whose owners are not confirmed yet. Beyond them the oldest are deleted.
MAX_UNCONFIRMED_KEYS = 500

#: Kind and name of a value of the device state.
StateKey = tuple[str, str]


@dataclass(frozen=True)
class RoomKey:
    """A Megolm session of another device, which decrypts messages from `first_index` on.

    `owner` is the user of the device that sent the key. `locked` is the session, encrypted with the passphrase.
    `is_confirmed` is whether the owner is known to be in the room and to have the device; `is_backed_up` is whether
    the key is in the key backup on the homeserver.
    """

    place: str
    session: str
    sender_key: str
    first_index: int
    owner: str
    locked: str
    received_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    is_confirmed: bool = True
    is_backed_up: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class MessageIndex:
    """The index of a message in a Megolm session of an owner (a user id)."""

    place: str
    owner: str
    session: str
    message_index: int


@dataclass(frozen=True)
class KeySource:
    """The source of a room key: its owner, the Curve25519 key of the device that sent it, and the session."""

    place: str
    owner: str
    sender_key: str
    session: str


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


async def set_unencrypted(connection: AsyncConnection, unencrypted: Iterable[str]) -> None:
    """Store that these places are not encrypted."""
    row = dialect_insert(connection.dialect.name, encrypted_rooms).values(place=bindparam("a_place"), settings="")
    row = row.on_conflict_do_update(index_elements=["place"], set_={"settings": ""})
    await connection.execute(row, [{"a_place": place} for place in unencrypted])


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
    """Store room keys; one that is stored already stays unchanged. The oldest keys beyond the limits are deleted."""
    rows = [asdict(key) for key in keys]
    if not rows:
        return
    await connection.execute(dialect_insert(connection.dialect.name, room_keys).on_conflict_do_nothing(), rows)
    for place, owner in {(row["place"], row["owner"]) for row in rows}:
        await _delete_oldest_keys(connection, place, owner)
    if not all(row["is_confirmed"] for row in rows):
        await _delete_keys(connection, _newest_keys(~room_keys.c.is_confirmed).offset(MAX_UNCONFIRMED_KEYS))


async def find_unconfirmed_keys(connection: AsyncConnection) -> list[KeySource]:
    """Return the sources of the unconfirmed keys, oldest first."""
    columns = (room_keys.c.place, room_keys.c.owner, room_keys.c.sender_key, room_keys.c.session)
    rows = select(*columns).where(~room_keys.c.is_confirmed).order_by(room_keys.c.received_at)
    return list(dict.fromkeys(KeySource(*row) for row in await connection.execute(rows)))


async def confirm_keys(connection: AsyncConnection, source: KeySource) -> None:
    """Note that the owner of these keys is in the room and has the device."""
    await connection.execute(update(room_keys).where(_is_from(source)).values(is_confirmed=True))


async def reject_keys(connection: AsyncConnection, source: KeySource) -> None:
    """Delete unconfirmed keys from this source."""
    await connection.execute(delete(room_keys).where(_is_from(source), ~room_keys.c.is_confirmed))


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


async def insert_message_indexes(connection: AsyncConnection, events: Mapping[MessageIndex, str]) -> None:
    """Store which event had each index; an index that is stored already stays unchanged."""
    rows = [{**asdict(index), "event": event} for index, event in events.items()]
    if rows:
        await connection.execute(
            dialect_insert(connection.dialect.name, message_indexes).on_conflict_do_nothing(), rows
        )


async def find_message_indexes(connection: AsyncConnection, place: str, owner: str, session: str) -> dict[int, str]:
    """Return the ids of the events of a session by their message index."""
    table = message_indexes.c
    is_of_session = (table.place == place) & (table.owner == owner) & (table.session == session)
    rows = await connection.execute(select(table.message_index, table.event).where(is_of_session))
    return {row.message_index: row.event for row in rows}


def _is_from(source: KeySource) -> ColumnElement[bool]:
    table = room_keys.c
    is_of_session = (table.place == source.place) & (table.session == source.session)
    return is_of_session & (table.owner == source.owner) & (table.sender_key == source.sender_key)


def _newest_keys(condition: ColumnElement[bool]) -> Select[Any]:
    """Return the primary keys of room keys, newest first."""
    newest_first = select(*room_keys.primary_key.columns).where(condition)
    return newest_first.order_by(room_keys.c.received_at.desc(), room_keys.c.session)


async def _delete_oldest_keys(connection: AsyncConnection, place: str, owner: str) -> None:
    """Delete a person's keys beyond MAX_KEYS_PER_PERSON, and the message indexes that no key needs any more."""
    is_of_person = (room_keys.c.place == place) & (room_keys.c.owner == owner)
    if await _delete_keys(connection, _newest_keys(is_of_person).offset(MAX_KEYS_PER_PERSON)):
        is_kept = message_indexes.c.session.in_(select(room_keys.c.session).where(is_of_person))
        is_of_owner = (message_indexes.c.place == place) & (message_indexes.c.owner == owner)
        await connection.execute(delete(message_indexes).where(is_of_owner, ~is_kept))


async def _delete_keys(connection: AsyncConnection, surplus: Select[Any]) -> bool:
    """Delete room keys by their primary keys; return whether there were any."""
    rows = (await connection.execute(surplus)).all()
    for row in rows:
        is_row = (column == value for column, value in zip(room_keys.primary_key.columns, row, strict=True))
        await connection.execute(delete(room_keys).where(*is_row))
    return bool(rows)
