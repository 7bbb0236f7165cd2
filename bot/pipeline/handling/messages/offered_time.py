"""Finds the part of a sentence that offers a time: of "fredag går ikke, torsdag kl. 10" the second clause."""

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.api.arguments.time import find_time
from bot.api.request.reading_context import ReadingContext
from bot.languages.registry import find_language
from bot.languages.speech_acts import SpeechAct
from bot.parsing.answer import is_pleasantry
from bot.parsing.normalise import blank_range
from bot.parsing.sentences.patterns import FoundPattern, blank_out
from bot.parsing.sentences.signals import finder_of

#: An hour at which people work, with or without minutes, that stands alone.
_HOUR = re.compile(r"(?<![\w.,:/-])(?:0?[6-9]|1\d|2[01])(?:[.:][0-5]\d)?(?![\w:/-]|[.,]\d)")
_CLAUSE = re.compile(r"[,.;!?\n]+|\s[-–]\s")


def keep_offer(text: str, context: ReadingContext, language: str) -> str:
    """Return a text without the time that is given up: "fredag går ikke, torsdag kl. 10" offers Thursday."""
    finder = finder_of(language)
    for found in finder.instead_of.find_all(text):
        end = _CLAUSE.search(text, found.end)
        stop = end.start() if end else len(text)
        if find_time(text[: found.start], context) is not None:
            text = blank_range(text, found.start, stop)
    clauses = split_clauses(text, finder.contrast.find_all(text))
    negative = [clause for clause in clauses if _gives_up_time(text[slice(*clause)], context, language)]
    if any(find_time(text[slice(*clause)], context) for clause in clauses if clause not in negative):
        for clause in negative:
            text = blank_range(text, *clause)
    return text


def complete_clock(text: str, context: ReadingContext) -> str:
    """Return a text of nothing but hours with a word for the clock before them: "15?", "enten 9 eller 14"."""
    if not _HOUR.search(text):
        return text
    for code in context.languages:
        finder, rest = finder_of(code), _HOUR.sub(" ", text)
        rest = blank_out(rest, [*finder.alternative.find_all(rest), *finder.weak_move.find_all(rest)])
        completed = _HOUR.sub(find_language(code).writing.time.at.format(clock=r"\g<0>"), text)
        if is_pleasantry(rest, (code,)) and find_time(completed, context) is not None:
            return completed
    return text


def _gives_up_time(clause: str, context: ReadingContext, language: str) -> bool:
    """Return whether a clause names a time and says that it is not wanted: "ikke fredag", "fredag går ikke"."""
    if not _is_negative(clause, language):
        return False
    finder = finder_of(language)  # a time is not read beside a negation
    for patterns in (finder.inability, finder.negation):
        clause = blank_out(clause, patterns.find_all(clause))
    return find_time(clause, context) is not None


def drop_other_times(text: str, context: ReadingContext, language: str) -> str:
    """Return a text without the clauses whose time is that of something else, if another clause names a time.

    "Vi har kamp fredag, kan I tage den torsdag?" is about Thursday.
    """
    finder = finder_of(language)
    clauses = split_clauses(text, finder.contrast.find_all(text))
    with_time = [clause for clause in clauses if find_time(text[slice(*clause)], context)]
    others = [clause for clause in with_time if finder.own_time.find(text[slice(*clause)])]
    if len(others) < len(with_time):
        for clause in others:
            text = blank_range(text, *clause)
    return text


def find_clause_of_time(text: str, context: ReadingContext, language: str) -> str:
    """Return the clause of a text that names a time; the text when no clause does by itself."""
    clauses = split_clauses(text, finder_of(language).contrast.find_all(text))
    return next((text[slice(*clause)] for clause in clauses if find_time(text[slice(*clause)], context)), text)


def _is_negative(clause: str, language: str) -> bool:
    finder = finder_of(language)
    clause = blank_out(clause, finder.find_polite(clause))
    return bool(finder.negation.find(clause) or finder.inability.find(clause) or finder.acts[SpeechAct.NO].find(clause))


def split_clauses(text: str, contrasts: Sequence[FoundPattern]) -> list[tuple[int, int]]:
    """Return where the clauses of a text begin and end. `contrasts` are words like "men", which begin one."""
    starts = {0, len(text)}
    starts |= {found.end() for found in _CLAUSE.finditer(text) if not _is_inside_time(text, found)}
    starts |= {found.start for found in contrasts}
    return list(pairwise(sorted(starts)))


def _is_inside_time(text: str, mark: re.Match[str]) -> bool:
    """Return whether a dot belongs to an abbreviation, a date or a clock time: "kl. 9", "12. juni", "9.30"."""
    before = text[: mark.start()].rsplit(maxsplit=1)[-1:] or [""]
    return mark[0] == "." and (before[0][-1:].isdigit() or len(before[0]) <= 3)
