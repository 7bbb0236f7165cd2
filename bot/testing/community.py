"""Reads the community that a conversation is played in, as the bot would read it."""

from pathlib import Path

from bot.config.community import Community
from bot.config.load import load_community

#: The server that short names in the file are completed with.
SERVER_NAME = "bylaug.example"


def read_community(file: Path) -> Community:
    """One community's YAML file; the features it names need not be installed. Raises ConfigError for a wrong one."""
    return load_community(file, server_name=SERVER_NAME, features=None)
