"""Which time is meant: made exact, moved, or one of a series."""
