"""Remembers the identities of inbox rows that were dropped, so that an event that comes again is not handled again.

Of a row, only a digest of its source and external id stays.
"""

import hashlib
from collections.abc import Collection

from sqlalchemy import Column, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import metadata

dropped = Table("dropped", metadata, Column("identity", Text, primary_key=True), sqlite_with_rowid=False)


def identity_of(source: str, external_id: str) -> str:
    """Return the digest that stands for a source and an external id."""
    return hashlib.sha256(f"{source}\n{external_id}".encode()).hexdigest()[:40]


async def insert_identities(connection: AsyncConnection, identities: Collection[str]) -> None:
    """Remember the identities of rows that are dropped in the same transaction."""
    if identities:
        await connection.execute(insert(dropped), [{"identity": identity} for identity in identities])


async def find_dropped(connection: AsyncConnection, source: str, external_ids: Collection[str]) -> set[str]:
    """Return those of the external ids whose inbox rows were dropped."""
    by_identity = {identity_of(source, external_id): external_id for external_id in external_ids}
    rows = select(dropped.c.identity).where(dropped.c.identity.in_(by_identity))
    return {by_identity[identity] for identity in (await connection.execute(rows)).scalars()}
