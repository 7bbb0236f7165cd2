"""The base model and the field types of config.yaml and of community files: names, lists, durations, limits.

Where a validator accepts a shorthand, such as one value in place of a list, the JSON Schema accepts it as well.
"""

import re
from datetime import date, time, timedelta
from typing import Annotated, Any, ClassVar, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from bot.config.address import complete_server
from bot.config.calendar import normalize_source
from bot.config.community import Role
from bot.config.file.plain import Unquoted
from bot.config.models.scalars import (
    parse_boolean,
    parse_date,
    parse_duration,
    parse_hours,
    parse_hours_a_week,
    parse_interval,
    parse_season,
    parse_weeks,
    parse_zone,
    require_one_line,
    require_visible,
    scalar_text,
)
from bot.config.suggest import describe_unknown
from bot.config.usage_rules import Season
from bot.languages.registry import DEFAULT_LANGUAGES, find_language, is_installed, language_codes

_REMOVE_SEPARATORS = str.maketrans("", "", "-._")


def as_list(value: Any) -> Any:
    """Return a single word as a list with this word, and nothing as an empty list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


#: The roles by their names in the languages that come with Bylaug, beside their own: "klub".
ROLE_NAMES = {
    name: role for code in DEFAULT_LANGUAGES for role, names in find_language(code).roles.items() for name in names
}


def find_role(value: Any) -> Any:
    """Return the role that a name in one of our languages means; any other value as it is."""
    return ROLE_NAMES.get(value.strip().casefold(), value) if isinstance(value, str) else value


def as_mappings(value: Any) -> Any:
    """Return a single mapping as a list with this mapping, and nothing as an empty list."""
    if value is None:
        return []
    return [value] if isinstance(value, dict) else value


def as_calendars(value: Any) -> Any:
    """Return one calendar or several as a list of mappings. A calendar may be written as only a file name or URL."""
    calendars = as_mappings([value] if isinstance(value, str) else value)
    if not isinstance(calendars, list):
        return calendars
    return [{"source": calendar} if isinstance(calendar, str) else calendar for calendar in calendars]


def allow_bare_sources(schema: dict[str, Any]) -> None:
    """Let the JSON Schema accept what `as_calendars` accepts."""
    mapping = schema.pop("items")
    del schema["type"]
    calendar: list[dict[str, Any]] = [{"type": "string"}, mapping]
    schema["anyOf"] = [*calendar, {"type": "array", "items": {"anyOf": calendar}}, {"type": "null"}]


def as_mapping(value: Any) -> Any:
    """Return nothing as an empty mapping."""
    return {} if value is None else value


def _check_key(text: str) -> str:
    characters = text.translate(_REMOVE_SEPARATORS)
    if characters.isdigit():
        raise ValueError(f"'{text}' is a bare number and cannot be a key, since numbers name agreements; add a letter")
    if not characters.isalnum() or text != text.lower() or len(text) > 60:
        suggestion = re.sub(r"[\W_]+", "-", text.lower()).strip("-")[:60] or "bane-1"
        raise ValueError(f"'{text}' cannot be a key, which has small letters, digits and hyphens, like '{suggestion}'")
    return text


Key = Annotated[str, AfterValidator(_check_key)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(require_one_line)
]
Alias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), AfterValidator(require_one_line)
]
Identifier = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), AfterValidator(require_one_line)
]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(require_visible)]


def _check_language(code: str) -> str:
    if not is_installed(code):
        raise ValueError(describe_unknown("language", code, language_codes()))
    try:
        find_language(code)
    except Exception as error:
        raise ValueError(f"the language '{code}' cannot be loaded: {type(error).__name__}: {error}") from error
    return code


#: An editor suggests the languages that come with the bot; others may be installed.
_LANGUAGE_SCHEMA: dict[str, Any] = {
    "anyOf": [{"enum": list(DEFAULT_LANGUAGES)}, {"type": "string", "pattern": "^[a-z]{2,3}$"}]
}
LanguageCode = Annotated[str, AfterValidator(_check_language), WithJsonSchema(_LANGUAGE_SCHEMA)]


def one_or_many_schema(item: dict[str, Any]) -> WithJsonSchema:
    """Return the JSON Schema of an item, a list of items or nothing."""
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item}, {"type": "null"}]})


def _one_or_several(item: dict[str, Any]) -> WithJsonSchema:
    """Return the JSON Schema of an item, or a list with at least one item."""
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]})


_ONE_OR_MANY_TEXTS = one_or_many_schema({"type": "string"})
Aliases = Annotated[tuple[Alias, ...], BeforeValidator(as_list), _ONE_OR_MANY_TEXTS]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(as_list), _ONE_OR_MANY_TEXTS]
Names = Annotated[tuple[Name, ...], BeforeValidator(as_list), _ONE_OR_MANY_TEXTS]
FeatureNames = Annotated[
    tuple[Name, ...] | None,
    BeforeValidator(lambda value: None if value is None else as_list(value)),
    _ONE_OR_MANY_TEXTS,
]
Keys = Annotated[tuple[Key, ...], BeforeValidator(as_list), _ONE_OR_MANY_TEXTS]
_ROLE_SCHEMA = {"enum": [*get_args(Role), *ROLE_NAMES]}
NamedRole = Annotated[Role, BeforeValidator(find_role), WithJsonSchema(_ROLE_SCHEMA)]
Roles = Annotated[tuple[NamedRole, ...], BeforeValidator(as_list), one_or_many_schema(_ROLE_SCHEMA)]
Languages = Annotated[
    tuple[LanguageCode, ...], BeforeValidator(as_list), WithJsonSchema({"type": "array", "items": _LANGUAGE_SCHEMA})
]
Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^(\d+ *d)? *(\d+ *h)? *(\d+ *m(in)?)?$"}),
]
Interval = Annotated[
    timedelta | None,
    BeforeValidator(parse_interval),
    WithJsonSchema({"type": "string", "pattern": r"^(match|\d{1,3} *d)$"}),
]
Hours = Annotated[
    tuple[time, time],
    BeforeValidator(parse_hours),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}([:.]\d\d)? *[-–] *\d{1,2}([:.]\d\d)?$"}),
]
Source = Annotated[Identifier, AfterValidator(normalize_source)]
YearPart = Annotated[Season, BeforeValidator(parse_season), WithJsonSchema({"type": "string"})]
Weeks = Annotated[
    tuple[int, int],
    BeforeValidator(parse_weeks),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 53}, {"type": "string"}]}),
]
Day = Annotated[date, BeforeValidator(parse_date), WithJsonSchema({"type": "string", "format": "date"})]
HoursAWeek = Annotated[
    float,
    BeforeValidator(parse_hours_a_week),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 168}),
]
YesNo = Annotated[bool, BeforeValidator(parse_boolean), WithJsonSchema({"type": "boolean"})]
Zone = Annotated[ZoneInfo, BeforeValidator(parse_zone), WithJsonSchema({"type": "string"})]


def _require_servers(value: Any) -> Any:
    """Refuse an empty list of homeservers, which could mean everybody or nobody."""
    if value is None or value == []:
        raise ValueError("name at least one homeserver, or leave the key out")
    return as_list(value)


def limits_or_off(value: Any) -> Any:
    """Return `off` as a mapping in which every limit is off."""
    if isinstance(value, Unquoted) and value.text.casefold() in ("off", "no", "false"):
        return dict.fromkeys(("person", "room", "proposals"), value)
    return as_mapping(value)


def _parse_limit(value: Any) -> int | None:
    text = scalar_text(value)
    if text.casefold() in ("off", "no", "false"):
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 10_000):
        raise ValueError(f"'{text}' is not a limit, which is a whole number from 1 to 10000, or off")
    return int(text)


_LIMIT_SCHEMA = {"type": "integer", "minimum": 1, "maximum": 10_000}
Limit = Annotated[
    int | None, BeforeValidator(_parse_limit), WithJsonSchema({"anyOf": [_LIMIT_SCHEMA, {"const": False}]})
]
Server = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(complete_server)]
Servers = Annotated[tuple[Server, ...] | None, BeforeValidator(_require_servers), _one_or_several({"type": "string"})]


def allow_off(schema: dict[str, Any]) -> None:
    """Let the JSON Schema accept `off` in place of the mapping."""
    schema["type"] = ["object", "null", "boolean"]


def allow_empty(schema: dict[str, Any]) -> None:
    """Let the JSON Schema accept nothing in place of a mapping without required keys."""
    if "required" not in schema:
        schema["type"] = ["object", "null"]


class FileModel(BaseModel):
    """A mapping in a file. Unknown keys are refused; nothing in place of a mapping is an empty mapping."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    #: For fields that map names to mappings: the model of these mappings, by field name.
    entry_models: ClassVar[dict[str, "type[FileModel]"]] = {}
    #: For fields that are a mapping or a list of mappings: their model, by field name.
    nested_models: ClassVar[dict[str, "type[FileModel]"]] = {}

    @model_validator(mode="before")
    @classmethod
    def _allow_empty(cls, value: Any) -> Any:
        return as_mapping(value)
