"""The JSON Schemas of the two kinds of file, so that an editor completes keys and explains them."""

from typing import Any

from bot.config.models.community import WrittenCommunity
from bot.config.models.parts import Written
from bot.config.models.settings import WrittenSettings

#: The draft that yaml-language-server reads without complaint.
_DRAFT = "http://json-schema.org/draft-07/schema#"


def community_schema() -> dict[str, Any]:
    """The schema of a file in rooms/."""
    return _schema(WrittenCommunity, "A community of Bylaug")


def settings_schema() -> dict[str, Any]:
    """The schema of config.yaml."""
    return _schema(WrittenSettings, "The configuration of Bylaug")


def _schema(shape: type[Written], title: str) -> dict[str, Any]:
    return {"$schema": _DRAFT, **shape.model_json_schema(), "title": title}
