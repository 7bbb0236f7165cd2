"""Runs migrations on the connection that `bot.store.database.schema` hands over."""

from alembic import context

# One transaction around all of it: a database is migrated or it is not. `schema` began it and ends it.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
