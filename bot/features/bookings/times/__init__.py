"""Turns the times that people write into terms: for a single time, for a move to another time, and for a series."""
