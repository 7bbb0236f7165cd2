"""The shape of what is written down: what may stand there, what it means, and what it is when left out."""
