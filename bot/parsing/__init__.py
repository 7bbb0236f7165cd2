"""Reads what people write: times, the words of a command, answers. Pure: it uses no file, no clock and no network."""
