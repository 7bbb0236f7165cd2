"""Reads iCalendar files (RFC 5545) from strangers. Pure: it fetches and stores nothing."""
