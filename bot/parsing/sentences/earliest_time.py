"""Reads "vi kan ikke før kl. 15" as an earliest time: the negation is about the hours before, not about the work."""

from collections.abc import Sequence
from functools import lru_cache

from bot.languages.registry import find_language
from bot.languages.speech_acts import SpeechAct
from bot.parsing.normalise import fold
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import FoundPattern, blank_out, read_words


def name_earliest(text: str, languages: Sequence[str]) -> str:
    """Return a text with its earliest time named without a negation: "vi kan først kl. 15".

    A question keeps its words ("kan I ikke før kl. 15?"), and so does what is said of a report ("vi kan ikke være
    færdige før kl. 15"), of an answer ("vi kan ikke svare før fredag") or of an event ("før vi har set vejret").
    """
    for code in languages:
        if (found := _find_inability_before(text, code)) is not None:
            earliest = find_language(code).sentence_words.earliest
            before = found.parts[-1]
            return blank_out(text[: before[0]], [FoundPattern(found.parts[:1])]) + earliest + text[before[1] :]
    return text


def _find_inability_before(text: str, language: str) -> FoundPattern | None:
    """Return the negation and the word for "before" of a statement that somebody is unable before a time."""
    finder = finder_of(language)
    found = finder.not_before.find(text)
    if found is None or "?" in text or finder.find_polite(text):
        return None
    is_inability = any(map(found.overlaps, finder.inability.find_all(text)))
    is_report = finder.acts[SpeechAct.REPORT_DONE].find(text[found.start :]) is not None
    is_undecided = finder.hedge.find(text) is not None
    following = read_words(text[found.end :]).line.split()[:1]
    is_event = not _pronouns(language).isdisjoint(following)
    return found if is_inability and not (is_report or is_undecided or is_event) else None


@lru_cache(maxsize=16)
def _pronouns(language: str) -> frozenset[str]:
    groups = find_language(language).sentence_words.groups
    return frozenset(fold(word) for name in ("we", "you", "it") for word in groups[name])
