"""Bylaug: neighbours who agree among themselves, in their own Matrix rooms."""
