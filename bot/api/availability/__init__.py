"""When a thing is free, and what is in the way: bookings, closures, matches, load."""
