"""The model of reminders and quiet hours in a community file, with the parsers of their values."""

import re
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from bot.config.file.plain import Unquoted
from bot.config.models.field_types import FileModel, allow_off, as_mapping
from bot.config.models.scalars import parse_duration, scalar_text
from bot.reminder_times import MAX_LEAD_TIME, MAX_REMINDERS_BEFORE, LeadTime, QuietHours

_OFF = frozenset(("off", "no", "false"))
_CLOCK = r"(\d{1,2})(?:[:.](\d\d))?"
_QUIET_HOURS = re.compile(rf"{_CLOCK}\s*[-–]\s*{_CLOCK}", re.ASCII)
_DAYS_BEFORE = re.compile(rf"(same day|(?:(\d{{1,2}}) )?(?:days?|evening) before)(?: at)? {_CLOCK}", re.ASCII)


def is_off(value: Any) -> bool:
    """Whether a value is `off`, or another word for no."""
    return isinstance(value, Unquoted | str) and scalar_text(value).casefold() in _OFF


def parse_quiet_hours(value: Any) -> QuietHours | None:
    """Return quiet hours, written 21-8; None for off."""
    if is_off(value):
        return None
    text = scalar_text(value)
    found = _QUIET_HOURS.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' are no quiet hours, which are written 21-8 or 21:30-08:00, or off")
    start, end = _parse_time(found[1], found[2], text), _parse_time(found[3], found[4], text)
    if start == end:
        raise ValueError(f"'{text}' ends when it begins; write off for no quiet hours")
    return QuietHours(start, end)


def parse_clock(value: Any) -> time | None:
    """Return a time of day, written 07:00; None for off."""
    if is_off(value):
        return None
    text = scalar_text(value)
    found = re.fullmatch(_CLOCK, text, re.ASCII)
    if not found:
        raise ValueError(f"'{text}' is no time of day, which is written 07:00, or off")
    return _parse_time(found[1], found[2], text)


def parse_lead_time(value: Any) -> LeadTime:
    """Return how long before something begins a reminder is sent, written 2h or "day before at 18:00"."""
    text = scalar_text(value)
    if found := _DAYS_BEFORE.fullmatch(text.casefold()):
        days = 0 if found[1] == "same day" else int(found[2] or 1)
        lead_time = LeadTime(days=days, at=_parse_time(found[3], found[4], text))
    else:
        try:
            lead_time = LeadTime(length=parse_duration(text.removesuffix(" before")))
        except ValueError:
            examples = "which is written 2h, or day before at 18:00"
            raise ValueError(f"'{text}' is no time to be reminded, {examples}") from None
    if lead_time.max_length > MAX_LEAD_TIME:
        raise ValueError(f"'{text}' is more than {MAX_LEAD_TIME.days} days before")
    return lead_time


def parse_nudge(value: Any) -> timedelta | None:
    """Return how long the bot waits for an answer before it asks again; None for off."""
    return None if is_off(value) else parse_duration(value)


def _parse_time(hour: str, minute: str | None, text: str) -> time:
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        raise ValueError(f"'{text}' names an hour that does not exist; a day runs from 00:00 to 23:59") from None


def _as_times(value: Any) -> Any:
    """Return a single time as a list with this time, and nothing or `off` as an empty list. Refuse too long a list."""
    if value is None or is_off(value):
        return []
    times = [value] if isinstance(value, Unquoted | str) else value
    if isinstance(times, list) and len(times) > MAX_REMINDERS_BEFORE:
        raise ValueError(f"nobody wants to be reminded more than {MAX_REMINDERS_BEFORE} times of one thing")
    return times


def reminders_or_off(value: Any) -> Any:
    """Return `off` as a mapping in which every reminder is off."""
    if is_off(value) and isinstance(value, Unquoted):
        return dict.fromkeys(("before", "day", "week", "nudge"), value)
    return as_mapping(value)


def _text_or_off(pattern: str, *alternatives: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": pattern}, *alternatives, {"const": False}]})


_TEXT = {"type": "string"}
_TIMES = WithJsonSchema(
    {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "maxItems": MAX_REMINDERS_BEFORE}, {"const": False}]}
)

QuietHoursOrOff = Annotated[
    QuietHours | None,
    BeforeValidator(parse_quiet_hours),
    _text_or_off(r"^\d{1,2}([:.]\d\d)? *[-–] *\d{1,2}([:.]\d\d)?$"),
]
ClockOrOff = Annotated[
    time | None, BeforeValidator(parse_clock), _text_or_off(r"^\d{1,2}([:.]\d\d)?$", {"type": "number"})
]
_LeadTimeValue = Annotated[LeadTime, BeforeValidator(parse_lead_time)]
Before = Annotated[tuple[_LeadTimeValue, ...], BeforeValidator(_as_times), _TIMES]
Nudge = Annotated[
    timedelta | None,
    BeforeValidator(parse_nudge),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": r"^(\d+ *d)? *(\d+ *h)? *(\d+ *m(in)?)?$"}, {"const": False}]}
    ),
]


class RemindersModel(FileModel):
    """What the clock says unasked, to whoever wishes nothing else for themselves."""

    model_config = ConfigDict(title="Reminders", json_schema_extra=allow_off)

    before: Before = Field(
        default=["day before at 18:00", "2h"],
        validate_default=True,
        description="When the parties are reminded of what they have agreed on: 2h, 'day before at 18:00', 'same day at"
        " 7:00', '3 days before at 12:00'. off: never.",
    )
    day: ClockOrOff = Field(
        default="07:00",
        validate_default=True,
        description="When those who work hear of the day's work, or off.",
    )
    week: ClockOrOff = Field(
        default="08:00", validate_default=True, description="When they hear on Mondays of the week's, or off."
    )
    nudge: Nudge = Field(
        default="1d", validate_default=True, description="After how long whoever owes an answer is asked again, or off."
    )
