"""Checks that the migrations of a feature create the tables that the feature declares."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from bot.api.feature import Feature
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store


async def compare_tables(url: str, feature: Feature) -> list[Any]:
    """Migrate an empty database and return how its tables differ from the declared ones, as Alembic describes it.

    [] means that they are equal. `url` names the empty database.
    """
    store = Store(url)
    try:
        await migrate(store, [feature.migrations] if feature.migrations else [])
        async with store.read() as connection:
            return await connection.run_sync(_compare, feature.tables or MetaData())
    finally:
        await store.close()


def _compare(connection: Connection, declared: MetaData) -> list[Any]:
    def is_included(name: str | None, kind: str, _: Any) -> bool:
        return kind != "table" or name in declared.tables  # leaves out the core's tables

    context = MigrationContext.configure(connection, opts={"include_name": is_included})
    return list(compare_metadata(context, declared))
