"""Compares the keys of communities' files with those in the database: renames, keeps and reports them."""
