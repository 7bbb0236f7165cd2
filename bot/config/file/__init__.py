"""Reads YAML files with the line of every value, and explains mistakes in them in one sentence each."""
