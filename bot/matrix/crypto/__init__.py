"""Encrypted rooms: what is kept secret, and from whom."""
