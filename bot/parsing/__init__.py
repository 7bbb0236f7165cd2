"""What people write and what it means: pure, nothing here reads a file, a clock or the network."""
