"""Connects the pipeline to Matrix: reads events from the homeserver, sends messages, and maintains rooms and keys."""
