"""Reads a time from what people write: "hver fredag kl. 9 fra april til oktober" becomes a first time and an RRULE.

The reader is a small compiler. Each stage is a function without side effects, and hands its result to the next:

    text ─ normalise ─ tokenize ─ match ─ assemble ─ resolve ─ When
                       Token      Segment  Phrase

- `normalise` (bot/parsing/normalise.py): letters, so that "Lørdag" and "loerdag" are one word.
- `tokenize` (tokenizing/, with the words of a language from lexicon.py): the text as words, numbers and marks, each
  with the roles that it can play in a time.
- `match_components` (match.py, with the patterns in rules/): the components of a time (components.py and
  series_components.py), and the words that connect them.
- `assemble` (assemble.py): one phrase: a main moment, the clauses around it ("fra april"), and a recurrence.
- `resolve_phrase` (resolve/): the dates and clock times, as seen from a present moment.

A text that is not understood gives no time, and a time that cannot exist gives an error. Nothing is guessed. The page
docs/parsing.md shows one phrase on its way through the stages.
"""

from datetime import date, datetime, tzinfo
from functools import cache

from bot.languages.registry import find_language
from bot.languages.write_time import write_day_of_year
from bot.parsing.when.assemble import assemble
from bot.parsing.when.errors import ImpossibleTime, NotUnderstood
from bot.parsing.when.match import match_components
from bot.parsing.when.resolve.phrase import resolve_phrase
from bot.parsing.when.result import NOT_UNDERSTOOD, FoundTime, When, WhenError
from bot.parsing.when.segments import Segment
from bot.parsing.when.tokenizing.lexicon import Lexicon
from bot.parsing.when.tokenizing.tokens import tokenize

__all__ = ["NOT_UNDERSTOOD", "FoundTime", "When", "WhenError", "find_time_phrase", "parse_time_phrase"]

#: Characters. No time phrase is longer. A longer text is not read at all, so that no time is cut in half.
MAX_TEXT_LENGTH = 2000


def find_time_phrase(
    text: str, *, now: datetime, language: str, zone: tzinfo | None = None, several: bool = False
) -> FoundTime | None:
    """Return the time that a text names somewhere, None when it names no time.

    `now` is local and naive. With `zone`, the zone of `now`, "om 24 timer" ("in 24 hours") counts through a change of
    the clocks, and a clock time that they skip is an error.
    """
    return _read(text, now, language, zone, whole=False, several=several)


def parse_time_phrase(
    text: str, *, now: datetime, language: str, zone: tzinfo | None = None, several: bool = False
) -> When:
    """Return the time of a text that is nothing but a time; a `When` without start and end where it is anything else.

    `now`, `zone` and `several` are as for `find_time_phrase`.
    """
    found = _read(text, now, language, zone, whole=True, several=several)
    return found.when if found else NOT_UNDERSTOOD


@cache
def lexicon_of(language: str) -> Lexicon:
    """Return the words of a language that have to do with time."""
    return Lexicon(find_language(language).time_words)


def _read(
    text: str, now: datetime, language: str, zone: tzinfo | None, *, whole: bool, several: bool
) -> FoundTime | None:
    if len(text) > MAX_TEXT_LENGTH:
        return None
    segments = match_components(tokenize(text, lexicon_of(language)), whole=whole)
    try:
        phrase = assemble(segments, whole=whole)
        if phrase is None or not phrase.char_ranges:
            return None
        when = resolve_phrase(phrase, now, zone)
        if when.several and not several:
            when = When(None, None, error=WhenError("when-several", {"said": _said(text, phrase.char_ranges)}))
        return FoundTime(when, phrase.char_ranges)
    except NotUnderstood:
        return None
    except ImpossibleTime as error:
        return _report(error, segments, text, language)


def _report(error: ImpossibleTime, segments: list[Segment], text: str, language: str) -> FoundTime:
    """Return the error with the words of the text that it is about, and its values in the language."""
    matched = [(segment.start, segment.end) for segment in segments if segment.component]
    start, end = error.char_range or (matched[0][0], matched[-1][1])
    values = {name: _in_words(value, name, language) for name, value in error.values.items() if value != ""}
    when = When(None, None, error=WhenError(error.error_key, {"said": text[start:end].strip(), **values}))
    is_misspelling = error.error_key == "when-slip"
    return FoundTime(when, tuple(sorted({*matched, (start, end)})) if is_misspelling else ((start, end),))


def _said(text: str, char_ranges: tuple[tuple[int, int], ...]) -> str:
    return " … ".join(text[start:end] for start, end in char_ranges)


def _in_words(value: object, name: str, language: str) -> str:
    if isinstance(value, date):
        return f"{write_day_of_year(value.month, value.day, language=language)} {value.year}"
    weekdays = find_language(language).weekdays
    return weekdays[value] if name == "weekday" and isinstance(value, int) else str(value)
