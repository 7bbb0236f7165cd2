"""Concurrency machinery without knowledge of messages: retrying, one worker per key, batching of equal calls."""
