"""Reads a sentence as far as it can be read before any command is tried."""

from dataclasses import dataclass, replace
from functools import cached_property

from bot.api.arguments.match_anchor import MATCH_ANCHOR
from bot.api.arguments.names import TASK, THING
from bot.api.arguments.time import find_time
from bot.api.arguments.time_shift import TIME_SHIFT
from bot.api.request.reading_context import ReadingContext
from bot.config.community import Thing
from bot.languages.speech_acts import YES_OR_NO, SpeechAct
from bot.parsing.answer import sign_of
from bot.parsing.sentences.earliest_time import name_earliest
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.message import clean_message, join_preferences, name_weekdays
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import Signals, find_signals, strip_signature
from bot.parsing.unread_words import Sentence
from bot.pipeline.handling.messages.offered_time import (
    complete_clock,
    drop_corrected_time,
    drop_other_times,
    keep_offer,
)
from bot.pipeline.handling.messages.own_names import hide_names
from bot.pipeline.handling.reading_limits import is_too_long


@dataclass(frozen=True)
class SentenceReading:
    """A sentence, and what is known about the sentence before any command is tried.

    `subject` is the subject of the card in whose thread the sentence stands; None elsewhere.
    """

    text: str
    signals: Signals
    context: ReadingContext
    subject: str | None

    @property
    def is_under_card(self) -> bool:
        """Whether the sentence was written in the thread of a card."""
        return self.subject is not None

    @cached_property
    def offer(self) -> str:
        """The text without the time that the sentence gives up: "ikke fredag, men onsdag kl. 11" offers Wednesday."""
        return keep_offer(self._without_other_times, self.context, self.signals.language)

    @property
    def offers_instead(self) -> bool:
        """Whether the sentence gives up one time and offers another."""
        return self.offer != self._without_other_times

    @cached_property
    def _without_other_times(self) -> str:
        return drop_other_times(self.text, self.context, self.signals.language)

    @cached_property
    def moves_time(self) -> bool:
        """Whether the sentence moves a time by a duration: "en halv time senere"."""
        return TIME_SHIFT.read(Sentence(self.text, self.context.languages), self.context) is not None

    @property
    def answers(self) -> bool:
        """Whether the sentence has a yes or a no."""
        return not YES_OR_NO.isdisjoint(self.signals.acts)

    def find_thing(self) -> Thing | None:
        """Return the thing that the sentence names; None without one."""
        return THING.read(Sentence(self.text, self.context.languages), self.context)


def read_sentence(context: ReadingContext, text: str, subject: str | None) -> SentenceReading | None:
    """Return what is known of a sentence before any command is tried; None for one that is too long."""
    context = replace(context, is_under_card=subject is not None)
    text = clean_message(text)
    if is_too_long(text):
        return None
    text = name_weekdays(strip_signature(text, context.languages), context.languages)
    text = name_earliest(join_preferences(text, context.languages), context.languages)
    text = drop_corrected_time(text, context)
    for code in context.languages:  # "samme tid" is what a move keeps anyway
        without = blank_out(text, finder_of(code).same.find_all(text))
        text = without if without.strip(" .,!?") else text
    for code in context.languages:  # there is no answer in "åh nej"
        text = blank_out(text, finder_of(code).exclamation.find_all(text))
    if subject is not None:
        text = complete_clock(text, context)
    signals = find_signals(hide_names(text, context), context.languages, under_card=subject is not None)
    if (yes := sign_of(text)) is not None:
        signals = replace(signals, acts={SpeechAct.YES if yes else SpeechAct.NO: ()})
    return SentenceReading(text, signals, context, subject)


def blank_work(text: str, context: ReadingContext) -> str:
    """Return a text with blanks in place of the things and tasks that it names."""
    sentence = Sentence(text, context.languages)
    for kind in (THING, TASK):
        kind.read_several(sentence, context)
    return sentence.unread


def blank_anchor(text: str, context: ReadingContext) -> str:
    """Return a text with blanks in place of a time around a match: "inden kampen"."""
    sentence = Sentence(text, context.languages)
    MATCH_ANCHOR.read(sentence, context)
    return sentence.unread


def blank_time(text: str, context: ReadingContext) -> str:
    """Return a text with blanks in place of the time that it names."""
    sentence, found = Sentence(text, context.languages), find_time(text, context)
    sentence.cross_out_all(found.char_ranges if found else ())
    return sentence.unread


def is_absence(reading: SentenceReading) -> bool:
    """Return whether a sentence tells that somebody does not work for a while: "holder pause i uge 29"."""
    away = finder_of(reading.signals.language).away.find_all(reading.text)
    rest = blank_out(reading.text, away)
    return bool(away) and blank_time(rest, reading.context) != rest
