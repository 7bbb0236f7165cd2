"""Reads from the homeserver: the sync loop, filling of gaps, and translation of events into inbox rows."""
