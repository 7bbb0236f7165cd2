"""Finds the part of a sentence that offers a time: of "fredag går ikke, torsdag kl. 10" the second clause."""

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.api.arguments.time import find_time
from bot.api.request.reading_context import ReadingContext
from bot.languages.speech_acts import SpeechAct
from bot.parsing.normalise import blank_range
from bot.parsing.sentences.patterns import FoundPattern, blank_out
from bot.parsing.sentences.signals import finder_of

_CLAUSE = re.compile(r"[,.;!?\n]+|\s[-–]\s")


def keep_offer(text: str, context: ReadingContext, language: str) -> str:
    """Return a text without the time that is given up: "fredag går ikke, torsdag kl. 10" offers Thursday."""
    finder = finder_of(language)
    for found in finder.instead_of.find_all(text):
        end = _CLAUSE.search(text, found.end)
        stop = end.start() if end else len(text)
        if find_time(text[: found.start], context) is not None:
            text = blank_range(text, found.start, stop)
    clauses = _split_clauses(text, finder.contrast.find_all(text))
    with_time = [(start, end) for start, end in clauses if _names_time(text[start:end], context, language)]
    negative = [(start, end) for start, end in with_time if _is_negative(text[start:end], language)]
    if len(negative) < len(with_time):
        for clause in negative:
            text = blank_range(text, *clause)
    return text


def _names_time(clause: str, context: ReadingContext, language: str) -> bool:
    """Return whether a clause has a time, also behind a negation: "ikke fredag"."""
    without_negation = blank_out(clause, finder_of(language).negation.find_all(clause))
    return any(find_time(each, context) is not None for each in (clause, without_negation))


def _is_negative(clause: str, language: str) -> bool:
    finder = finder_of(language)
    clause = blank_out(clause, finder.find_polite(clause))
    return bool(finder.negation.find(clause) or finder.inability.find(clause) or finder.acts[SpeechAct.NO].find(clause))


def _split_clauses(text: str, contrasts: Sequence[FoundPattern]) -> list[tuple[int, int]]:
    starts = {0, len(text)}
    starts |= {found.end() for found in _CLAUSE.finditer(text) if not _is_inside_time(text, found)}
    starts |= {found.start for found in contrasts}
    return list(pairwise(sorted(starts)))


def _is_inside_time(text: str, mark: re.Match[str]) -> bool:
    """Return whether a dot belongs to an abbreviation, a date or a clock time: "kl. 9", "12. juni", "9.30"."""
    before = text[: mark.start()].rsplit(maxsplit=1)[-1:] or [""]
    return mark[0] == "." and (before[0][-1:].isdigit() or len(before[0]) <= 3)
