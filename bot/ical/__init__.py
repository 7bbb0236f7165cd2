"""Calendars of others, read: iCalendar as clubs and associations export it (RFC 5545). Pure: bytes in, entries out."""
