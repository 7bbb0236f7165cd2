"""The models of the parts of a thing: its closures, its calendars, and the rules for using it."""

from datetime import timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from bot.config.community import Role
from bot.config.models.field_types import (
    Aliases,
    Day,
    Duration,
    FileModel,
    HoursAWeek,
    Name,
    NamedRole,
    Roles,
    Source,
    Weeks,
    allow_empty,
)
from bot.config.models.scalars import parse_boolean, parse_days, scalar_text

Days = Annotated[timedelta, BeforeValidator(parse_days), WithJsonSchema({"type": "string", "pattern": r"^\d+ *d$"})]


class ClosureModel(FileModel):
    """A time in which nothing is done: some weeks of every year, or from a day to a day."""

    model_config = ConfigDict(title="Closure")

    weeks: Weeks | None = Field(None, description="ISO weeks of every year, 30 or 29-30.")
    first: Day | None = Field(None, alias="from", description="The first day, 2026-07-20.")
    last: Day | None = Field(None, alias="to", description="The last day; the first one when left out.")
    why: Name | None = Field(None, description="What people are told, 'gødning'.")

    @model_validator(mode="after")
    def _when(self) -> "ClosureModel":
        if (self.weeks is None) == (self.first is None):
            raise ValueError("write either 'weeks' or 'from'")
        if self.last and (self.first is None or self.last < self.first):
            raise ValueError("'to' is a day from the day in 'from' on")
        return self


class CalendarModel(FileModel):
    """A calendar with the matches of the thing."""

    model_config = ConfigDict(title="Calendar")

    source: Source = Field(
        description="An iCalendar file, 'matches.ics', beside this file, or its URL, 'https://…' or 'webcal://…'."
    )
    only: Aliases = Field(
        (),
        description="Where one calendar covers several pitches: words of which one is in the title or the place of a"
        " match on this one, 'bane 1'. Left out, every match is.",
    )


class UseModel(FileModel):
    """Who may reserve a thing for their own use, and within which limits."""

    model_config = ConfigDict(title="Use", json_schema_extra=allow_empty)

    by: Roles = Field(
        get_args(Role), description="The roles that may reserve it, [club, resident]; everybody when left out."
    )
    shortest: Duration | None = Field(None, description="How long a reservation lasts at least, 30m.")
    longest: Duration | None = Field(None, description="How long a reservation lasts at most, 6h.")
    notice: Duration | None = Field(None, description="How long before its beginning it is made at the latest, 1d.")
    ahead: Days | None = Field(None, description="How many days before its beginning it is made at the earliest, 180d.")
    hours_a_week: HoursAWeek | None = Field(
        None, description="For how many hours a week one party may have it; more is refused."
    )
    buffer: Duration | None = Field(
        None, description="How long it stands empty between two uses, so that it can be tidied up, 30m."
    )
    confirmed_by: NamedRole | Literal["nobody"] = Field(
        "nobody",
        description="The role that says yes or no to each reservation, steward; with nobody it stands at once.",
    )

    @model_validator(mode="after")
    def _order(self) -> "UseModel":
        if self.shortest and self.longest and self.shortest > self.longest:
            raise ValueError("'shortest' is longer than 'longest'")
        if not self.by:
            raise ValueError("'by' names nobody; leave 'use' out where nobody may reserve it")
        return self


def as_use(value: Any) -> Any:
    """Return nothing for `no`, and an empty mapping for `yes`."""
    if value is None or isinstance(value, dict):
        return value
    scalar_text(value)
    return {} if parse_boolean(value) else None


def allow_yes(schema: dict[str, Any]) -> None:
    """Let the JSON Schema accept yes or no in place of the mapping."""
    schema["anyOf"] = [*schema["anyOf"], {"type": "boolean"}]
