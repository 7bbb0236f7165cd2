"""Turns the times that people write into terms: an exact time, a moved time, a series and times of a series."""
