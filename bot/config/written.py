"""What both kinds of file are made of: mappings without unknown keys, names, lists, durations."""

import re
from datetime import time, timedelta
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

from bot.config.community import Role
from bot.config.scalars import one_line, parse_duration, parse_hours, parse_zone, visible

_JOINERS = str.maketrans("", "", "-._")


def _as_list(value: Any) -> Any:
    """One word where a list is allowed is a list of one; a list left empty is no list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


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
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(one_line)]
Alias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), AfterValidator(one_line)]
Identifier = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), AfterValidator(one_line)
]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(visible)]


def _one_or_many(one: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one}, {"type": "null"}]})


_ONE_OR_MANY = _one_or_many({"type": "string"})
Aliases = Annotated[tuple[Alias, ...], BeforeValidator(_as_list), _ONE_OR_MANY]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(_as_list), _ONE_OR_MANY]
Names = Annotated[tuple[Name, ...], BeforeValidator(_as_list), _ONE_OR_MANY]
Roles = Annotated[tuple[Role, ...], BeforeValidator(_as_list), _one_or_many({"enum": list(get_args(Role))})]
Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^(\d+ *d)? *(\d+ *h)? *(\d+ *m(in)?)?$"}),
]
Hours = Annotated[
    tuple[time, time],
    BeforeValidator(parse_hours),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}([:.]\d\d)? *[-–] *\d{1,2}([:.]\d\d)?$"}),
]
Zone = Annotated[ZoneInfo, BeforeValidator(parse_zone), WithJsonSchema({"type": "string"})]


def or_empty(schema: dict[str, Any]) -> None:
    """An editor, too, takes a mapping left empty for one with nothing in it."""
    if "required" not in schema:
        schema["type"] = ["object", "null"]


class Written(BaseModel):
    """A mapping in a file: keys that nobody knows are refused, a mapping left empty is one with nothing in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    #: The shape of what stands under the names of a field that is a mapping of mappings.
    parts: ClassVar[dict[str, "type[Written]"]] = {}

    @model_validator(mode="before")
    @classmethod
    def _allow_empty(cls, value: Any) -> Any:
        return as_mapping(value)
