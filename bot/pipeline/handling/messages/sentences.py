"""Handles sentences: what is said to the bot by its name, and what is said in the thread of a card.

The words of a sentence say which speech acts it may be. For each, the likeliest first, the commands of the room's
features that carry it out are tried, and the first that fits is reviewed like any command.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NoReturn

from bot.api.arguments.names import TASK, THING
from bot.api.arguments.time import find_time
from bot.api.feature import Command, Feature
from bot.api.request.reading_context import ReadingContext
from bot.errors import Refused
from bot.languages.speech_acts import QUESTIONS, SpeechAct
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import find_signals
from bot.parsing.sentences.speech_act import rank_acts
from bot.parsing.sentences.unread import blank_reservations, find_content
from bot.parsing.unread_words import Sentence, split_words
from bot.pipeline.handling.messages.commands import CrossOutActs, read_lesson
from bot.pipeline.handling.messages.other_matters import find_acts_on_others
from bot.pipeline.handling.messages.review import Noticed, review_call
from bot.pipeline.handling.messages.sentence_reading import (
    SentenceReading,
    blank_anchor,
    blank_work,
    is_absence,
    read_sentence,
)
from bot.pipeline.handling.read_command import CommandCall, find_command_word, read_arguments
from bot.pipeline.handling.reading_limits import read_aside
from bot.pipeline.handling.row_handling import RowHandling

#: Words of these speech acts may stand beside those of any other, and are crossed out with them.
_ASIDE = (SpeechAct.WANT, SpeechAct.ACKNOWLEDGE, SpeechAct.THANK, SpeechAct.GREET, SpeechAct.YES)
#: Speech acts that are answered with a courtesy when they ask for nothing that the bot can do.
_COURTEOUS = {SpeechAct.THANK, SpeechAct.GREET, SpeechAct.ACKNOWLEDGE, SpeechAct.YES, SpeechAct.APPROVE}
#: Speech acts with which a thing and a time are no wish for work: "bane 2 blev slået fredag".
_STATING = {
    SpeechAct.WANT,
    SpeechAct.REPORT_DONE,
    SpeechAct.REPORT_MISSING,
    SpeechAct.CALL_OFF,
    SpeechAct.CLOSE,
    SpeechAct.OPEN,
}
#: Words that may stand beside those of a speech act.
_BESIDE = {
    SpeechAct.MOVE: (SpeechAct.NO,),
    SpeechAct.CALL_OFF: (SpeechAct.NO, SpeechAct.SKIP),
    SpeechAct.SKIP: (SpeechAct.NO, SpeechAct.CALL_OFF),
    SpeechAct.NO: (SpeechAct.CALL_OFF,),
    SpeechAct.APPROVE: (SpeechAct.REPORT_DONE,),
    SpeechAct.YES: (SpeechAct.APPROVE,),
    SpeechAct.REPORT_DONE: (SpeechAct.APPROVE,),
}


async def handle_sentence(
    handling: RowHandling, text: str, *, feature: Feature | None = None, subject: str = ""
) -> None:
    """Do what a sentence to the bot says, or ask. `feature` and `subject` are those of the card it is under, if any.

    Raises `Refused`, `Ask` and `AskSeveral` for an answer.
    """
    reading = await read_aside(text, read_sentence, handling.request.reading_context, text, subject or None)
    if reading is None:
        raise Refused("sentence-too-long")
    if not reading.text.strip(" .!?,"):
        raise Refused("greeted")
    lessons = find_commands_for(SpeechAct.TEACH, handling.request.features)
    call = await find_call(handling, reading, [feature] if feature else None)
    if call is None and feature:
        call = await find_call(handling, replace(reading, subject=None), None)
    if (
        call is not None
        and is_absence(reading)
        and not await is_expected(handling, call.feature, call.command, reading)
    ):
        raise Refused("away-noticed")
    if call is not None:
        call.subject = reading.subject
        await handling.run_calls([call])
        return
    is_about_others = bool(find_acts_on_others(reading))
    if not is_about_others and (call := _read_as_command(handling, reading.text)):
        await handling.run_calls([call])
    elif _COURTEOUS & set(reading.signals.acts):
        raise Refused("greeted" if SpeechAct.GREET in reading.signals.acts else "thanked")
    elif is_about_others:
        raise Refused("told-of-something-else")
    elif SpeechAct.DROP in reading.signals.acts:
        raise Refused("no-then")
    elif call := read_lesson(lessons, reading.text, reading.context):
        await handling.run_calls([call])
    elif is_absence(reading):
        raise Refused("away-noticed")
    elif hedge := finder_of(reading.signals.language).hedge.find(reading.text):
        raise Refused("noticed-hedge", word=reading.text[hedge.start : hedge.end])
    else:
        _ask_what_is_meant(reading)


async def find_call(
    handling: RowHandling, reading: SentenceReading, features: list[Feature] | None
) -> CommandCall | None:
    """Return the likeliest call that a sentence can mean, reviewed; None when it means none.

    `features` are those whose commands are tried (None: all of the room). Raises `Noticed` when the call is negated or
    depends on something.
    """
    names_thing, names_work, names_time, acts = await read_aside(reading.text, rank_acts_of, reading)
    unexpected: list[tuple[CommandCall, SpeechAct]] = []
    tried = features or handling.request.features
    for act in acts:
        for feature, command in find_commands_for(act, tried):
            call = await read_aside(reading.text, read_call, feature, command, act, reading)
            if not _is_complete(call, act, names_thing or names_work, reading):
                continue
            if await is_expected(handling, feature, command, reading):
                if act is SpeechAct.CALL_OFF and act not in reading.signals.acts:
                    raise Refused("unable")
                return await read_aside(reading.text, _review, call, act, reading)
            unexpected.append((call, act))
            if act is SpeechAct.REPORT_MISSING:
                await _notice_unfinished(handling, tried, reading)
    if not reading.is_under_card and names_thing and names_time and _STATING.isdisjoint(acts):
        for feature, command in find_commands_for(SpeechAct.WANT, tried):  # "bane 2 er lang, fredag kl. 10 ville passe"
            call = await read_aside(reading.text, read_call, feature, command, SpeechAct.WANT, reading)
            return _review(call, SpeechAct.WANT, reading)
    if unexpected and not reading.is_under_card:  # the command says what is missing: there is nothing to call off
        return _review(*unexpected[0], reading)
    return None


def rank_acts_of(reading: SentenceReading) -> tuple[bool, bool, bool, list[SpeechAct]]:
    """Return whether a sentence names a thing, a task and a time, and its speech acts, the likeliest first."""
    context, sentence = reading.context, Sentence(reading.text, reading.context.languages)
    names_thing, names_work = (kind.read(sentence, context) is not None for kind in (THING, TASK))
    names_time = find_time(blank_work(reading.offer, context), context, several=True) is not None
    names_anchor = reading.is_under_card and blank_anchor(reading.offer, context) != reading.offer
    acts = rank_acts(
        reading.signals,
        names_work=names_work,
        names_time=names_time,
        moves_time=reading.moves_time or reading.offers_instead or names_anchor,
        under_card=reading.is_under_card,
    )
    others = find_acts_on_others(reading)
    return names_thing, names_work, names_time, [act for act in acts if act not in others]


async def _notice_unfinished(handling: RowHandling, features: Sequence[Feature], reading: SentenceReading) -> None:
    """Raise `Noticed` when the person who may report the work says that it is not done: "ikke færdig endnu"."""
    finder = finder_of(reading.signals.language)
    limits = [
        limit
        for patterns in (finder.negation, finder.contrast, finder.not_yet)
        for limit in patterns.find_all(reading.text)
    ]
    words = reading.signals.words_of([SpeechAct.REPORT_MISSING])
    limited = (found for found in words if any(map(found.overlaps, limits)))
    word = next((reading.text[found.start : found.end] for found in limited), "")
    for feature, command in find_commands_for(SpeechAct.REPORT_DONE, features):
        if word and not reading.signals.is_question and await is_expected(handling, feature, command, reading):
            raise Noticed("noticed-not-yet", word=word)


def find_commands_for(act: SpeechAct, features: Sequence[Feature]) -> Iterator[tuple[Feature, Command]]:
    """Yield the commands that carry out a speech act, in the order of the features."""
    for feature in features:
        for command in feature.commands:
            if act in command.acts:
                yield feature, command


async def is_expected(handling: RowHandling, feature: Feature, command: Command, reading: SentenceReading) -> bool:
    """Return whether a command is possible for the sentence, or for the card that it is under."""
    if command.is_expected is None:
        return True
    with handling.request.as_feature(feature):
        return await command.is_expected(handling.request, reading.subject or "")


def read_call(feature: Feature, command: Command, act: SpeechAct, reading: SentenceReading) -> CommandCall:
    """Read the arguments of a command in a sentence that is a speech act."""
    text = reading.offer if act is SpeechAct.MOVE else reading.text
    finder = finder_of(reading.signals.language)
    text = blank_out(text, [found for found in reading.signals.words_of([act]) if found.start == 0])  # "aflys 1"
    aside = {*_ASIDE, *_BESIDE.get(act, ())}
    if act in QUESTIONS:
        aside |= set(QUESTIONS) | {SpeechAct.REPORT_DONE, SpeechAct.MOVE}
    polite = finder.find_polite(text)
    crosser = CrossOutActs(reading.signals, {act, *aside, *command.acts})

    def cross_out(sentence: Sentence) -> None:
        sentence.unread = blank_out(sentence.unread, polite)
        if act in (SpeechAct.NO, SpeechAct.CALL_OFF):
            sentence.unread = blank_out(sentence.unread, finder.inability.find_all(sentence.unread))
        crosser(sentence)

    return read_arguments(feature, command, text, reading.context, cross_out)


def _is_complete(call: CommandCall, act: SpeechAct, names_something: bool, reading: SentenceReading) -> bool:
    """Return whether a sentence names enough for a command: a wish names a thing or a task, a move a time."""
    has_time = bool(call.times) or call.problem is not None or not {"shift", "anchor"}.isdisjoint(call.values)
    if act is SpeechAct.WANT:  # "skriv mig på til fredag" asks what it is about
        is_whole = has_time and not find_content(call.unread_text, reading.context.languages)
        return names_something or (is_whole and not reading.is_under_card and not reading.signals.is_question)
    if act is SpeechAct.MOVE:
        return has_time or (not reading.is_under_card and _has_strong_move(reading))
    if act in (SpeechAct.CLOSE, SpeechAct.OPEN):
        return names_something and not (reading.signals.is_question and not reading.signals.acts.get(SpeechAct.WANT))
    is_report = act in (SpeechAct.REPORT_DONE, SpeechAct.REPORT_MISSING, SpeechAct.APPROVE)
    asks_for_more = act is SpeechAct.REPORT_MISSING and reading.is_under_card and SpeechAct.WANT in reading.signals.acts
    return not (is_report and reading.signals.is_question) or asks_for_more


def _has_strong_move(reading: SentenceReading) -> bool:
    """Return whether a word says by itself that a time is moved ("flyt"), not only beside a time ("hellere")."""
    return any(
        len(found.parts) == 1 and found.end - found.start > 3 for found in reading.signals.words_of([SpeechAct.MOVE])
    )


def _review(call: CommandCall, act: SpeechAct, reading: SentenceReading) -> CommandCall:
    if act is SpeechAct.MOVE and (reading.answers or reading.offers_instead):  # "ja, men kl. 15" is another offer
        call.unread_text = blank_reservations(call.unread_text, reading.context.languages)
    try:
        review_call(call, reading.context, reading.signals, is_typed=False)
    except Noticed as noticed:
        if reading.is_under_card and _is_weak(act, reading):
            call.content, call.risk = call.unread_text or str(noticed.values["word"]), True
            return call
        raise
    if act is SpeechAct.REPORT_MISSING and reading.is_under_card:
        _keep_whole_complaint(call, reading)
    if act in (SpeechAct.CALL_OFF, SpeechAct.NO, SpeechAct.SKIP) and "reason" in call.values:
        _complete_reason(call, reading)
    return call


def _complete_reason(call: CommandCall, reading: SentenceReading) -> None:
    """Make whole clauses the reason, with words that were read as something else: "drop det, kampen er aflyst"."""
    said = {word.folded for word in split_words(find_content(str(call.values["reason"]), reading.context.languages))}
    clauses = [clause.strip() for clause in re.split(r"[,.;!?\n]+", reading.text)]
    kept = [clause for clause in clauses if not said.isdisjoint(word.folded for word in split_words(clause))]
    if len(kept) < len(clauses):
        call.values["reason"] = ", ".join(" ".join(clause.split()) for clause in kept)


def _keep_whole_complaint(call: CommandCall, reading: SentenceReading) -> None:
    """Make the whole sentence the reason of a report of missing work. Raises `Noticed` when it lets the fault pass."""
    concession = finder_of(reading.signals.language).concession.find(reading.text)
    if concession is not None:
        raise Noticed("noticed-hedge", word=reading.text[concession.start : concession.end])
    call.values["reason"] = " ".join(reading.text.split())
    call.content, call.risk = "", False


def _is_weak(act: SpeechAct, reading: SentenceReading) -> bool:
    """Return whether a message under a card is rather talk between people than something for the bot."""
    return reading.signals.is_to_somebody or act is SpeechAct.MOVE


def _read_as_command(handling: RowHandling, text: str) -> CommandCall | None:
    """Return the command with whose word a sentence begins, if that carries out no speech act: "sprog dansk".

    "glem det" is none: it only says that the matter is dropped.
    """
    reading = handling.request.reading_context
    found = find_command_word(handling.context.features, reading, text)
    if found is None or _only_drops(text, reading):
        return None
    feature, command, rest = found
    call = read_arguments(feature, command, rest, reading)
    review_call(call, reading, find_signals(rest, reading.languages), is_typed=False)
    return call


def _only_drops(text: str, reading: ReadingContext) -> bool:
    dropped = find_signals(text, reading.languages).words_of([SpeechAct.DROP])
    return bool(dropped) and not find_content(blank_out(text, dropped), reading.languages)


def _ask_what_is_meant(reading: SentenceReading) -> NoReturn:
    if (thing := reading.find_thing()) is not None:
        raise Refused("what-about", thing=thing.name)
    raise Refused("what-was-that")
