"""Finds the words of a sentence that say what somebody does with it: speech acts, negation, conditions and the like."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from bot.languages.phrases import Phrases
from bot.languages.registry import find_language
from bot.languages.sentence_words import Patterns, SentenceWords
from bot.languages.speech_acts import QUESTIONS, SpeechAct
from bot.parsing.normalise import fold
from bot.parsing.sentences.patterns import (
    FoundPattern,
    PatternSet,
    blank_out,
    read_words,
    shorten_drawl,
    words_of_patterns,
)

#: Speech acts whose longer phrases do not take away those of another: "hallen er lukket" is a no, and tells that it is.
_CONTAINING_ALSO = {SpeechAct.CLOSE: (SpeechAct.NO,)}

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


class _Finder:
    """The compiled patterns of one language."""

    def __init__(self, words: SentenceWords, phrases: Phrases, conjunction: str) -> None:
        groups = {**words.groups, "num": tuple(words.numbers)}
        self.words, self._groups = words, groups
        answers = {SpeechAct.YES: phrases.yes, SpeechAct.NO: phrases.no}
        acts = {act: (*words.acts.get(act, ()), *answers.get(act, ())) for act in {*words.acts, *answers}}
        self.acts = {act: self._compile(patterns) for act, patterns in acts.items()}
        self.acts_under_card = {
            act: self._compile((*acts.get(act, ()), *words.acts_under_card.get(act, ())))
            for act in {*acts, *words.acts_under_card}
        }
        self.negation = self._compile(words.negation)
        self.parting = self._compile(words.parting)
        self.not_before = self._compile(words.not_before)
        self.inability = self._compile(words.inability)
        self.alternative = self._compile(words.alternative)
        self.contrast = self._compile(words.contrast)
        self.not_yet, self.hedge = self._compile(words.not_yet), self._compile((*words.hedge, *words.undecided))
        self.undecided = self._compile(words.undecided)
        self.for_now = self._compile(words.for_now)
        self.concession, self.relief = self._compile(words.concession), self._compile(words.relief)
        self.exclamation = self._compile(words.exclamation)
        self.remark, self.statement = self._compile(words.remark), self._compile(words.statement)
        self.about_you, self.reassurance = self._compile(words.about_you), self._compile(words.reassurance)
        self.away = self._compile(words.away)
        self.question = self._compile(words.question)
        self.to_somebody = self._compile(words.to_somebody)
        self.instead_of = self._compile(words.instead_of)
        self.soonest = self._compile(words.soonest)
        self.all_of_them, self.both_of_them = self._compile(words.all_of_them), self._compile(words.both_of_them)
        self.only = self._compile(words.only)
        self.excludes = self._compile((*words.excepting, *words.excludes))
        self.adds, self.excepting = self._compile(words.adds), self._compile(words.excepting)
        self.courtesy = self._compile(words.courtesy)
        self.signature = self._compile(words.signature)
        self.audience = self._compile(words.audience)
        self.shows_how = self._compile(words.shows_how)
        self.risky = self._compile(words.risky)
        self.earlier, self.later = self._compile(words.earlier), self._compile(words.later)
        self.either_way = self._compile(words.either_way)
        self.day_earlier, self.day_later = self._compile(words.day_earlier), self._compile(words.day_later)
        self.week_later, self.same = self._compile(words.week_later), self._compile(words.same)
        self.standing = self._compile(words.standing)
        self.for_some, self.for_whom = self._compile(words.for_some), self._compile(words.for_whom)
        self.delays = self._compile(words.delays)
        self.filler = frozenset(map(fold, (*words.filler.split(), *phrases.pleasantries)))
        self.weak_move, self.own_time = self._compile(words.weak_move), self._compile(words.own_time)
        self.asks_whether, self.question_tag = self._compile(words.asks_whether), self._compile(words.question_tag)
        self.wish_for_time, self.told = self._compile(words.wish_for_time), self._compile(words.told)
        self.hindrance, self.part_of_work = self._compile(words.hindrance), self._compile(words.part_of_work)
        self.other_matters = self._compile(words.other_matters)
        self.other_objects = self._compile(words.other_objects)
        self.asks_when, self.unfit = self._compile(words.asks_when), self._compile(words.unfit)
        self.before_hour = self._compile(words.before_hour)
        self.other_events = self._compile(words.other_events)
        self.condition, self._no_condition = self._compile(words.condition), self._compile(words.no_condition)
        self._polite = self._compile(words.polite)
        self._conjunction = fold(conjunction)

        self._known, self._beginnings = words_of_patterns(
            each
            for patterns in (*acts.values(), words.negation, words.condition, words.contrast, words.hedge)
            for each in patterns
        )

    def knows(self, word: str) -> bool:
        """Return whether a folded word is a filler word, or one of a speech act."""
        return word in self.filler or word in self._known or word.startswith(self._beginnings)

    def find_polite(self, text: str) -> list[FoundPattern]:
        """Return where a negation is only polite: in "kan vi ikke flytte den", but not in "det kan vi ikke"."""
        found = self._polite.find_all(text)
        return found if "?" in text else [each for each in found if self.begins_clause(text, each.start)]

    def find_conditions(self, text: str) -> list[FoundPattern]:
        """Return the beginnings of conditions: "når den er tør", but not "vi når den"."""
        return self.condition.find_all(blank_out(text, self._no_condition.find_all(text)))

    def begins_with_question_word(self, text: str) -> bool:
        """Return whether a text begins with a question word, perhaps after a greeting: "hvem har …"."""
        found = self.question.find(blank_out(text, self.courtesy.find_all(text)))
        return found is not None and self.begins_clause(text, found.start)

    def begins_clause(self, text: str, at: int) -> bool:
        """Return whether a clause begins at a position, perhaps after a greeting or a conjunction."""
        before = re.split(r"[,.;:!\n]", text[:at])[-1]
        for patterns in (self.courtesy, self.contrast):
            before = blank_out(before, patterns.find_all(before))
        return set(read_words(before).line.split()) <= {self._conjunction}

    def _compile(self, patterns: Patterns) -> PatternSet:
        return PatternSet(patterns, self._groups)


@cache
def finder_of(code: str) -> _Finder:
    """Return the patterns of a language, compiled."""
    language = find_language(code)
    return _Finder(language.sentence_words, language.phrases, language.writing.time.conjunction)


def pick_language(text: str, languages: Sequence[str]) -> str:
    """Return the language that knows most of the words of a text; the first of several that know as many."""
    words = read_words(text).line.split()
    return max(languages, key=lambda code: sum(map(finder_of(code).knows, words)))


def find_signals(text: str, languages: Sequence[str], *, under_card: bool = False) -> Signals:
    """Return what the words of a sentence signal, as read in the language that knows most of them.

    `under_card`: it was written in the thread of a card.
    """
    return _find_signals(text, tuple(languages), under_card)


@lru_cache(maxsize=256)  # a message is read for several commands, and each of them is reviewed
def _find_signals(text: str, languages: tuple[str, ...], under_card: bool) -> Signals:
    code = pick_language(text, languages)
    finder = finder_of(code)
    inability = finder.inability.find_all(blank_out(text, finder.find_polite(text)))
    acts_of = finder.acts_under_card if under_card else finder.acts
    found = {act: patterns.find_all(text) for act, patterns in acts_of.items()}
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
    acts: dict[SpeechAct, tuple[FoundPattern, ...]], text: str, finder: _Finder
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


def is_reserved(word: str, languages: Sequence[str]) -> bool:
    """Return whether a word turns a sentence around, depends on something, asks, or names a time: "ikke", "hvis"."""
    return any(
        patterns.find(word) is not None
        for finder in map(finder_of, languages)
        for patterns in (
            finder.negation, finder.condition, finder.alternative, finder.contrast, finder.not_yet, finder.question,
            finder.risky,
        )
    )  # fmt: skip


def is_filler(word: str, language: str) -> bool:
    """Return whether a word adds nothing to a sentence."""
    return shorten_drawl(fold(word)) in finder_of(language).filler
