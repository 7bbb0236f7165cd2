"""Reads the community file that a conversation is played with."""

from pathlib import Path

from bot.config.community import Community
from bot.config.load import load_community

#: The homeserver that completes short names in the file.
SERVER_NAME = "bylaug.example"


def read_community(file: Path) -> Community:
    """Return the community in a YAML file, as the bot reads it. Raises ConfigError for a wrong file.

    The features that the file names need not be installed.
    """
    return load_community(file, server_name=SERVER_NAME, features=None)
