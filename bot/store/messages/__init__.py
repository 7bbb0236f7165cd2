"""What people said and what is to be said to them, on its way through."""
