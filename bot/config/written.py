"""The shape of a community file: what may be written, what it means to an editor, what it is when left out."""

from datetime import time, timedelta
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from bot.config.community import Access, Language, Role
from bot.config.scalars import one_line, parse_duration, parse_hours, parse_zone, visible


def _as_list(value: Any) -> Any:
    """One word where a list is allowed is a list of one; a list left empty is no list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _as_mapping(value: Any) -> Any:
    return {} if value is None else value


def _key(text: str) -> str:
    plain = text.replace("-", "").replace(".", "").replace("_", "")
    if not plain.isalnum() or text != text.lower() or len(text) > 60:
        raise ValueError(f"'{text}' cannot be a key, which has small letters, digits and hyphens, like 'bane-1'")
    if text.isdigit():
        raise ValueError(f"'{text}' is a bare number and cannot be a key; numbers name agreements, write 'bane-{text}'")
    return text


Key = Annotated[str, AfterValidator(_key)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(one_line)]
Alias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), AfterValidator(one_line)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(visible)]

_ONE_OR_MANY = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
Aliases = Annotated[tuple[Alias, ...], BeforeValidator(_as_list), _ONE_OR_MANY]
Roles = Annotated[tuple[Role, ...], BeforeValidator(_as_list)]
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


class Written(BaseModel):
    """A mapping in a file: keys that nobody knows are refused, a mapping left empty is one with nothing in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    #: The shape of what stands under the names of a field that is a mapping of mappings.
    parts: ClassVar[dict[str, "type[Written]"]] = {}

    @model_validator(mode="before")
    @classmethod
    def _allow_empty(cls, value: Any) -> Any:
        return _as_mapping(value)


class WrittenPerson(Written):
    """A club, a firm or a neighbour, named by a handle."""

    name: Name | None = Field(None, description="What people read, 'Skovby IF'; the handle when left out.")
    matrix: Aliases = Field(
        (),
        description="The Matrix ids that act for this party, one or several. A short one, '@anna', lives on our own"
        " homeserver. Left out, it is the handle there.",
    )
    roles: Roles = Field(("resident",), description="What the party is: club, contractor, resident or steward.")
    language: Language | None = Field(None, description="The language for this party, when not the room's.")


class WrittenThing(Written):
    """Something that can be booked: a pitch, a hall, a mower."""

    name: Name | None = Field(None, description="What people read and write, 'bane 1'; the key when left out.")
    aliases: Aliases = Field((), description="Other words for it, 'kunsten'. A bare number cannot be one.")


class WrittenTask(Written):
    """Something that can be done, named by the word people use for it."""

    name: Name | None = Field(None, description="What people read and write; the key when left out.")
    aliases: Aliases = Field((), description="Other words for it, 'klippe'. A bare number cannot be one.")
    duration: Duration = Field(description="How long it takes: 90m, 2h, 1h30m or 1d.")
    role: Role = Field("contractor", description="The role that does it.")


class WrittenCommunity(Written):
    """One community: a room, its people, what can be booked and what can be done."""

    parts = {"people": WrittenPerson, "things": WrittenThing, "tasks": WrittenTask}

    name: Name = Field(description="The community's name; the bot gives it to a room it creates.")
    room: Name = Field(
        description="The room, '#skovby' for one on our own homeserver, '#skovby:example.org', or a room id that begins"
        " with '!'. Put quotes around it."
    )
    topic: Prose = Field("", description="One line about the room.")
    language: Language = Field("da", description="The language the bot speaks here: da or en.")
    time_zone: Zone = Field(
        default="Europe/Copenhagen", validate_default=True, description="The village's clock, 'Europe/Copenhagen'."
    )
    greeting: Prose | None = Field(None, description="What the bot says to newcomers; its own words when left out.")
    access: Access = Field("invited", description="Who may come in: everybody (public) or who is invited (invited).")
    people: Annotated[dict[Key, WrittenPerson], BeforeValidator(_as_mapping)] = Field(
        {}, description="The parties by handle; whoever is not listed is a resident."
    )
    things: Annotated[dict[Key, WrittenThing], BeforeValidator(_as_mapping)] = Field(
        {}, description="What can be booked, by key."
    )
    tasks: Annotated[dict[Key, WrittenTask], BeforeValidator(_as_mapping)] = Field(
        {}, description="What can be done, by key."
    )
    features: Annotated[tuple[Name, ...], BeforeValidator(_as_list)] = Field(
        (), description="What the bot does here, 'bookings'."
    )
    hours: Hours = Field(
        default="07:00-21:00", validate_default=True, description="When work may be offered, in the village's time."
    )
