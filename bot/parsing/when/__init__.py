"""Reads what people say about time; what the words mean stands in the shared rules for time phrases.

A text becomes signs (`signs`, with the words of a language from `words`), the `rules` find pieces of time
among them, `sentence` and `phrase` put the pieces together, `meaning` and `repeat` say what they mean.
What is not understood gives no time, and what cannot be gives an error: nothing is ever guessed.
"""

from datetime import date, datetime, tzinfo
from functools import cache

from bot.languages.registry import find_language
from bot.parsing.when.found import NOT_UNDERSTOOD, Found, When, WhenError
from bot.parsing.when.meaning import mean
from bot.parsing.when.phrase import arrange
from bot.parsing.when.said import Impossible, NotUnderstood
from bot.parsing.when.sentence import Item, items
from bot.parsing.when.words.lexicon import Lexicon
from bot.parsing.when.words.signs import signs

__all__ = ["Found", "When", "WhenError", "find", "read"]

#: Nobody needs more characters to say when; what is longer is not read at all, so that no time is cut in half.
LONGEST = 2000


def find(text: str, *, now: datetime, language: str, zone: tzinfo | None = None) -> Found | None:
    """The time said somewhere in a sentence, None when there is none.

    `now` is local and naive. With the `zone` it is local in, "om 24 timer" counts through a change of the clocks, and
    a clock time they leap over is an error.
    """
    return _understand(text, now, language, zone, whole=False)


def read(text: str, *, now: datetime, language: str, zone: tzinfo | None = None) -> When:
    """A phrase that is nothing but a time; no start and no end when it is not understood. The rest is as for `find`."""
    found = _understand(text, now, language, zone, whole=True)
    return found.when if found else NOT_UNDERSTOOD


def _understand(text: str, now: datetime, language: str, zone: tzinfo | None, *, whole: bool) -> Found | None:
    if len(text) > LONGEST:
        return None
    said = items(signs(text, lexicon_of(language)), whole=whole)
    try:
        phrase = arrange(said, whole=whole)
        return Found(mean(phrase, now, zone), phrase.spans) if phrase and phrase.spans else None
    except NotUnderstood:
        return None
    except Impossible as error:
        return _wrong(error, said, text, language)


@cache
def lexicon_of(language: str) -> Lexicon:
    """The words of a language."""
    return Lexicon(find_language(language).time_words)


def _wrong(error: Impossible, said: list[Item], text: str, language: str) -> Found:
    """An error is said with the words it was made in."""
    pieces = [(item.start, item.end) for item in said if item.piece]
    start, end = error.said or (pieces[0][0], pieces[-1][1])
    values = {name: _in_words(value, name, language) for name, value in error.values.items()}
    when = When(None, None, error=WhenError(error.key, {"said": text[start:end].strip(), **values}))
    return Found(when, tuple(sorted({*pieces, (start, end)})) if error.key == "when-slip" else ((start, end),))


def _in_words(value: object, name: str, language: str) -> str:
    weekdays, months = find_language(language).weekdays, find_language(language).months
    if isinstance(value, date):
        dot = "." if language == "da" else ""
        return f"{value.day}{dot} {months[value.month - 1]} {value.year}"
    return weekdays[value] if name == "weekday" and isinstance(value, int) else str(value)
