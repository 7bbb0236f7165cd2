"""Concurrency without any knowledge of messages: retrying, one worker per key, and batching of calls."""
