"""What is remembered: SQLAlchemy Core over SQLite or PostgreSQL, one transaction per message."""
