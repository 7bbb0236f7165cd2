"""Judges the words of a sentence that no argument has read: which carry a meaning, and which of them are a risk."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.languages.registry import find_language
from bot.languages.speech_acts import SpeechAct
from bot.parsing.normalise import fold
from bot.parsing.sentences.finder import finder_of, pick_language
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import strip_signature
from bot.parsing.unread_words import split_words

#: A link or an address, whose letters and figures mean nothing here.
_ADDRESS = re.compile(r"\S*(?:://|@[^\s:]+:)\S*")

#: Speech acts of courtesy, which say nothing else.
GREETINGS = (SpeechAct.GREET, SpeechAct.THANK)

#: The beginning of a weekday or a month of at least so many letters is taken for it.
_MIN_CUT_LENGTH = 4


def find_content(unread: str, languages: Sequence[str]) -> str:
    """Return the part of the unread text from its first to its last word with a meaning; "" when there is none.

    Courtesy, filler words, emoji and a signature carry none.
    """
    language = pick_language(unread, languages) if unread.strip() else languages[0]
    finder = finder_of(language)
    text = blank_out(strip_signature(unread, languages), finder.courtesy.find_all(unread))
    words = [word for word in split_words(text) if word.folded not in finder.filler]
    if not words:
        return ""
    content = text[words[0].start : words[-1].end]
    return " ".join(content.split())


def is_retracted(text: str, languages: Sequence[str]) -> bool:
    """Return whether a text ends by taking itself back: "book bane 1 fredag kl. 9 – nej glem det"."""
    text = strip_signature(text, languages)
    return any(
        not find_content(text[found.end :], languages) and bool(find_content(text[: found.start], languages))
        for code in languages
        for found in finder_of(code).retraction.find_all(text)
    )


class RiskKind(StrEnum):
    """Why unread words could change what a message means.

    HEDGE: the decision is not made yet ("måske"). PART: a number, a time, a name.
    """

    NEGATION = "negation"
    CONDITION = "condition"
    ALTERNATIVE = "alternative"
    NOT_YET = "not-yet"
    CONTRAST = "contrast"
    HEDGE = "hedge"
    PART = "part"


@dataclass(frozen=True)
class Risk:
    """Unread words that could change what a message means."""

    kind: RiskKind
    words: str


def find_risks(
    unread: str,
    languages: Sequence[str],
    names: frozenset[str] = frozenset(),
    *,
    allows_inability: bool = False,
    allows_polite: bool = True,
) -> list[Risk]:
    """Return the words of an unread text that could change what the whole message means, one for each kind of risk.

    `names` are the folded first words of the names of things, tasks and people. With `allows_inability`, "vi kan ikke"
    is no negation: it is what the message says. With `allows_polite`, "kan I ikke" is none.
    """
    if not unread.strip():
        return []
    finder = finder_of(pick_language(unread, languages))
    text = _ADDRESS.sub(lambda found: " " * len(found[0]), strip_signature(unread, languages))
    text = blank_out(text, finder.courtesy.find_all(text))
    if allows_polite:
        text = blank_out(text, finder.find_polite(text))
    if allows_inability:
        text = blank_out(text, finder.inability.find_all(text))
    risks = [
        Risk(kind, text[found[0].start : found[0].end])
        for kind, found in (
            (RiskKind.NEGATION, finder.negation.find_all(text)),
            (RiskKind.CONDITION, finder.find_conditions(text)),
            (RiskKind.ALTERNATIVE, finder.alternative.find_all(text)),
            (RiskKind.NOT_YET, finder.not_yet.find_all(text)),
            (RiskKind.CONTRAST, finder.contrast.find_all(text)),
            (RiskKind.HEDGE, finder.hedge.find_all(text)),
            (RiskKind.PART, finder.risky.find_all(text)),
        )
        if found
    ]
    for word in split_words(text):
        if word.folded.isdigit() or word.folded in names or is_cut_weekday(word.folded, languages):
            risks.append(Risk(RiskKind.PART, text[word.start : word.end]))
            break
    return risks


def is_cut_weekday(folded: str, languages: Sequence[str]) -> bool:
    """Return whether a folded word is the beginning of a weekday or a month: "torsd"."""
    if len(folded) < _MIN_CUT_LENGTH:
        return False
    names = (name for code in languages for name in (*find_language(code).weekdays, *find_language(code).months))
    return any(fold(name).startswith(folded) for name in names)


def blank_reservations(text: str, languages: Sequence[str]) -> str:
    """Return a text without words of contrast, of a condition, and of another time: "men først", "hvis … i stedet"."""
    for code in languages:
        finder = finder_of(code)
        text = blank_out(text, finder.contrast.find_all(text))
        text = blank_out(text, finder.find_conditions(text))
        if (moves := finder.acts.get(SpeechAct.MOVE)) is not None:
            text = blank_out(text, moves.find_all(text))
    return text


def blank_hedges(text: str, languages: Sequence[str]) -> str:
    """Return a text without the words that say that something is not decided yet: "måske"."""
    for code in languages:
        text = blank_out(text, finder_of(code).hedge.find_all(text))
    return text


def blank_alternatives(text: str, languages: Sequence[str]) -> str:
    """Return a text without the words that join alternatives: "enten", "eller"."""
    for code in languages:
        text = blank_out(text, finder_of(code).alternative.find_all(text))
    return text


def is_courtesy(text: str, languages: Sequence[str]) -> bool:
    """Return whether a text has nothing but greetings and thanks; also for an empty text."""
    return not text.strip() or any(not split_words(blank_courtesy(text, code)) for code in languages)


def blank_courtesy(text: str, code: str) -> str:
    """Return a text with blanks in place of the greetings and thanks of a language."""
    finder = finder_of(code)
    greetings = [finder.acts[act] for act in GREETINGS if act in finder.acts]
    for patterns in (finder.courtesy, *greetings):
        text = blank_out(text, patterns.find_all(text))
    return text
