"""Pydantic models of the YAML files: allowed keys, their meaning for an editor, and their defaults."""
