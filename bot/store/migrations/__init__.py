"""Alembic migrations of the core. Features have their own migrations, as branches."""
