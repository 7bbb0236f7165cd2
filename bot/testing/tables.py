"""Whether a feature's migrations make the tables that it declares."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from bot.api.feature import Feature
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store


async def compare_tables(url: str, feature: Feature) -> list[Any]:
    """Migrate an empty database; where its tables differ from the declared ones, as Alembic says it. [] is right."""
    store = Store(url)
    try:
        await migrate(store, [feature.migrations] if feature.migrations else [])
        async with store.read() as connection:
            return await connection.run_sync(_differences, feature.tables or MetaData())
    finally:
        await store.close()


def _differences(connection: Connection, declared: MetaData) -> list[Any]:
    def is_declared(name: str | None, kind: str, _: Any) -> bool:
        return kind != "table" or name in declared.tables

    context = MigrationContext.configure(connection, opts={"include_name": is_declared})
    return list(compare_metadata(context, declared))
