"""Asks what a message in the thread of a card means when it is about the work and says nothing that can be read.

Most of what people write there is for each other. So the bot asks only where a message may want something: the message
holds a word of hindrance ("chaufføren er syg") or of change, or the bot waits for an answer of the writer. The question
comes once for each state of a card.
"""

from dataclasses import replace
from datetime import timedelta

from bot.api.arguments.names import TASK, THING
from bot.api.arguments.text import TEXT
from bot.api.arguments.time import find_time
from bot.api.feature import Command, Feature
from bot.api.request.question import NeedsConfirmation
from bot.errors import Refused
from bot.languages.speech_acts import SpeechAct
from bot.parsing.normalise import blank_range
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.greeting import is_greeting
from bot.parsing.sentences.unread import find_content
from bot.parsing.unread_words import Sentence, quotable
from bot.pipeline.handling.messages.offered_time import split_clauses
from bot.pipeline.handling.messages.other_matters import find_acts_on_others
from bot.pipeline.handling.messages.sentence_reading import SentenceReading
from bot.pipeline.handling.messages.sentences import find_commands_for, is_expected
from bot.pipeline.handling.messages.under_card.times import wants_change
from bot.pipeline.handling.read_command import CommandCall
from bot.pipeline.handling.reading_limits import read_aside
from bot.pipeline.handling.row_handling import AskMeaning, Meaning, RowHandling
from bot.store.messages.questions import find_open_question, has_asked_about

#: What the question offers, in this order.
_OFFERED = (
    SpeechAct.APPROVE,
    SpeechAct.YES,
    SpeechAct.REPORT_MISSING,
    SpeechAct.NO,
    SpeechAct.REPORT_DONE,
    SpeechAct.MOVE,
    SpeechAct.CALL_OFF,
)
#: Speech acts by which a statement wants something, though no command could be read in it.
_WANTING = {SpeechAct.MOVE, SpeechAct.CALL_OFF, SpeechAct.SKIP, SpeechAct.NO, SpeechAct.REPORT_MISSING}
#: Speech acts that a question may want. The others it only asks about: "er den slået?".
_ASKING = {SpeechAct.MOVE, SpeechAct.CALL_OFF, SpeechAct.SKIP}
#: Longer messages are stories, in which some word of hindrance is always found.
_MAX_WORDS = 30
#: More words of a message without any word about the work are talk, even where an answer is awaited.
_MAX_WORDS_OF_ANSWER = 8
#: The question is asked again about the same state of a card after so long.
_PAUSE = timedelta(hours=12)
#: A younger open question to the same person is not closed by this one.
_PENDING = timedelta(hours=1)


async def ask_what_is_meant(
    handling: RowHandling, feature: Feature, reading: SentenceReading, *, is_awaited: bool
) -> None:
    """Raise `AskMeaning` when a message that could not be read may want something that its writer may do."""
    is_settled = await _is_settled(handling, feature, reading)
    if not await read_aside(reading.text, may_want_something, reading, is_awaited=is_awaited, is_settled=is_settled):
        return
    request = handling.request
    about = await _name_state(handling, feature, reading)
    pending = await find_open_question(request.db, request.place, request.cause.sender, request.now)
    if pending is not None and pending.asked_at > request.now - _PENDING and not pending.is_about(about):
        return
    if await has_asked_about(request.db, request.place, about, request.now - _PAUSE):
        return
    if meanings := await _find_meanings(handling, feature, reading):
        raise AskMeaning(feature, meanings, about)


async def ask_whether_meant(handling: RowHandling, feature: Feature, reading: SentenceReading) -> None:
    """Raise `AskMeaning` for a message that says what may be talk: "ja tak til kaffe". Do nothing if nobody may act.

    The answer is numbered, so that a quick yes does not carry out what was not meant.
    """
    about = await _name_state(handling, feature, reading)
    if meanings := await _find_meanings(handling, feature, reading):
        raise AskMeaning(feature, meanings, about)


async def _name_state(handling: RowHandling, feature: Feature, reading: SentenceReading) -> str:
    """Return the name of the state of the card, by which later messages know that the bot has asked about it."""
    with handling.request.as_feature(feature):
        shown = await handling.request.revision_shown(reading.subject or "")
    return f"{feature.stored_name}/{reading.subject}@{shown}"


