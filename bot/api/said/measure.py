"""Arguments that measure: a part of every year, a number of hours."""

import re
from typing import Any

from bot.api.arguments import THING, About, Kind
from bot.config.ground import Season
from bot.language.command import Sentence
from bot.language.season import find_season
from bot.language.when import wishes

_HOURS = re.compile(
    r"(?<![\w.,])(?P<number>\d{1,4}(?:[.,]\d{1,2})?)(?P<half>½)?(?![\w.,]*\d)\s*"
    r"(?:timers?|time|hours?|hrs?|t|h)?(?!\w)",
    re.I,
)
_A_WEEK = re.compile(
    r"\b(?:om ugen|i ugen|(?:pr\.?|per|hver)\s*uge|ugentligt|a week|(?:per|each|every) week|weekly)(?!\w)", re.I
)


class SeasonKind(Kind[Season]):
    """A part of every year, both days included: "april til oktober", "1/4-31/10", "1 November to 28 February"."""

    ask, rank = "ask-season", 4

    def take(self, sentence: Sentence, about: About) -> Season | None:
        """Two days or months; whatever else is said of time is none."""
        found = find_season(sentence.left)
        if found is None:
            return None
        first, last, span = found
        sentence.cross_out(*span)
        return Season(first, last)

    def keep(self, value: Season) -> Any:
        """As two lists of month and day."""
        return [list(value.first), list(value.last)]

    def bring_back(self, kept: Any, about: About) -> Season:
        """From those."""
        first, last = kept
        return Season((first[0], first[1]), (last[0], last[1]))


class HoursKind(Kind[float]):
    """A number of hours, where that is all a number can be: "20", "20 timer om ugen", "12,5 hours a week"."""

    ask, rank = "ask-hours", 4

    def take(self, sentence: Sentence, about: About) -> float | None:
        """The first one, in figures or in words."""
        hours = _in_figures(sentence, about)
        if hours is None:
            hours = _in_words(sentence, about)
        if hours is not None and (week := _A_WEEK.search(sentence.left)):
            sentence.cross_out(*week.span())
        return hours


def _in_figures(sentence: Sentence, about: About) -> float | None:
    """The 9 of a "bane 9" that there is not is no number of hours."""
    named = THING.unknown(sentence.left, about)
    found = _HOURS.search(sentence.left.replace(named, " " * len(named), 1) if named else sentence.left)
    if found is None:
        return None
    sentence.cross_out(*found.span())
    return float(found["number"].replace(",", ".")) + (0.5 if found["half"] else 0.0)


def _in_words(sentence: Sentence, about: About) -> float | None:
    for language in (about.language, "en" if about.language == "da" else "da"):
        found = wishes.find_length(sentence.left, language)
        if found and found.value.minutes and not (found.value.days or found.value.months):
            for span in found.spans:
                sentence.cross_out(*span)
            return found.value.minutes / 60
    return None


SEASON, HOURS = SeasonKind(), HoursKind()
