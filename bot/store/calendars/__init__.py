"""The matches that stand in the calendars of others, as they were last read, and what became of them since."""
