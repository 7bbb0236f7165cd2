"""Copies of the whole database: made, kept, carried elsewhere, and put back."""
