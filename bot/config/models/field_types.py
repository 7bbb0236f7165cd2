"""What both kinds of file are made of: mappings without unknown keys, names, lists, durations."""

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

_JOINERS = str.maketrans("", "", "-._")


def as_list(value: Any) -> Any:
    """One word where a list is allowed is a list of one; a list left empty is no list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def as_mappings(value: Any) -> Any:
    """One mapping where a list of them is allowed is a list of one; a list left empty is no list."""
    if value is None:
        return []
    return [value] if isinstance(value, dict) else value


def as_calendars(value: Any) -> Any:
    """A calendar may be written as its file or URL alone, and one where a list is allowed is a list of one."""
    listed = as_mappings([value] if isinstance(value, str) else value)
    return [{"source": one} if isinstance(one, str) else one for one in listed] if isinstance(listed, list) else listed


def or_sources(schema: dict[str, Any]) -> None:
    """An editor, too, takes a file or URL alone for a calendar, and one for a list of one."""
    calendar = schema.pop("items")
    del schema["type"]
    one: list[dict[str, Any]] = [{"type": "string"}, calendar]
    schema["anyOf"] = [*one, {"type": "array", "items": {"anyOf": one}}, {"type": "null"}]


def as_mapping(value: Any) -> Any:
    """A mapping left empty is one with nothing in it."""
    return {} if value is None else value


def _key(text: str) -> str:
    letters = text.translate(_JOINERS)
    if letters.isdigit():
        raise ValueError(f"'{text}' is a bare number and cannot be a key, since numbers name agreements; add a letter")
    if not letters.isalnum() or text != text.lower() or len(text) > 60:
        better = re.sub(r"[\W_]+", "-", text.lower()).strip("-")[:60] or "bane-1"
        raise ValueError(f"'{text}' cannot be a key, which has small letters, digits and hyphens, like '{better}'")
    return text


Key = Annotated[str, AfterValidator(_key)]
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


def _language(code: str) -> str:
    if not is_installed(code):
        raise ValueError(describe_unknown("language", code, language_codes()))
    try:
        find_language(code)
    except Exception as error:
        raise ValueError(f"the language '{code}' cannot be loaded: {type(error).__name__}: {error}") from error
    return code


#: An editor suggests the languages that are ours; others may be installed.
_LANGUAGE: dict[str, Any] = {
    "anyOf": [{"enum": list(DEFAULT_LANGUAGES)}, {"type": "string", "pattern": "^[a-z]{2,3}$"}]
}
LanguageCode = Annotated[str, AfterValidator(_language), WithJsonSchema(_LANGUAGE)]


def one_or_many(one: dict[str, Any]) -> WithJsonSchema:
    """An editor, too, takes one where a list is allowed."""
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one}, {"type": "null"}]})


def _one_or_many_of(one: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})


_ONE_OR_MANY = one_or_many({"type": "string"})
Aliases = Annotated[tuple[Alias, ...], BeforeValidator(as_list), _ONE_OR_MANY]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(as_list), _ONE_OR_MANY]
Names = Annotated[tuple[Name, ...], BeforeValidator(as_list), _ONE_OR_MANY]
Roles = Annotated[tuple[Role, ...], BeforeValidator(as_list), one_or_many({"enum": list(get_args(Role))})]
Languages = Annotated[
    tuple[LanguageCode, ...], BeforeValidator(as_list), WithJsonSchema({"type": "array", "items": _LANGUAGE})
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


def _at_least_one(value: Any) -> Any:
    """A list with nothing in it could mean everybody or nobody."""
    if value is None or value == []:
        raise ValueError("name at least one homeserver, or leave the key out")
    return as_list(value)


def limits_or_off(value: Any) -> Any:
    """`off` is no limits at all."""
    if isinstance(value, Unquoted) and value.text.casefold() in ("off", "no", "false"):
        return dict.fromkeys(("person", "room", "proposals"), value)
    return as_mapping(value)


def _limit(value: Any) -> int | None:
    text = scalar_text(value)
    if text.casefold() in ("off", "no", "false"):
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 10_000):
        raise ValueError(f"'{text}' is not a limit, which is a whole number from 1 to 10000, or off")
    return int(text)


_COUNT = {"type": "integer", "minimum": 1, "maximum": 10_000}
Limit = Annotated[int | None, BeforeValidator(_limit), WithJsonSchema({"anyOf": [_COUNT, {"const": False}]})]
Server = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(complete_server)]
Servers = Annotated[tuple[Server, ...] | None, BeforeValidator(_at_least_one), _one_or_many_of({"type": "string"})]


def or_off(schema: dict[str, Any]) -> None:
    """An editor, too, takes `off` for a whole mapping."""
    schema["type"] = ["object", "null", "boolean"]


def or_empty(schema: dict[str, Any]) -> None:
    """An editor, too, takes a mapping left empty for one with nothing in it."""
    if "required" not in schema:
        schema["type"] = ["object", "null"]


class FileModel(BaseModel):
    """A mapping in a file: keys that nobody knows are refused, a mapping left empty is one with nothing in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    #: The shape of what stands under the names of a field that is a mapping of mappings.
    entry_models: ClassVar[dict[str, "type[FileModel]"]] = {}
    #: The shape of a field that is a single mapping.
    nested_models: ClassVar[dict[str, "type[FileModel]"]] = {}

    @model_validator(mode="before")
    @classmethod
    def _allow_empty(cls, value: Any) -> Any:
        return as_mapping(value)
