"""Explains how the bot reads a line: a time phrase, or with a community's file a whole command. For `bylaug parse`."""

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
from bot.parsing.when import NOT_UNDERSTOOD, When, find_time_phrase, parse_time_phrase
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand, read_arguments, read_command
from bot.pipeline.load_features import feature_names, load_features
from bot.testing.community import read_community
from bot.testing.explain_sentence import explain_sentence

_TEXTS = Catalogue(CORE)

#: Finds the arguments in a line that is no command.
_ANY_ARGUMENTS = Command(
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
    stages: bool = False,
    clock: Clock = system_clock,
) -> Iterator[dict[str, Any]]:
    """Yield for each line a dictionary of what the bot reads in it, ready for JSON.

    Without `room` a line is read as a time phrase, with the community's file `room` as a message to the bot in that
    community. With `stages`, each stage in which a sentence is read is shown too. `now` is local when it has no offset;
    otherwise it is converted to the time zone. Raises ConfigError for a wrong file.
    """
    community = read_community(room.absolute()) if room else None
    language = language or (community.language if community else DEFAULT_LANGUAGES[0])
    zone = time_zone or (community.time_zone if community else ZoneInfo("Europe/Copenhagen"))
    local_now = now if now and now.tzinfo is None else (now or clock()).astimezone(zone).replace(tzinfo=None)
    if community:
        explain = _command_explainer(ReadingContext(community, language, local_now))
    else:
        explain = _phrase_explainer(language, local_now, zone)
    for line in lines:
        text = line.rstrip("\r\n")
        shown = explain_sentence(text, (language, *(community.languages if community else ()))) if stages else {}
        yield {"text": text, **explain(text), **shown}


def _phrase_explainer(language: str, now: datetime, zone: ZoneInfo) -> Callable[[str], dict[str, Any]]:
    def explain(text: str) -> dict[str, Any]:
        when = parse_time_phrase(text, now=now, language=language, zone=zone, several=True)
        if when == NOT_UNDERSTOOD:
            found = find_time_phrase(text, now=now, language=language, zone=zone, several=True)
            when = found.when if found else when
        return _describe(when, language)

    return explain


def _command_explainer(context: ReadingContext) -> Callable[[str], dict[str, Any]]:
    features = FeatureSet(load_features(feature_names()))

    def explain(text: str) -> dict[str, Any]:
        call = _read_call(features, context, text.lstrip().removeprefix("!").lstrip())
        values = list(call.values.values())
        when = next((value for value in values if isinstance(value, When)), None)
        rest = " ".join(filter(None, (*(value for value in values if isinstance(value, str)), call.unread_text)))
        if when is None and call.problem is None and (found := find_time(rest, context)):
            when = found.when
        return {
            **_describe(when, context.language, call.problem),
            "command": call.command.name or None,
            "number": next((value for value in values if isinstance(value, int)), None),
            "thing": next((value.key for value in values if isinstance(value, Thing)), None),
            "task": next((value.key for value in values if isinstance(value, Task)), None),
            "person": next((value.handle for value in values if isinstance(value, Person)), None),
            "rest": rest,
        }

    return explain


def _read_call(features: FeatureSet, context: ReadingContext, text: str) -> CommandCall:
    """Read a line as a command, as a misspelt one, or else only the arguments in it."""
    try:
        return read_command(features, context, text)
    except SuggestCommand as suggestion:
        return suggestion.call
    except Refused:
        return read_arguments(features.by_name["guide"], _ANY_ARGUMENTS, text, context)


def _describe(when: When | None, language: str, problem: tuple[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    if when is not None and when.error is not None:
        problem = (when.error.key, dict(when.error.values))
    if when is None or problem is not None:
        when = When(None, None)
    return {
        **_describe_time(when),
        "several": [_describe_time(each) for each in when.several],
        "alternatives": [_describe_time(other) for other in when.alternatives],
        "error": _describe_problem(problem, language),
    }


def _describe_time(when: When) -> dict[str, Any]:
    return {
        "start": _isoformat(when.start),
        "end": _isoformat(when.end),
        "rrule": when.rrule,
        "deadline": when.deadline,
    }


def _isoformat(value: datetime | date | None) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes" if value.second == 0 else "seconds")
    return value.isoformat() if value else None


def _describe_problem(problem: tuple[str, dict[str, Any]] | None, language: str) -> str | None:
    return str(_TEXTS.say(language, *problem)) if problem else None
