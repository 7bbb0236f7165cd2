"""Retrying, one worker per key, and batching of calls. Nothing here knows of messages or rooms."""
