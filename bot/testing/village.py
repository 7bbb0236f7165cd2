"""Reads the community that a conversation is played in, as the bot would read it."""

from pathlib import Path

from bot.config.community import Community
from bot.config.load import load_communities
from bot.errors import ConfigError

#: The server that short names in the file are completed with.
SERVER = "bylaug.example"


def read_community(file: Path) -> Community:
    """One community's YAML file; the features it names need not be installed. Raises ConfigError for a wrong one."""
    communities, problems = load_communities(file.parent, server_name=SERVER, features=None)
    if wrong := [problem for problem in problems if problem.file == str(file)]:
        raise ConfigError(wrong)
    return next(community for community in communities if community.key == file.stem)
