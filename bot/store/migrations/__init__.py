"""Alembic's migrations of the core; features bring branches of their own."""
