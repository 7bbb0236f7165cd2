"""The rules by which times are said: what stands after what, and which piece of a time that is."""
