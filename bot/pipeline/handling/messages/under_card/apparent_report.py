"""Tells what is said to the bot in the thread of a card from what people only tell each other with the same words."""

from bot.api.arguments.names import TASK
from bot.languages.speech_acts import SpeechAct
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.unread import find_content
from bot.parsing.unread_words import Sentence
from bot.pipeline.handling.messages.sentence_reading import SentenceReading
from bot.pipeline.handling.read_command import CommandCall

#: Speech acts that a message with other words in it may only seem to be. A no has its reason in it, and a move a time.
_APPARENT = frozenset({SpeechAct.YES, SpeechAct.APPROVE, SpeechAct.REPORT_DONE})


def is_other_matter(reading: SentenceReading, call: CommandCall) -> bool:
    """Return whether something else is missing than a part of the work, or cannot be found: "en bold", "nøglen"."""
    if SpeechAct.REPORT_MISSING in call.command.acts:
        return _is_unspecific(reading) and _names_other_matter(reading)
    return SpeechAct.NO in call.command.acts and not _refuses(reading) and _names_other_matter(reading)


def may_be_talk(reading: SentenceReading, call: CommandCall) -> bool:
    """Return whether a message may be talk between people: what others say, or words beside a yes or a report."""
    acts = call.command.acts
    if finder_of(reading.signals.language).hearsay.find(reading.text) is not None:
        return True
    if SpeechAct.REPORT_MISSING in acts:
        return _is_unspecific(reading)
    return bool(acts & _APPARENT) and not call.times and _says_more(reading, call.content)


def _says_more(reading: SentenceReading, content: str) -> bool:
    """Return whether unread words name more than the work and its parts: "kaffe", but not "banen"."""
    finder = finder_of(reading.signals.language)
    for patterns in (finder.work_itself, finder.part_of_work):
        content = blank_out(content, patterns.find_all(content))
    return bool(find_content(content, reading.context.languages))


def _refuses(reading: SentenceReading) -> bool:
    """Return whether a message has a no of its own: "nej", and not only "kan ikke"."""
    negation, text = finder_of(reading.signals.language).negation, reading.text
    refusals = reading.signals.words_of([SpeechAct.NO])
    return any(negation.find(text[found.start : found.end]) is None for found in refusals)


def _is_unspecific(reading: SentenceReading) -> bool:
    """Return whether a report of missing work may be about anything: "der mangler en bold", but not "et hjørne"."""
    finder, sentence = finder_of(reading.signals.language), Sentence(reading.text, reading.context.languages)
    if finder.part_of_work.find(reading.text) is not None or TASK.read(sentence, reading.context) is not None:
        return False
    weak = finder.unspecific_missing.find_all(reading.text)
    words = reading.signals.words_of([SpeechAct.REPORT_MISSING])
    return bool(words) and all(any(map(found.overlaps, weak)) for found in words)


def _names_other_matter(reading: SentenceReading) -> bool:
    finder = finder_of(reading.signals.language)
    is_other = any(patterns.find(reading.text) for patterns in (finder.other_matters, finder.other_objects))
    return is_other and finder.part_of_work.find(reading.text) is None
