"""Shows how lines are understood, a JSON object each: phrases by themselves, or commands as in a community."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.api.arguments import PERSON, TASK, THING, TIME, Argument, ReadingContext, find_time
from bot.api.feature import Command
from bot.clock import Clock, system_clock
from bot.config.community import Person, Task, Thing
from bot.errors import Refused
from bot.languages.catalogue import CORE, Catalogue
from bot.languages.registry import DEFAULT_LANGUAGES
from bot.parsing.when import When, find_time_phrase, parse_time_phrase
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand, read_arguments, read_command
from bot.pipeline.load_features import feature_names, load_features
from bot.testing.community import read_community

_TEXTS = Catalogue(CORE)

#: What to look for where no command was said.
_ANYTHING = Command(
    "",
    {},
    lambda request: request,
    (Argument("who", PERSON), Argument("what", THING), Argument("work", TASK), Argument("when", TIME)),
)


def explain_lines(
    lines: Iterable[str],
    room: Path | None = None,
    language: str | None = None,
    time_zone: ZoneInfo | None = None,
    now: datetime | None = None,
    *,
    clock: Clock = system_clock,
) -> Iterator[dict[str, Any]]:
    """Read each line: as a time, or with a community's file as whatever may be said to the bot there.

    `now` is local where it has no offset, and otherwise put into the time zone. Raises ConfigError for a wrong file.
    """
    community = read_community(room.absolute()) if room else None
    spoken = language or (community.language if community else DEFAULT_LANGUAGES[0])
    zone = time_zone or (community.time_zone if community else ZoneInfo("Europe/Copenhagen"))
    here = now if now and now.tzinfo is None else (now or clock()).astimezone(zone).replace(tzinfo=None)
    about = ReadingContext(community, spoken, here) if community else None
    understood = _room_reader(about) if about else _phrase_reader(spoken, here, zone)
    for line in lines:
        text = line.rstrip("\r\n")
        yield {"text": text, **understood(text)}


def _phrase_reader(language: str, now: datetime, zone: ZoneInfo) -> Callable[[str], dict[str, Any]]:
    def understood(text: str) -> dict[str, Any]:
        when = parse_time_phrase(text, now=now, language=language, zone=zone)
        if when.start is None and when.end is None and when.error is None:
            found = find_time_phrase(text, now=now, language=language, zone=zone)
            when = found.when if found else when
        return _told(when, language)

    return understood


def _room_reader(about: ReadingContext) -> Callable[[str], dict[str, Any]]:
    features = FeatureSet(load_features(feature_names()))

    def understood(text: str) -> dict[str, Any]:
        said = text.lstrip().removeprefix("!").lstrip()
        call = _call(features, about, said)
        values = list(call.values.values())
        when = next((value for value in values if isinstance(value, When)), None)
        rest = " ".join(filter(None, (*(value for value in values if isinstance(value, str)), call.unread_text)))
        if when is None and call.problem is None and (found := find_time(rest, about)):
            when = found.when
        return {
            **_told(when, about.language, call.problem),
            "command": call.command.name or None,
            "number": next((value for value in values if isinstance(value, int)), None),
            "thing": next((value.key for value in values if isinstance(value, Thing)), None),
            "task": next((value.key for value in values if isinstance(value, Task)), None),
            "person": next((value.handle for value in values if isinstance(value, Person)), None),
            "rest": rest,
        }

    return understood


def _call(features: FeatureSet, about: ReadingContext, text: str) -> CommandCall:
    try:
        return read_command(features, about, text)
    except SuggestCommand as nearly:
        return nearly.call
    except Refused:
        return read_arguments(features.by_name["guide"], _ANYTHING, text, about)


def _told(when: When | None, language: str, problem: tuple[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    if when is not None and when.error is not None:
        problem = (when.error.key, dict(when.error.values))
    if when is None or problem is not None:
        when = When(None, None)
    return {
        **_written(when),
        "alternatives": [_written(other) for other in when.alternatives],
        "error": _said(problem, language),
    }


def _written(when: When) -> dict[str, Any]:
    return {"start": _iso(when.start), "end": _iso(when.end), "rrule": when.rrule, "deadline": when.deadline}


def _iso(value: datetime | date | None) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes" if value.second == 0 else "seconds")
    return value.isoformat() if value else None


def _said(problem: tuple[str, dict[str, Any]] | None, language: str) -> str | None:
    return str(_TEXTS.say(language, *problem)) if problem else None
