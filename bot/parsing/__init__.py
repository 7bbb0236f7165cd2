"""Reads what people write: times, the words of a command, answers. Pure: no file, clock or network is used here."""
