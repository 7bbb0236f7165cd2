"""Messages on their way in and out, and what belongs to them: timers, questions, edits, rate limits, pictures."""
