"""Handles what people write in the thread of a card without the bot's name: "Ja tak", "kl. 15 passer bedre"."""

from bot.api.feature import Feature
from bot.errors import Refused
from bot.languages.speech_acts import SpeechAct
from bot.parsing.sentences.signals import finder_of
from bot.parsing.sentences.unread import RiskKind, find_content
from bot.parsing.when import When
from bot.pipeline.handling.messages.sentences import (
    SentenceReading,
    find_call,
    is_expected,
    read_sentence,
    split_call,
)
from bot.pipeline.handling.read_command import CommandCall
from bot.pipeline.handling.row_handling import RowHandling


async def handle_words_under_card(handling: RowHandling, feature: Feature, subject: str, text: str) -> None:
    """Do what a message in the thread of a card says. What is not for the bot is left alone.

    Raises `Refused`, `Ask` and `AskSeveral` for an answer.
    """
    reading = read_sentence(handling, text, subject)
    if reading is None:
        return
    call = await find_call(handling, reading, [feature])
    is_awaited = await _is_awaited(handling, feature, reading)
    if call is None and is_awaited:
        _notice_reservation(reading)
    if call is None or _is_talk(reading, call, is_awaited=is_awaited):
        return
    call.must_confirm = _must_confirm_under_card(reading, call)
    call.subject = subject
    await handling.run_calls(split_call(call))


async def _is_awaited(handling: RowHandling, feature: Feature, reading: SentenceReading) -> bool:
    answering = next((command for command in feature.commands if SpeechAct.YES in command.acts), None)
    return answering is not None and await is_expected(handling, feature, answering, reading)


def _notice_reservation(reading: SentenceReading) -> None:
    """Raise `Refused` for an answer that is only a condition or a hedge: "kun hvis der er nogen til at låse op"."""
    finder = finder_of(reading.signals.language)
    for kind, patterns in ((RiskKind.CONDITION, finder.condition), (RiskKind.HEDGE, finder.hedge)):
        found = patterns.find(reading.text)
        if found is not None and not find_content(reading.text[: found.start], reading.context.languages):
            raise Refused(f"noticed-{kind}", word=reading.text[found.start : found.end])


def _is_talk(reading: SentenceReading, call: CommandCall, *, is_awaited: bool) -> bool:
    """Return whether a message under a card is talk between people: it says more than what the bot could do.

    `is_awaited`: the bot waits for an answer of the person who wrote it.
    """
    signals = reading.signals
    acts = call.command.acts
    strong = {
        SpeechAct.CALL_OFF,
        SpeechAct.REPORT_DONE,
        SpeechAct.NO,
        SpeechAct.YES,
        SpeechAct.REPORT_MISSING,
        SpeechAct.SKIP,
    }
    if signals.is_to_somebody and (call.content or call.risk):
        return not (strong & acts & set(signals.acts))
    if signals.is_to_somebody and SpeechAct.MOVE in acts and SpeechAct.MOVE not in signals.acts:
        return True
    if signals.is_question and acts.isdisjoint({SpeechAct.MOVE, SpeechAct.WANT, SpeechAct.CALL_OFF}):
        return True
    is_offer = reading.answers or reading.offers_instead or "shift" in call.values
    if SpeechAct.MOVE in acts and SpeechAct.MOVE not in signals.acts and not is_offer:
        return bool(call.risk) or (bool(call.content) and not is_awaited)
    return False


def _must_confirm_under_card(reading: SentenceReading, call: CommandCall) -> bool:
    """Return whether a message under a card is asked about. A plain yes, no, report or better time is carried out."""
    plain = {SpeechAct.YES, SpeechAct.NO, SpeechAct.REPORT_DONE, SpeechAct.APPROVE, SpeechAct.MOVE}
    said = set(reading.signals.acts)
    contradicts = {SpeechAct.YES, SpeechAct.NO} <= said or SpeechAct.ACKNOWLEDGE in said
    finder = finder_of(reading.signals.language)
    negates_move = SpeechAct.MOVE in call.command.acts and finder.negation.find(reading.text) is not None
    is_hedged = finder.hedge.find(call.unread_text) is not None
    names_time = SpeechAct.NO in call.command.acts and any(isinstance(value, When) for value in call.values.values())
    is_unclear = contradicts or negates_move or is_hedged or names_time
    is_partly_read = call.risk or bool(call.content) or bool(call.several)
    if is_unclear or is_partly_read or call.command.acts.isdisjoint(plain):
        return True
    return any(isinstance(value, str) and value for name, value in call.values.items() if name == "reason")
