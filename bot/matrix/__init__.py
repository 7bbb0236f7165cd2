"""Connects the pipeline to Matrix: reads events from the homeserver, sends messages, and looks after rooms and keys."""
