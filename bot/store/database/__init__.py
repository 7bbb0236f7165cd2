"""The database itself: opened, migrated, watched, and whose it is."""
