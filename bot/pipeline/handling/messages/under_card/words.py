"""Handles what people write in the thread of a card without the bot's name: "Ja tak", "kl. 15 passer bedre"."""

from bot.api.feature import Feature
from bot.errors import Refused
from bot.languages.speech_acts import YES_OR_NO, SpeechAct
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.message import shows_command
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.unread import RiskKind, find_content
from bot.parsing.when import When
from bot.pipeline.handling.messages.sentence_reading import SentenceReading, blank_time, read_sentence
from bot.pipeline.handling.messages.sentences import find_call, find_commands_for, is_expected
from bot.pipeline.handling.messages.under_card.apparent_report import may_be_talk
from bot.pipeline.handling.messages.under_card.awaited_text import find_awaited_text
from bot.pipeline.handling.messages.under_card.times import (
    TimeMeaning,
    asks_about_agreement,
    find_time_meaning,
    names_time,
)
from bot.pipeline.handling.messages.under_card.unclear import ask_what_is_meant, ask_whether_meant
from bot.pipeline.handling.read_command import CommandCall
from bot.pipeline.handling.reading_limits import read_aside
from bot.pipeline.handling.row_handling import RowHandling

#: Speech acts whose commands offer the time that a message names.
_OFFERING = YES_OR_NO | {SpeechAct.MOVE}


async def handle_words_under_card(handling: RowHandling, feature: Feature, subject: str, text: str) -> None:
    """Carry out what a message in the thread of a card says. Do nothing when people only talk to each other.

    Raises `Refused`, `Ask` and `AskSeveral` for an answer.
    """
    reading = await read_aside(text, read_sentence, handling.request.reading_context, text, subject)
    if reading is None:
        return
    if await read_aside(text, asks_about_agreement, reading):
        await _show_agreement(handling, feature, reading)
        return
    if (awaited := await find_awaited_text(handling, feature, reading, text)) is not None:
        await handling.run_calls([awaited])
        return
    call = await find_call(handling, reading, [feature])
    meaning = TimeMeaning.OFFER
    if call is not None and names_time(call) and not call.command.acts.isdisjoint(_OFFERING):
        meaning = find_time_meaning(reading, is_settled=await _is_settled(handling, call, reading))
        if meaning is TimeMeaning.TALK and not call.command.acts.isdisjoint(YES_OR_NO):  # "ja, vi har kamp kl. 13"
            call.values = {name: value for name, value in call.values.items() if not isinstance(value, When)}
            call.several, meaning = {}, TimeMeaning.UNCLEAR
        call = None if meaning is TimeMeaning.TALK else call
    is_awaited = await _is_awaited(handling, feature, reading)
    if call is None and is_awaited:
        _notice_reservation(reading)
    if call is None or _is_talk(reading, call, is_awaited=is_awaited):
        is_exclamation = finder_of(reading.signals.language).exclamation.find(text) is not None  # "nej, ærgerligt"
        if not is_exclamation and not shows_command(text):
            await ask_what_is_meant(handling, feature, reading, is_awaited=is_awaited)
        return
    if await read_aside(text, may_be_talk, reading, call):
        await ask_whether_meant(handling, feature, reading)
    call.must_confirm = meaning is TimeMeaning.UNCLEAR or _must_confirm_under_card(reading, call)
    call.subject = subject
    await handling.run_calls([call])


async def _show_agreement(handling: RowHandling, feature: Feature, reading: SentenceReading) -> None:
    """Answer a question about the card's agreement."""
    for _, command in find_commands_for(SpeechAct.WHEN, [feature]):
        await handling.run_command(CommandCall(feature, command, subject=reading.subject))


async def _is_settled(handling: RowHandling, call: CommandCall, reading: SentenceReading) -> bool:
    """Return whether a time is agreed that the call would change."""
    if call.command.is_settled is None:
        return False
    with handling.request.as_feature(call.feature):
        return await call.command.is_settled(handling.request, reading.subject or "")


async def _is_awaited(handling: RowHandling, feature: Feature, reading: SentenceReading) -> bool:
    answering = next((command for command in feature.commands if SpeechAct.YES in command.acts), None)
    return answering is not None and await is_expected(handling, feature, answering, reading)