def may_want_something(reading: SentenceReading, *, is_awaited: bool, is_settled: bool) -> bool:
    """Return whether a message may want something of the agreement whose card it is under.

    `is_awaited`: the bot waits for an answer of the person who wrote it. `is_settled`: the time is agreed.
    """
    signals, context = reading.signals, reading.context
    finder = finder_of(signals.language)
    if signals.is_to_somebody or len(reading.text.split()) > _MAX_WORDS or is_greeting(reading.text, context.languages):
        return False
    if finder.relief.find(reading.text) is not None or finder.begins_with_question_word(reading.text):
        return False
    text = _without_other_matters(reading)
    content = find_content(text, context.languages)
    if not content and find_time(text, context) is None:
        return False
    if finder.hindrance.find(text) is not None:
        return True
    said = set(signals.acts) - find_acts_on_others(reading)
    if not wants_change(reading):
        said.discard(SpeechAct.MOVE)
    if said & (_ASKING if signals.is_question else _WANTING):
        return True
    if signals.is_question:
        names_time = find_time(text, context) is not None
        return finder.wish_for_time.find(text) is not None or (names_time and not is_settled)
    if not is_settled and not is_awaited and find_time(text, context) is not None:
        return True
    sentence = Sentence(text, context.languages)
    names_work = any(kind.read(sentence, context) is not None for kind in (THING, TASK))
    if names_work or finder.part_of_work.find(text) is not None:
        return finder.own_time.find(text) is None
    is_short = len(text.split()) <= _MAX_WORDS_OF_ANSWER
    return is_awaited and is_short and not said & {SpeechAct.THANK, SpeechAct.GREET, SpeechAct.ACKNOWLEDGE}


def _without_other_matters(reading: SentenceReading) -> str:
    """Return the text without the clauses about something else than the work: a match, the key, the gate."""
    finder, text = finder_of(reading.signals.language), reading.text
    for start, end in split_clauses(text, finder.contrast.find_all(text)):
        clause = text[start:end]
        is_other = any(patterns.find(clause) for patterns in (finder.other_matters, finder.other_events))
        if is_other and finder.part_of_work.find(clause) is None:  # but not "hjørnet ved klubhuset"
            text = blank_range(text, start, end)
    return text


async def _is_settled(handling: RowHandling, feature: Feature, reading: SentenceReading) -> bool:
    moving = next((command for command in feature.commands if SpeechAct.MOVE in command.acts), None)
    if moving is None or moving.is_settled is None:
        return False
    with handling.request.as_feature(feature):
        return await moving.is_settled(handling.request, reading.subject or "")


async def _find_meanings(handling: RowHandling, feature: Feature, reading: SentenceReading) -> list[Meaning]:
    """Return what the person may do now, each once: under reported work, a no is the report of what is missing."""
    meanings: list[Meaning] = []
    keys: set[str] = set()
    for act in _OFFERED:
        command = next((command for _, command in find_commands_for(act, [feature])), None)
        if command is None or not await _is_offered(handling, feature, command, reading):
            continue
        call = CommandCall(feature, command, _reason_for(act, command, reading), subject=reading.subject)
        answer = await handling.ask_for_confirmation(replace(call, values=dict(call.values)))
        if isinstance(answer, Refused) or getattr(answer, "key", "") in keys:
            continue
        if isinstance(answer, NeedsConfirmation):
            keys.add(answer.key)
            call.confirmed = str(handling.request.text(answer.key, **{"unknown": "", "problem": "", **answer.values}))
        meanings.append(Meaning(act, call))
    return meanings


async def _is_offered(handling: RowHandling, feature: Feature, command: Command, reading: SentenceReading) -> bool:
    if not await is_expected(handling, feature, command, reading):
        return False
    if command.is_offered is None:
        return True
    with handling.request.as_feature(feature):
        return await command.is_offered(handling.request, reading.subject or "")


def _reason_for(act: SpeechAct, command: Command, reading: SentenceReading) -> dict[str, object]:
    """Return the message as the reason of a report of missing work, which needs one."""
    if act is not SpeechAct.REPORT_MISSING:
        return {}
    names = [argument.name for argument in command.arguments if argument.kind is TEXT]
    return {name: quotable(" ".join(reading.text.split()), 200) for name in names}
