"""The last stage of reading a time: a phrase becomes dates, clock times and a recurrence rule."""
