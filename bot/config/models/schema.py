"""The JSON Schemas of the two kinds of file, so that an editor completes keys and explains them."""

from typing import Any

from bot.config.models.community import CommunityModel
from bot.config.models.field_types import FileModel
from bot.config.models.settings import SettingsModel

#: The draft that yaml-language-server reads without complaint.
_DRAFT = "http://json-schema.org/draft-07/schema#"


def community_schema() -> dict[str, Any]:
    """The schema of a file in rooms/."""
    return _schema(CommunityModel, "A community of Bylaug")


def settings_schema() -> dict[str, Any]:
    """The schema of config.yaml."""
    return _schema(SettingsModel, "The configuration of Bylaug")


def _schema(shape: type[FileModel], title: str) -> dict[str, Any]:
    return {"$schema": _DRAFT, **shape.model_json_schema(), "title": title}
