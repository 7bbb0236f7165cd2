"""Decides why a message in the thread of a card names a time: to offer it, to ask if it is agreed, or in other talk."""

from enum import Enum, auto

from bot.api.arguments.time import find_time
from bot.languages.speech_acts import SpeechAct
from bot.parsing.answer import is_pleasantry
from bot.parsing.normalise import blank_range
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import FoundPattern, blank_out, read_words
from bot.pipeline.handling.messages.offered_time import find_clause_of_time
from bot.pipeline.handling.messages.sentence_reading import SentenceReading, blank_anchor, blank_time
from bot.pipeline.handling.read_command import CommandCall


class TimeMeaning(Enum):
    """Why somebody names a time.

    OFFER: they propose it. UNCLEAR: they may propose it. TALK: they tell about it, or something else happens then.
    """

    OFFER = auto()
    UNCLEAR = auto()
    TALK = auto()


def asks_about_agreement(reading: SentenceReading) -> bool:
    """Return whether a message asks if something is as agreed: "er det kl. 15?", "I er her kl. 15, ikke?"."""
    finder, said = finder_of(reading.signals.language), set(reading.signals.acts)
    wishes = {SpeechAct.YES, SpeechAct.NO, SpeechAct.WANT} & said or wants_change(reading)
    if wishes or finder.own_time.find(reading.text) is not None:
        return False
    asked_when = finder.asks_when.find(reading.text)
    if asked_when is not None and finder.begins_clause(reading.text, asked_when.start):
        return finder.other_matters.find(reading.text) is None
    words, text = read_words(reading.text).spans, reading.text
    tag = next((found for found in finder.question_tag.find_all(text) if found.end == words[-1][1]), None)
    if tag is not None:
        text = blank_range(text, *tag.parts[-1])
    asked = finder.asks_whether.find_all(text)
    is_asked = tag is not None or any(finder.begins_clause(text, found.start) for found in asked)
    return is_asked and (find_time(text, reading.context) is not None or SpeechAct.CALL_OFF in said)


def names_time(call: CommandCall) -> bool:
    """Return whether a call would offer a time."""
    return not {"shift", "anchor"}.isdisjoint(call.values) or bool(call.times)


def find_time_meaning(reading: SentenceReading, *, is_settled: bool) -> TimeMeaning:
    """Return why a message names a time. `is_settled`: the parties have agreed, and no change to the time is proposed.

    In an open negotiation a time is an offer, unless something else happens then ("jeg ringer kl. 10"). Once a time is
    agreed, it is an offer only beside words that ask for a change.
    """
    finder = finder_of(reading.signals.language)
    is_change = wants_change(reading)
    offer = blank_anchor(reading.offer, reading.context)  # "inden kampen" is a time, not something else that happens
    clause = find_clause_of_time(offer, reading.context, reading.signals.language)
    if finder.own_time.find(clause) is not None:
        return TimeMeaning.UNCLEAR if is_change else TimeMeaning.TALK
    if not is_settled or is_change:
        return TimeMeaning.OFFER
    may_want = SpeechAct.MOVE in reading.signals.acts or finder.wish_for_time.find(reading.text) is not None
    if may_want or is_pleasantry(_rest_beside_time(reading), reading.context.languages):
        return TimeMeaning.UNCLEAR
    return TimeMeaning.TALK


def wants_change(reading: SentenceReading) -> bool:
    """Return whether a message asks to change a time: "flyt", but not "først", which only says when."""
    finder = finder_of(reading.signals.language)
    weak = (*finder.weak_move.find_all(reading.text), *finder.own_time.find_all(reading.text))
    words = reading.signals.words_of([SpeechAct.MOVE])
    is_moved = any(not any(_covers(other, found) for other in weak) for found in words)
    return is_moved or reading.moves_time or reading.offers_instead or reading.signals.is_inability


def _covers(one: FoundPattern, other: FoundPattern) -> bool:
    """Return whether the second match ends inside the first: the "ja" of "sige ja" does."""
    return one.start < other.end <= one.end


def _rest_beside_time(reading: SentenceReading) -> str:
    """Return the words of a message beside its time and its courtesy."""
    finder = finder_of(reading.signals.language)
    text = blank_anchor(reading.text, reading.context)
    return blank_time(blank_out(text, finder.courtesy.find_all(text)), reading.context)
