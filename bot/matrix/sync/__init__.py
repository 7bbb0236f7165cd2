"""Reads what the homeserver has for the bot: the sync loop, filling of gaps, and translation into inbox rows."""
