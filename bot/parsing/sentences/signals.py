"""Finds the words of a sentence that say what somebody does with it: speech acts, negation, conditions and the like."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.languages.speech_acts import QUESTIONS, SpeechAct
from bot.parsing.sentences.finder import SentenceFinder, finder_of, pick_language
from bot.parsing.sentences.patterns import FoundPattern, blank_out, read_words

#: Speech acts whose longer phrases do not take away those of another: "hallen er lukket" is a no, and tells that it is.
_CONTAINING_ALSO = {SpeechAct.CLOSE: (SpeechAct.NO,)}

_QUOTATION = re.compile(r"[\"“”„»«][^\"“”„»«\n]{2,200}[\"“”„»«]")

#: More words behind a greeting are not the name of a sender.
_MAX_WORDS_OF_NAME = 4
#: The end of a line or of a sentence, one of which is in the last characters before a greeting that begins one.
_BREAKS, _CHARACTERS_BEFORE = frozenset("\n.!?,;-–"), 4


@dataclass(frozen=True)
class Signals:
    """What a sentence says beside its times and names.

    `text` is the sentence, and `language` the language that knows most of its words. `acts` has the words of each
    speech act. `is_question`: the sentence has a question mark. `asks_first`: it begins with a question word
    ("hvornår …"). `is_inability`: it says that somebody cannot. `is_to_somebody`: it is said to a person.
    `reassures`: it says yes with a no that takes away a worry ("nej nej, det er fint").
    """

    text: str
    language: str
    acts: Mapping[SpeechAct, tuple[FoundPattern, ...]]
    is_question: bool
    asks_first: bool
    is_inability: bool
    is_to_somebody: bool
    reassures: bool = False

    def words_of(self, acts: Iterable[SpeechAct]) -> list[FoundPattern]:
        """Return the words of some speech acts."""
        return [found for act in acts for found in self.acts.get(act, ())]


def find_signals(text: str, languages: Sequence[str], *, under_card: bool = False) -> Signals:
    """Return what the words of a sentence signal, as read in the language that knows most of them.

    `under_card`: it was written in the thread of a card.
    """
    return _find_signals(text, tuple(languages), under_card)


def _blank_quotations(text: str) -> str:
    """Return a text with blanks in place of its words in quotation marks, if there are words beside them.

    What is quoted is said by somebody else: 'Mette skrev "aflys fredag"'.
    """
    beside = _QUOTATION.sub(lambda found: " " * len(found[0]), text)
    return beside if read_words(beside).spans else text


@lru_cache(maxsize=256)  # a message is read for several commands, and each of them is reviewed
def _find_signals(text: str, languages: tuple[str, ...], under_card: bool) -> Signals:
    code = pick_language(text, languages)
    finder = finder_of(code)
    inability = finder.inability.find_all(blank_out(text, finder.find_polite(text)))
    acts_of = finder.acts_under_card if under_card else finder.acts
    said = _blank_quotations(text)
    found = {act: patterns.find_all(said) for act, patterns in acts_of.items()}
    calls_off = found.get(SpeechAct.CALL_OFF, [])  # "don't cancel it after all" does not call off
    found[SpeechAct.CALL_OFF] = [each for each in calls_off if not any(_is_in_gap(other, each) for other in calls_off)]
    for act in found.keys() & {SpeechAct.YES, SpeechAct.WANT}:  # "det kan jeg ikke" is no yes
        found[act] = [each for each in found[act] if not any(map(each.overlaps, inability))]
    conceded = finder.concession.find_all(text)  # "vi har ikke nået at se på den", "jeg kan ikke se det herfra"
    inability = [each for each in inability if not any(map(each.overlaps, conceded))]
    for act in found.keys() & {SpeechAct.REPORT_MISSING, SpeechAct.NO}:
        found[act] = [each for each in found[act] if not any(map(each.overlaps, conceded))]
    found = {act: each for act, each in found.items() if each}
    containing: dict[SpeechAct, list[FoundPattern]] = dict(found)
    if under_card:  # nobody wishes for new work there: "vi mangler" is a report
        containing.pop(SpeechAct.WANT, None)
    acts = {act: kept for act, each in found.items() if (kept := _without_contained(act, each, containing))}
    if any(finder.begins_clause(text, found.start) for found in acts.get(SpeechAct.WHETHER_FREE, ())):
        acts.pop(SpeechAct.CLOSE, None)  # "er hallen lukket mandag" asks
    approval = acts.get(SpeechAct.APPROVE, ())  # "jeg kan ikke finde nogen fejl"
    inability = [each for each in inability if not any(_contains(found, each) for found in approval)]
    acts, reassures = _without_apparent_answers(acts, text, finder)
    question = finder.question.find(blank_out(text, finder.courtesy.find_all(text)))
    spans = read_words(text).spans
    latest = spans[2][0] if len(spans) > 2 else len(text)
    return Signals(
        text,
        code,
        acts,
        is_question="?" in text,
        asks_first=question is not None and question.start < latest,
        is_inability=bool(inability),
        is_to_somebody=finder.to_somebody.find(text) is not None,
        reassures=reassures,
    )


def _without_apparent_answers(
    acts: dict[SpeechAct, tuple[FoundPattern, ...]], text: str, finder: SentenceFinder
) -> tuple[dict[SpeechAct, tuple[FoundPattern, ...]], bool]:
    """Return the speech acts without words that only look like a yes or a no, and whether a no only reassures.

    Praise for what somebody does is a thank-you and no yes ("godt I skriver"). A reason of somebody else is no no
    ("I har travlt").
    """
    remarks = [found for found in finder.remark.find_all(text) if not _BREAKS & set(text[found.start : found.end])]
    about_you, reassurances = finder.about_you.find_all(text), finder.reassurance.find_all(text)

    def keep(act: SpeechAct, apparent: list[FoundPattern]) -> tuple[FoundPattern, ...]:
        return tuple(each for each in acts.get(act, ()) if not any(map(each.overlaps, apparent)))

    answers = {act: keep(act, remarks) for act in (SpeechAct.YES, SpeechAct.APPROVE)}
    answers[SpeechAct.NO] = keep(SpeechAct.NO, about_you)
    reassured = keep(SpeechAct.NO, [*about_you, *reassurances])
    reassures = bool(answers[SpeechAct.YES] and answers[SpeechAct.NO] and not reassured)
    if reassures:
        answers[SpeechAct.NO] = ()
    if remarks:
        answers[SpeechAct.THANK] = (*acts.get(SpeechAct.THANK, ()), *remarks)
    kept = acts | answers
    return {act: words for act, words in kept.items() if words}, reassures


def _without_contained(
    act: SpeechAct, found: list[FoundPattern], all_found: Mapping[SpeechAct, list[FoundPattern]]
) -> tuple[FoundPattern, ...]:
    """Return the words of a speech act without those inside a longer phrase of another: the "no" of "no problem"."""
    apart = {act, *QUESTIONS, *_CONTAINING_ALSO.get(act, ())}
    others = [each for other, list_of in all_found.items() if other not in apart for each in list_of]
    phrases = [other for other in others if _is_phrase(other)]
    return tuple(each for each in found if not any(_contains(other, each) for other in phrases))


def _is_phrase(found: FoundPattern) -> bool:
    """Return whether a pattern matched several words in a row, without a gap."""
    return len(found.parts) > 1 and all(after[0] - before[1] <= 1 for before, after in pairwise(found.parts))


def _is_in_gap(inner: FoundPattern, outer: FoundPattern) -> bool:
    """Return whether a match lies between two matched words of another."""
    return any(before[1] <= inner.start and inner.end <= after[0] for before, after in pairwise(outer.parts))


def _contains(longer: FoundPattern, shorter: FoundPattern) -> bool:
    is_longer = longer.end - longer.start > shorter.end - shorter.start
    return is_longer and longer.start <= shorter.start and shorter.end <= longer.end


def strip_signature(text: str, languages: Sequence[str], *, behind_break: bool = False) -> str:
    """Return a message without the greeting and the name at its end: "Ja. Mvh bestyrelsen" is "Ja.".

    `behind_break`: only where the greeting begins a line or a sentence.
    """
    for code in languages:
        for found in reversed(finder_of(code).signature.find_all(text)):
            behind = text[found.end :]
            is_name = len(read_words(behind).spans) <= _MAX_WORDS_OF_NAME and not _says_more(behind, code)
            before = text[max(0, found.start - _CHARACTERS_BEFORE) : found.start]
            begins = not behind_break or not _BREAKS.isdisjoint(before)
            if found.start > 0 and is_name and begins:
                return text[: found.start].rstrip(" ,-–")
    return text


def _says_more(text: str, code: str) -> bool:
    """Return whether the words behind a greeting say more than a name: "hilsen os, men ikke fredag"."""
    finder = finder_of(code)
    reserved = (finder.negation, finder.alternative, finder.contrast, finder.risky)
    has_number = re.search(r"\d", text) is not None
    return has_number or bool(finder.find_conditions(text)) or any(patterns.find(text) for patterns in reserved)
