"""What was agreed, how it came about, and what it holds."""
