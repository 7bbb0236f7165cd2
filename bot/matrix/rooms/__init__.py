"""Our rooms: found, furnished, watched, come back to and followed."""
