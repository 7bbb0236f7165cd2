"""The table of what communities' files had when they were last read, so that nothing agreed loses its name."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Column, Table, Text, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config.community import EntryKind
from bot.store.facts import dialect_insert
from bot.store.tables import metadata

#: A row for each key. `became` is the key that it has now, after it was renamed.
known_keys = Table(
    "known_keys",
    metadata,
    Column("community", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("text", Text, nullable=False),  # as the file had it (bot.config.community.WrittenEntry); the room
    Column("became", Text),
)


@dataclass(frozen=True)
class KnownKey:
    """A key that a community's file has or had."""

    community: str
    kind: EntryKind
    key: str
    text: str
    became: str | None = None


async def find_known_keys(connection: AsyncConnection) -> list[KnownKey]:
    """Return all known keys of all communities."""
    rows = await connection.execute(select(known_keys))
    return [KnownKey(row.community, row.kind, row.key, row.text, row.became) for row in rows]


async def save_known_keys(connection: AsyncConnection, keys: Iterable[KnownKey]) -> None:
    """Store keys, each in place of the row before."""
    for key in keys:
        row = dialect_insert(connection.dialect.name, known_keys).values(**key.__dict__)
        values = {"text": key.text, "became": key.became}
        await connection.execute(row.on_conflict_do_update(index_elements=["community", "kind", "key"], set_=values))


async def delete_known_keys(connection: AsyncConnection, keys: Iterable[KnownKey]) -> None:
    """Delete keys, if they are stored."""
    for key in keys:
        await connection.execute(
            delete(known_keys).where(
                known_keys.c.community == key.community, known_keys.c.kind == key.kind, known_keys.c.key == key.key
            )
        )


async def redirect_known_keys(connection: AsyncConnection, community: str, kind: str, old: str, new: str) -> None:
    """Let the keys that became an old key become the new one."""
    of_kind = (known_keys.c.community == community) & (known_keys.c.kind == kind)
    await connection.execute(update(known_keys).where(of_kind, known_keys.c.became == old).values(became=new))
