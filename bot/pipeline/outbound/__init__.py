"""Out of the outbox: rows are sent in order, tried again, and never sent twice."""
