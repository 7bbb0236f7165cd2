"""Runs migrations on the connection that `bot.store.database.schema` passes in the configuration."""

from alembic import context

# bot.store.database.schema begins and ends one transaction around all migrations: all are applied, or none.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
