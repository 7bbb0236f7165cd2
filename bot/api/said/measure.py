"""Arguments that measure a thing: the part of every year it is used in, and for how many hours a week."""

import re
from enum import Enum
from typing import Any

from bot.api.arguments import THING, Kind, ReadingContext
from bot.config.usage_rules import Season
from bot.parsing.command import Sentence
from bot.parsing.season import find_season
from bot.parsing.when import reminder_phrases


class ResetChoice(Enum):
    """What can be said instead of a season or a number: that there is none, that what the community's file says holds
    again, and that what held before the last change does."""

    NONE = "none"
    FILE = "file"
    BEFORE = "before"


_WORDS = {
    ResetChoice.FILE: ("nulstil", "standard", "som i filen", "som i opsætningen", "reset", "default", "as in the file"),
    ResetChoice.BEFORE: ("fortryd", "undo"),
}
_ALL_YEAR = (
    "hele året",
    "hele året rundt",
    "året rundt",
    "altid",
    "all year",
    "all year round",
    "the whole year",
    "always",
)
_NO_LIMIT = (
    *("ingen grænse", "uden grænse", "ingen begrænsning", "uden begrænsning", "ubegrænset"),
    *("no limit", "without limit", "unlimited"),
)

#: What people put around what they mean: "skal kun bruges april til oktober hvert år, tak".
_AROUND = re.compile(
    r"(?<!\w)(?:hvert år|op til|skal|være|er|bliver|bruges?|brugt|må|kun|kan|tåler?|åben|åbent|nu|for|på|højst|højest|"
    r"maks(?:imalt)?|max|sæson(?:en)?|belastning(?:en)?|tak|"
    r"(?:every|each) year|up to|must|should|be|is|now|only|open|used?|bears?|can|take|at most|the|season|load|of|"
    r"please)(?!\w)",
    re.I,
)
_HOURS = re.compile(
    r"(?<![\w.,/-])(?P<number>\d{1,4}(?:[.,]\d{1,2})?)(?P<half>½)?(?![\w.,]*\d)\s*"
    r"(?:timers?|time|hours?|hrs?|t|h)?(?!\w)",
    re.I,
)
_A_WEEK = re.compile(
    r"(?:\b(?:om ugen|i ugen|(?:pr\.?|per|hver)\s*uge|ugentligt?|a week|(?:per|each|every) week|weekly)"
    r"|/\s*(?:uge|week))(?!\w)",
    re.I,
)
#: A bare number behind these may be one more thing: "bane 1, 2 maj til oktober".
_ONE_MORE = re.compile(r"(?:[,&+-]|\bog|\band)\s*$", re.I)
_BARE_NUMBER = re.compile(r"\d+\s")


class SeasonKind(Kind[Season | ResetChoice]):
    """A part of every year, both days included: "april til oktober", "1/4-31/10", "hele året" (`Bound.NONE`).

    It is only taken where it is all that is said beside what others take: half understood, it would be another one.
    """

    question, reading_order = "ask-season", 6

    def read(self, sentence: Sentence, about: ReadingContext) -> Season | ResetChoice | None:
        """Two days or months, or a word for none; whatever else is said of time is no season."""
        left = _left(sentence, about)
        if bound := _bound(sentence, left, _ALL_YEAR):
            return bound
        found = find_season(left)
        if found is None:
            return None
        first, last, (start, end) = found
        if _ONE_MORE.search(left[:start]) and _BARE_NUMBER.match(left[start:end]):
            return None
        return Season(first, last) if _took(sentence, left, (start, end)) else None

    def to_json(self, value: Season | ResetChoice) -> Any:
        """As two lists of month and day, or a word."""
        return value.value if isinstance(value, ResetChoice) else [list(value.first), list(value.last)]

    def from_json(self, kept: Any, about: ReadingContext) -> Season | ResetChoice:
        """From those."""
        if isinstance(kept, str):
            return ResetChoice(kept)
        first, last = kept
        return Season((first[0], first[1]), (last[0], last[1]))


class HoursPerWeekKind(Kind[float | ResetChoice]):
    """A number of hours a week: "20", "20 timer om ugen", "12,5 hours a week", "ingen grænse" (`Bound.NONE`).

    Like a season it is only taken where it is all that is said.
    """

    question, reading_order = "ask-hours", 6

    def read(self, sentence: Sentence, about: ReadingContext) -> float | ResetChoice | None:
        """In figures or in words."""
        left = _left(sentence, about)
        if bound := _bound(sentence, left, _NO_LIMIT):
            return bound
        week = _A_WEEK.search(left)
        also = [week.span()] if week else []
        if found := _HOURS.search(left):
            hours = float(found["number"].replace(",", ".")) + (0.5 if found["half"] else 0.0)
            return hours if _took(sentence, left, found.span(), *also) else None
        for language in (about.language, "en" if about.language == "da" else "da"):
            said = reminder_phrases.find_duration(left, language)
            if said and said.value.minutes and not (said.value.days or said.value.months):
                return said.value.minutes / 60 if _took(sentence, left, *said.char_ranges, *also) else None
        return None

    def to_json(self, value: float | ResetChoice) -> Any:
        """The number, or a word."""
        return value.value if isinstance(value, ResetChoice) else value

    def from_json(self, kept: Any, about: ReadingContext) -> float | ResetChoice:
        """From those."""
        return ResetChoice(kept) if isinstance(kept, str) else float(kept)


def _left(sentence: Sentence, about: ReadingContext) -> str:
    """What is left to be read. The 9 of a "bane 9" that there is not is no number of hours, and no day."""
    left = sentence.left
    if named := THING.find_unknown(left, about):
        pattern = r"\s+".join(map(re.escape, named.split()))
        left = re.sub(pattern, lambda found: " " * len(found[0]), left, count=1)
    return left


def _took(sentence: Sentence, left: str, *spans: tuple[int, int]) -> bool:
    """Cross these out, where nothing that means something would be left beside them. A question settles nothing."""
    for start, end in spans:
        left = left[:start] + " " * (end - start) + left[end:]
    if _AROUND.sub(" ", left).strip(" ,.:;!"):
        return False
    for span in spans:
        sentence.cross_out(*span)
    for found in _AROUND.finditer(left):
        sentence.cross_out(*found.span())
    return True


def _bound(sentence: Sentence, left: str, none: tuple[str, ...]) -> ResetChoice | None:
    """A word for it, letter by letter: "igen" is not "ingen"."""
    for bound, words in ((ResetChoice.NONE, none), *_WORDS.items()):
        for said in words:
            found = re.search(rf"(?<!\w){re.escape(said)}(?!\w)", left, re.I)
            if found and _took(sentence, left, found.span()):
                return bound
    return None


SEASON, HOURS_PER_WEEK = SeasonKind(), HoursPerWeekKind()
