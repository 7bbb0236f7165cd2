"""The database: its engine, transactions, schema, health, and the lock that lets one program work on it."""
