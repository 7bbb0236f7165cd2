"""Tells what is said to the bot in the thread of a card from what people only tell each other with the same words."""

from bot.languages.speech_acts import SpeechAct
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.unread import find_content
from bot.pipeline.handling.messages.other_matters import is_unspecific_report
from bot.pipeline.handling.messages.sentence_reading import SentenceReading
from bot.pipeline.handling.read_command import CommandCall

#: Speech acts that a message with other words in it may only seem to be. A no has its reason in it, and a move a time.
_APPARENT = frozenset({SpeechAct.YES, SpeechAct.APPROVE, SpeechAct.REPORT_DONE})


def may_be_talk(reading: SentenceReading, call: CommandCall) -> bool:
    """Return whether a message may be talk between people: what others say, or words beside a yes or a report."""
    acts = call.command.acts
    if finder_of(reading.signals.language).hearsay.find(reading.text) is not None:
        return True
    if SpeechAct.REPORT_MISSING in acts:
        return is_unspecific_report(reading)
    has_clock = any(time.has_clock for time in call.times)  # which the question names, and a numbered answer would drop
    return bool(acts & _APPARENT) and not has_clock and _says_more(reading, call.content)


def _says_more(reading: SentenceReading, content: str) -> bool:
    """Return whether unread words name more than the work and its parts: "kaffe", but not "banen"."""
    finder = finder_of(reading.signals.language)
    for patterns in (finder.work_itself, finder.part_of_work):
        content = blank_out(content, patterns.find_all(content))
    return bool(find_content(content, reading.context.languages))
