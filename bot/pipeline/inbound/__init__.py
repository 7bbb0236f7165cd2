"""Into the inbox: what came in is checked and stored."""
