"""Backup, restore, and the rotation of old backups."""