def _notice_reservation(reading: SentenceReading) -> None:
    """Raise `Refused` for an answer that is only a condition, a hedge or a negated time: "kun hvis der er nogen"."""
    finder = finder_of(reading.signals.language)
    conditions, hedges = finder.find_conditions(reading.text), finder.hedge.find_all(reading.text)
    for kind, each in ((RiskKind.CONDITION, conditions), (RiskKind.HEDGE, hedges)):
        found = each[0] if each else None
        if found is not None and not find_content(reading.text[: found.start], reading.context.languages):
            raise Refused(f"noticed-{kind}", word=reading.text[found.start : found.end])
    negation = finder.negation.find(reading.text)
    if negation is not None:
        affirmed = blank_out(reading.text, [negation])
        rest = blank_time(affirmed, reading.context)
        if rest != affirmed and not find_content(rest, reading.context.languages):  # "ikke fredag"
            raise Refused("noticed-negation", word=reading.text[negation.start : negation.end])


def _is_talk(reading: SentenceReading, call: CommandCall, *, is_awaited: bool) -> bool:
    """Return whether a message under a card is talk between people: it says more than what the bot could do.

    `is_awaited`: the bot waits for an answer of the person who wrote it.
    """
    signals = reading.signals
    acts = call.command.acts
    if SpeechAct.YES in acts and not call.times and _is_only_parting(reading):
        return True
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
    wishes = "shift" in call.values or finder_of(signals.language).wish_for_time.find(reading.text) is not None
    if wishes and SpeechAct.MOVE in acts:  # "kan jeg komme tre kvarter før?"
        return False
    if signals.is_to_somebody and SpeechAct.MOVE in acts and SpeechAct.MOVE not in signals.acts:
        return True
    if signals.is_question and acts.isdisjoint({SpeechAct.MOVE, SpeechAct.WANT, SpeechAct.CALL_OFF}):
        return True
    is_offer = reading.answers or reading.offers_instead or "shift" in call.values
    if SpeechAct.MOVE in acts and SpeechAct.MOVE not in signals.acts and not is_offer:
        return bool(call.risk) or (bool(call.content) and not is_awaited)
    return False


def _is_only_parting(reading: SentenceReading) -> bool:
    """Return whether the only words of a yes are a goodbye: "vi ses fredag"."""
    said = reading.signals.words_of([SpeechAct.YES])
    partings = finder_of(reading.signals.language).parting.find_all(reading.text)
    return bool(said) and all(any(map(each.overlaps, partings)) for each in said)


def _must_confirm_under_card(reading: SentenceReading, call: CommandCall) -> bool:
    """Return whether a message under a card is asked about. A plain yes, no, report or better time is carried out."""
    plain = {SpeechAct.YES, SpeechAct.NO, SpeechAct.REPORT_DONE, SpeechAct.APPROVE, SpeechAct.MOVE}
    said = set(reading.signals.acts)
    contradicts = said >= YES_OR_NO or SpeechAct.ACKNOWLEDGE in said or reading.signals.reassures
    finder = finder_of(reading.signals.language)
    negates_move = SpeechAct.MOVE in call.command.acts and finder.negation.find(reading.text) is not None
    if SpeechAct.MOVE in call.command.acts and SpeechAct.NO in said:  # "nej, kl. 10" of one who was not asked
        contradicts = True
    is_no = SpeechAct.NO in call.command.acts and SpeechAct.NO in said  # "vi har for travlt" has its reason in it
    beside_yes = blank_out(reading.text, reading.signals.words_of([SpeechAct.YES]))  # "ingen problemer" is no hindrance
    is_late = not is_no and finder.hindrance.find(beside_yes) is not None  # "vi er en time forsinket"
    is_hedged = finder.hedge.find(call.unread_text) is not None
    is_about_time = bool(call.times) and not call.command.acts.isdisjoint({SpeechAct.NO, SpeechAct.REPORT_DONE})
    is_parting = SpeechAct.YES in call.command.acts and _is_only_parting(reading)
    is_told = finder.told.find(reading.text) is not None  # "slåningen er rykket til mandag"
    is_unclear = contradicts or negates_move or is_hedged or is_about_time or is_told or is_late or is_parting
    is_partly_read = call.risk or bool(call.content) or bool(call.several)
    if is_unclear or is_partly_read or call.command.acts.isdisjoint(plain):
        return True
    return bool(call.values.get("reason"))
