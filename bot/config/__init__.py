"""Loads and checks what the administrator writes: config.yaml, and one YAML file per community."""
