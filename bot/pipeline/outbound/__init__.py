"""The way out: delivered in order, tried again, and never said twice."""
