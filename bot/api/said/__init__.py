"""What people said, as values: which times, for how long, what somebody wishes."""
