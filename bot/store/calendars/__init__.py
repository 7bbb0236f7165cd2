"""External calendars: their state when they were last read, and the matches in them."""
