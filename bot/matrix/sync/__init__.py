"""What the homeserver brings: read in order, gaps filled, and translated."""
