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

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from itertools import zip_longest

from bot.languages.registry import find_language
from bot.languages.write_time import write_day_of_year
from bot.parsing.when.assemble import assemble
from bot.parsing.when.errors import ImpossibleTime, NotUnderstood
from bot.parsing.when.match import match_components
from bot.parsing.when.resolve.phrase import resolve_phrase
from bot.parsing.when.result import NOT_UNDERSTOOD, FoundTime, When, WhenError
from bot.parsing.when.segments import Segment
from bot.parsing.when.tokenizing.lexicon import Lexicon, SchoolHolidays
from bot.parsing.when.tokenizing.tokens import tokenize

__all__ = [
    "NOT_UNDERSTOOD",
    "FoundTime",
    "SchoolHolidays",
    "When",
    "WhenError",
    "find_time_in_languages",
    "find_time_phrase",
    "parse_time_phrase",
]

#: Characters. No time phrase is longer. A longer text is not read at all, so that no time is cut in half.
MAX_TEXT_LENGTH = 2000


def find_time_phrase(
    text: str, *, now: datetime, language: str, zone: tzinfo | None = None, several: bool = False
) -> FoundTime | None:
    """Return the time that a text names somewhere, None when it names no time.

    `now` is local and naive. With `zone`, the zone of `now`, "om 24 timer" ("in 24 hours") counts through a change of
    the clocks, and a clock time that they skip is an error.
    """
    return _read(text, now, language, zone, whole=False, several=several).found


def find_time_in_languages(
    text: str,
    *,
    now: datetime,
    languages: Sequence[str],
    zone: tzinfo | None = None,
    several: bool = False,
    holidays: SchoolHolidays | None = None,
) -> FoundTime | None:
    """Return the time that a text names, as read in the language that knows most of its words; None when there is none.

    "Friday at 14:00" can also be read in Danish, as today at 14:00, which is a wrong day. When the language that knows
    most reads no single time, as in "efter 12/6" (after 12/6), there is none: in another language "12/6" would be half
    of it. When languages know equally much, the one that finds a possible time wins ("12. oktober" is misspelled only
    in English), and then the first. `now`, `zone` and `several` are as for `find_time_phrase`. With `holidays`, the
    school holidays of a community, their names are times, and any other school holiday is an error.
    """
    readings = []
    for language in languages:
        reading = _read(text, now, language, zone, whole=False, several=several, holidays=holidays)
        if reading.is_possible and reading.char_count == len(text.strip()):
            return reading.found  # no language can know more
        readings.append(reading)
    best = max(
        readings, key=lambda reading: (reading.char_count, reading.is_possible, bool(reading.found)), default=None
    )
    return best.found if best else None


def parse_time_phrase(
    text: str, *, now: datetime, language: str, zone: tzinfo | None = None, several: bool = False
) -> When:
    """Return the time of a text that is nothing but a time; a `When` without start and end where it is anything else.

    `now`, `zone` and `several` are as for `find_time_phrase`.
    """
    found = _read(text, now, language, zone, whole=True, several=several).found
    return found.when if found else NOT_UNDERSTOOD


@lru_cache(maxsize=256)
def lexicon_of(language: str, holidays: SchoolHolidays | None = None) -> Lexicon:
    """Return the words of a language that have to do with time, with the names of a community's school holidays."""
    found = find_language(language)
    return Lexicon(found.time_words, holidays, found.phrases.endings)


@dataclass(frozen=True)
class _Reading:
    """What a text says in one language: its time, None for no time, and how many characters the language knows."""

    found: FoundTime | None
    char_count: int

    @property
    def is_possible(self) -> bool:
        """Whether there is a time, and it can be."""
        return self.found is not None and self.found.when.error is None


@lru_cache(maxsize=256)  # the arguments of a command read the same text, each for its own kind of time
def _read(
    text: str,
    now: datetime,
    language: str,
    zone: tzinfo | None,
    *,
    whole: bool,
    several: bool,
    holidays: SchoolHolidays | None = None,
) -> _Reading:
    if len(text) > MAX_TEXT_LENGTH:
        return _Reading(None, 0)
    segments = match_components(tokenize(text, lexicon_of(language, holidays)), whole=whole)
    try:
        phrase = assemble(segments, whole=whole)
        if phrase is None or not phrase.char_ranges:
            return _Reading(None, _count_known(segments))
        when = resolve_phrase(phrase, now, zone)
    except NotUnderstood:
        return _Reading(None, _count_known(segments))
    except ImpossibleTime as error:
        return _Reading(_report(error, segments, text, language), _count_known(segments))
    if when.several and not several:
        when = When(None, None, error=WhenError("when-several", {"said": _said(text, phrase.char_ranges)}))
    return _Reading(FoundTime(when, phrase.char_ranges), sum(end - start for start, end in phrase.char_ranges))


def _count_known(segments: Sequence[Segment]) -> int:
    """Return how many characters are about time, or keep a text from being read as one: "ikke 12/6" (not 12/6)."""
    return sum(
        segment.end - segment.start
        for segment, behind in zip_longest(segments, segments[1:])
        if segment.component
        or segment.is_blocking
        or segment.is_about_time
        or (segment.connective and behind is not None and (behind.component or behind.connective))
    )


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
