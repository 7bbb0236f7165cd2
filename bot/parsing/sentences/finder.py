"""Holds the compiled sentence patterns of each language (`bot.languages.sentence_words`)."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from bot.languages.phrases import Phrases
from bot.languages.registry import find_language
from bot.languages.sentence_words import Patterns, SentenceWords
from bot.languages.speech_acts import SpeechAct
from bot.parsing.normalise import fold
from bot.parsing.sentences.patterns import (
    FoundPattern,
    PatternSet,
    blank_out,
    read_words,
    shorten_drawl,
    words_of_patterns,
)

#: A clause between commas.
_CLAUSE = re.compile(r"[^,\n.;!]+")


class SentenceFinder:
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
        self.away, self.busy = self._compile(words.away), self._compile(words.busy)
        self.hearsay, self.in_the_past = self._compile(words.hearsay), self._compile(words.in_the_past)
        self.unspecific_missing = self._compile(words.unspecific_missing)
        self.retraction, self.self_correction = self._compile(words.retraction), self._compile(words.self_correction)
        self.answer_to = self._compile(words.answer_to)
        self._conditional_clause = self._compile(words.conditional_clause)
        self._conclusion = self._compile(words.conclusion)
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
        self.delays, self.advances = self._compile(words.delays), self._compile(words.advances)
        self.filler = frozenset(map(fold, (*words.filler.split(), *phrases.pleasantries)))
        self.weak_move, self.own_time = self._compile(words.weak_move), self._compile(words.own_time)
        self.asks_whether, self.question_tag = self._compile(words.asks_whether), self._compile(words.question_tag)
        self.wish_for_time, self.told = self._compile(words.wish_for_time), self._compile(words.told)
        self.hindrance, self.part_of_work = self._compile(words.hindrance), self._compile(words.part_of_work)
        self.work_itself = self._compile(tuple(groups.get("it", ())))
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
        found = self.condition.find_all(blank_out(text, self._no_condition.find_all(text)))
        return [*found, *self.find_conditional_clauses(text)]

    def find_conditional_clauses(self, text: str) -> list[FoundPattern]:
        """Return the beginnings of conditions that begin with their verb: "bliver den for våd, kommer vi mandag"."""
        if "?" in text:
            return []
        clauses = [(found.start(), found.end()) for found in _CLAUSE.finditer(text)]
        found = []
        for (start, end), (next_start, next_end) in pairwise(clauses):
            verb = self._conditional_clause.find(text[start:end])
            conclusion = self._conclusion.find(text[next_start:next_end])
            begins = verb is not None and self.begins_clause(text, start + verb.start)
            if verb and conclusion and begins and not text[next_start : next_start + conclusion.start].strip():
                found.append(FoundPattern(tuple((start + one, start + other) for one, other in verb.parts)))
        return found

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
def finder_of(code: str) -> SentenceFinder:
    """Return the patterns of a language, compiled."""
    language = find_language(code)
    return SentenceFinder(language.sentence_words, language.phrases, language.writing.time.conjunction)


def pick_language(text: str, languages: Sequence[str]) -> str:
    """Return the language that knows most of the words of a text; the first of several that know as many."""
    words = read_words(text).line.split()
    return max(languages, key=lambda code: sum(map(finder_of(code).knows, words)))


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
