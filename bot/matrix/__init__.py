"""Matrix: the one way in and out that neighbours use themselves."""
