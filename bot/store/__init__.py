"""The database: SQLAlchemy Core on SQLite or PostgreSQL; one transaction for each message that is handled."""
