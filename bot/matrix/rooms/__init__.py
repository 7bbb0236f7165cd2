"""Maintains the rooms of communities: joins, creates and updates them, rejoins them, and follows upgrades."""
