"""Reads the calendars of others: fetched politely, parsed at arm's length, and kept when their source is down."""
