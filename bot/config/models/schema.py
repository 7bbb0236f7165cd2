"""The JSON Schemas of config.yaml and of community files, for editors that complete and explain keys."""

from typing import Any

from bot.config.models.community import CommunityModel
from bot.config.models.field_types import FileModel
from bot.config.models.settings import SettingsModel

#: The draft that yaml-language-server reads without complaint.
_DRAFT = "http://json-schema.org/draft-07/schema#"


def community_schema() -> dict[str, Any]:
    """Return the JSON Schema of a community file."""
    return _schema(CommunityModel, "A community of Bylaug")


def settings_schema() -> dict[str, Any]:
    """Return the JSON Schema of config.yaml."""
    return _schema(SettingsModel, "The configuration of Bylaug")


def _schema(model_class: type[FileModel], title: str) -> dict[str, Any]:
    return {"$schema": _DRAFT, **model_class.model_json_schema(), "title": title}
