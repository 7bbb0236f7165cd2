"""The way in: written down once, with the position that brought it."""
