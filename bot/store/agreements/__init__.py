"""Agreements, their history, and the reservations they hold."""
