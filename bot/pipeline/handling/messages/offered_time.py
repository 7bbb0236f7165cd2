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
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import FoundPattern, blank_out

#: An hour at which people work, with or without minutes, that stands alone.
_HOUR = re.compile(r"(?<![\w.,:/-])(?:0?[6-9]|1\d|2[01])(?:[.:][0-5]\d)?(?![\w:/-]|[.,]\d)")
#: Blanks and marks between a time and its correction.
_PAUSE = " ,.;-–?!…"
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


def drop_corrected_time(text: str, context: ReadingContext) -> str:
    """Return a text without a time that its writer corrects at once: "fredag, nej torsdag kl. 14" is about Thursday.

    Only a time with a day corrects one with a day.
    """
    for code in context.languages:
        for found in finder_of(code).self_correction.find_all(text):
            before, after = find_time(text[: found.start], context), find_time(text[found.end :], context)
            begins = after is not None and not text[found.end :][: min(start for start, _ in after.char_ranges)].strip(
                _PAUSE
            )
            if before is None or after is None or not begins or after.when.rrule or not after.when.has_day:
                continue
            if text[max(end for _, end in before.char_ranges) : found.start].strip(_PAUSE):
                continue
            for start, end in (*before.char_ranges, (found.start, found.end)):
                text = blank_range(text, start, end)
            return text
    return text


def complete_clock(text: str, context: ReadingContext) -> str:
    """Return a text with a word for the clock before hours that have none: "15?", "enten 9 eller 14", "først 14.30".

    The hours stand alone in their clause, or behind a word such as "først".
    """
    contrasts = [found for code in context.languages for found in finder_of(code).contrast.find_all(text)]
    for start, end in reversed(split_clauses(text, contrasts)):
        clause = text[start:end]
        completed = (_complete_clause(clause, context, code) for code in context.languages)
        text = text[:start] + next((each for each in completed if each != clause), clause) + text[end:]
    return text


def _hours_behind_signs(text: str, code: str) -> list[int]:
    """Return where the hours begin that follow a word such as "først"."""
    ends = [found.end for found in finder_of(code).before_hour.find_all(text)]
    return [hour.start() for hour in _HOUR.finditer(text) if any(not text[end : hour.start()].strip() for end in ends)]


def _complete_clause(clause: str, context: ReadingContext, code: str) -> str:
    if not _HOUR.search(clause):
        return clause
    finder, rest = finder_of(code), _HOUR.sub(" ", clause)
    for patterns in (finder.alternative, finder.weak_move, finder.unfit):
        rest = blank_out(rest, patterns.find_all(rest))
    at = find_language(code).writing.time.at
    if is_pleasantry(rest, (code,)):
        completed = _HOUR.sub(at.format(clock=r"\g<0>"), clause)
    else:
        completed = clause
        for start in reversed(_hours_behind_signs(clause, code)):
            hour = _HOUR.match(clause, start)
            assert hour is not None, "an hour begins here"
            completed = clause[:start] + at.format(clock=hour[0]) + clause[hour.end() :]
    return completed if find_time(completed, context) is not None else clause


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
    patterns = (finder.negation, finder.inability, finder.unfit, finder.acts[SpeechAct.NO])
    return any(each.find(clause) for each in patterns)


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
