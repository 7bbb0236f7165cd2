"""Takes the words under a card for which the bot has asked: what is missing, after a ❌ under reported work."""

from bot.api.arguments.text import TEXT
from bot.api.feature import Feature
from bot.languages.speech_acts import SpeechAct
from bot.parsing.sentences.greeting import is_greeting
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.unread import find_content
from bot.parsing.unread_words import quotable
from bot.pipeline.handling.messages.sentence_reading import SentenceReading
from bot.pipeline.handling.read_command import CommandCall
from bot.pipeline.handling.row_handling import RowHandling

#: Speech acts of which the words alone are no answer: "ja, lige et øjeblik".
_COURTESIES = (SpeechAct.YES, SpeechAct.THANK, SpeechAct.GREET, SpeechAct.ACKNOWLEDGE)


async def find_awaited_text(
    handling: RowHandling, feature: Feature, reading: SentenceReading, text: str
) -> CommandCall | None:
    """Return the call of the command that waits for words of this person under this card, with the words as its TEXT.

    None when no command waits, and for a question, a greeting or an approval.
    """
    if not _may_be_answer(reading):
        return None
    for command in feature.commands:
        names = [argument.name for argument in command.arguments if argument.kind is TEXT]
        if command.awaits_text is None or not names:
            continue
        with handling.request.as_feature(feature):
            is_awaited = await command.awaits_text(handling.request, reading.subject or "")
        if is_awaited:
            return CommandCall(feature, command, {names[0]: quotable(text)}, subject=reading.subject)
    return None


def _may_be_answer(reading: SentenceReading) -> bool:
    signals, languages = reading.signals, reading.context.languages
    is_other = signals.is_question or is_greeting(reading.text, languages) or SpeechAct.APPROVE in signals.acts
    beside = blank_out(signals.text, signals.words_of(_COURTESIES))
    return not is_other and bool(find_content(beside, languages))
