"""Completes the command of a question by the answer: a tap on an option, or a message."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.api.arguments.kind import Kind
from bot.api.arguments.text import TEXT
from bot.api.arguments.time import find_time
from bot.api.feature import Request
from bot.api.request.person import person_at
from bot.errors import Refused
from bot.languages.speech_acts import YES_OR_NO, SpeechAct
from bot.parsing.answer import is_pleasantry
from bot.parsing.sentences.earliest_time import name_earliest
from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.message import clean_message, join_preferences
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import find_signals, strip_signature
from bot.parsing.sentences.unread import RiskKind, find_content, find_risks, is_retracted
from bot.parsing.unread_words import Sentence, quotable
from bot.pipeline.context import Context
from bot.pipeline.handling.messages.addressee import Addressee, is_statement, is_talk
from bot.pipeline.handling.messages.corrections import Correction, read_correction
from bot.pipeline.handling.messages.offered_time import drop_corrected_time
from bot.pipeline.handling.messages.options import find_by_numbers, find_by_words, find_option, is_same_emoji
from bot.pipeline.handling.messages.several_options import Completed, refuse_unread_choice, select_calls
from bot.pipeline.handling.messages.yes_or_no import drops_matter, notice_hedge, read_yes_or_no
from bot.pipeline.handling.read_command import CommandCall, read_missing_arguments
from bot.pipeline.handling.reading_limits import read_aside
from bot.pipeline.handling.stored_calls import (
    CALLS,
    restore_call,
    restore_call_of_option,
    restore_listed_call,
    several_of,
)
from bot.store.messages.questions import ABOUT, Question, close_question, find_question

#: An answer may have so many words that were not read: "det er stadion, vi snakker om".
_MAX_UNREAD_WORDS = 1

#: Risks that are named in the answer, and the words of a message that may still be meant as one.
_SAID_BACK = (RiskKind.NEGATION, RiskKind.CONDITION, RiskKind.ALTERNATIVE, RiskKind.HEDGE)
_MAX_WORDS_OF_ANSWER = 10

_CLAUSE = re.compile(r"[,.;]\s")


async def answer_by_tap(context: Context, request: Request, question_id: int, emoji: str) -> Completed | None:
    """Return what a tap completes, None if the emoji is no option, or a no.

    Raises `Refused` for a question to somebody else, and for one that is closed.
    """
    found = await find_question(request.db, question_id)
    option = next((option for option in found[0].options if is_same_emoji(option[0], emoji)), None) if found else None
    if found is None or option is None:
        return None
    question, is_open = found
    if not question.asked:
        return Completed([restore_listed_call(request, option[2])])
    is_open = is_open and context.features.find(question.feature) is not None
    if question.asked != request.cause.sender:
        raise Refused("question-not-yours", person=person_at(request.community, question.asked))
    if not is_open:
        raise Refused("question-over")
    return await _apply_option(context, request, question, option)


async def answer_by_text(
    context: Context, request: Request, question: Question, text: str, addressee: Addressee
) -> Completed | None:
    """Return what a text completes, None if it is no answer, or a no.

    Raises `Refused` for a text that is meant as an answer and cannot be read as one.
    """
    languages = request.community.languages
    text = name_earliest(join_preferences(strip_signature(clean_message(text), languages), languages), languages)
    text = drop_corrected_time(text, request.reading_context)
    if not question.asked:
        option = find_option(question.options, text, request.community.languages)
        return Completed([restore_listed_call(request, option[2])]) if option else None
    if addressee is Addressee.OTHERS or await _drops_question(request, question, text, addressee):
        return None
    completed = await _complete(context, request, question, text, addressee)
    is_doubtful = find_signals(text, request.community.languages).reassures  # "nej nej, det er fint"
    if completed is None or (addressee.is_certain and not is_doubtful):
        return completed
    for call in completed.calls:
        call.must_confirm, call.is_unexpected = True, addressee is not Addressee.BOT
    return replace(completed, is_confirmed=False)


async def _complete(
    context: Context, request: Request, question: Question, text: str, addressee: Addressee
) -> Completed | None:
    languages = request.community.languages
    if question.is_yes_or_no:
        yes = read_yes_or_no(text, request)
        if yes is False and addressee is Addressee.UNCLEAR:
            return None  # it may be said to others, and nothing is done without a yes
        if yes is not None:
            return await _apply_option(context, request, question, ["", "", yes])
        if addressee.is_certain:
            notice_hedge(text, languages)
    elif option := _find_one(question, text, languages):
        return await _apply_option(context, request, question, option)
    if any(map(several_of, question.options)):  # "bane 1 og 3" names one option, not two
        completed = await _read_answer(context, request, question, text, addressee)
        for call in completed.calls if completed else ():
            call.must_confirm = call.must_confirm or not call.several  # fewer than were said
        return completed
    if not _answers_listed(question, text, addressee, request) and (
        selected := select_calls(context, request, question, text)
    ):
        if addressee is Addressee.LIKELY_BOT and is_statement(text, languages):  # "bane 1 ser godt ud"
            for call in selected.calls:
                call.must_confirm = call.is_unexpected = True
        return selected
    is_list = CALLS in question.said and ABOUT not in question.said  # a yes to what was unclear is one to the agreement
    if is_list and addressee.is_certain and _may_be_answer(text, addressee):
        refuse_unread_choice(question, text, languages)
    if question.wanted and (completed := await _read_answer(context, request, question, text, addressee)):
        return completed
    if CALLS not in question.said and (corrected := await _correct(context, request, question, text, addressee)):
        return corrected
    if request.is_silent and addressee is Addressee.BOT and request.cause.payload.get("reply_to"):
        raise Refused("answer-not-understood")
    return None


def _answers_listed(question: Question, text: str, addressee: Addressee, request: Request) -> bool:
    """Return whether a message with the bot's name has a yes or a no of its own: "Bylaug, ja til dem alle".

    It may be one to the agreements, and not to what the question lists.
    """
    is_reply = bool(request.cause.payload.get("reply_to"))
    acts = find_signals(text, request.community.languages).acts
    return CALLS in question.said and addressee is Addressee.BOT and not is_reply and not YES_OR_NO.isdisjoint(acts)


def _find_one(question: Question, text: str, languages: Sequence[str]) -> list[Any] | None:
    found = find_option(question.options, text, languages)
    if found is None and any(map(several_of, question.options)):
        return find_by_numbers(question.options, text, languages)
    return found or (find_by_words(question.options, text, languages) if question.wanted == "" else None)


async def _read_answer(
    context: Context, request: Request, question: Question, text: str, addressee: Addressee
) -> Completed | None:
    """Return the command of a question with the arguments that a text names."""
    languages = request.community.languages
    call = restore_call(context, request, question)
    earlier = call.values.pop(question.wanted, None)
    earlier_each = call.several.pop(question.wanted, [])
    known_before = dict(call.values)
    await read_aside(text, read_missing_arguments, call, text, request.reading_context)
    new = [name for name in call.values if name not in known_before]
    kinds = call.command.kinds
    reason = " ".join(str(call.values[name]) for name in new if kinds[name] is TEXT and name != question.wanted)
    names = frozenset(word for kind in kinds.values() for word in kind.first_words(request.reading_context))
    content = find_content(call.unread_text, languages)
    risks = find_risks(f"{call.unread_text} {reason}", languages, names)
    is_whole = not risks and (not content or is_pleasantry(call.unread_text, languages))
    is_short = not risks and len(content.split()) <= _MAX_UNREAD_WORDS
    has_answer = question.wanted in call.values or any(kinds[name] is not TEXT for name in new)
    if not has_answer or "?" in text:
        if _is_exception_alone(text, request):  # the next answer would leave the exception out
            await close_question(request.db, question.id, request.now)
            await request.say("exception-alone", said=quotable(text, 80))
            return None
        if addressee.is_certain and _may_be_answer(text, addressee):
            _notice_negation(kinds[question.wanted], text, request)
        if call.problem and (addressee is Addressee.BOT or not call.unread_text):
            raise Refused(call.problem[0], **call.problem[1])
        return None
    if risks and addressee.is_certain and _may_be_answer(text, addressee):
        noticed = next((risk for risk in risks if risk.kind in _SAID_BACK), None)
        if noticed is not None:
            raise Refused(f"noticed-{noticed.kind}", word=noticed.words)
        raise Refused("unread-part", unread=content or reason or risks[0].words)
    if not (is_whole or is_short or addressee is Addressee.BOT or len(new) > 1) or risks:
        return None
    if question.wanted not in call.values and not is_whole:
        return None
    call.must_confirm = call.must_confirm or not is_whole or bool(reason)
    call.content = " ".join(each for each in (call.content, content if not is_whole else "") if each)
    if addressee is Addressee.LIKELY_BOT and is_talk(call.unread_text, languages):
        call.must_confirm = call.is_unexpected = True
    await close_question(request.db, question.id, request.now)
    if earlier is not None and question.wanted not in call.values:
        call.values[question.wanted] = earlier
        call.several |= {question.wanted: earlier_each} if earlier_each else {}
    elif earlier_each:
        _complete_each(call, question.wanted, earlier_each)
    elif earlier is not None and question.wanted not in call.several:
        call.values[question.wanted] = kinds[question.wanted].complete(earlier, call.values[question.wanted])
    return Completed([call])


def _complete_each(call: CommandCall, name: str, earlier: list[Any]) -> None:
    """Complete several values of an argument by the answer. Raises `Refused` for an answer that does not fit each."""
    completed = call.command.kinds[name].complete_each(earlier, call.several.get(name, [call.values[name]]))
    if completed is None:
        raise Refused("answer-fits-not-each", count=len(earlier))
    call.values[name], call.several[name] = completed[0], completed


def _is_exception_alone(text: str, request: Request) -> bool:
    """Return whether an answer is an exception and a time: "undtagen fredag"."""
    for code in request.community.languages:
        found = finder_of(code).excepting.find(text)
        if found is not None and not text[: found.start].strip():
            return find_time(text[found.end :], request.reading_context) is not None
    return False


def _notice_negation(kind: Kind[Any], text: str, request: Request) -> None:
    """Raise `Refused` for an answer that says what is not meant: "fredag, ikke lørdag", "helst ikke fredag"."""
    languages = request.community.languages
    noticed = next((risk for risk in find_risks(text, languages) if risk.kind in _SAID_BACK), None)
    if noticed is None or "?" in text:
        return
    negations = [found for code in languages for found in finder_of(code).negation.find_all(text)]
    parts = (Sentence(part, languages) for part in (*_CLAUSE.split(text), blank_out(text, negations)))
    if any(kind.read(part, request.reading_context) is not None for part in parts):
        raise Refused(f"noticed-{noticed.kind}", word=noticed.words)


def _may_be_answer(text: str, addressee: Addressee) -> bool:
    return addressee is Addressee.BOT or len(text.split()) <= _MAX_WORDS_OF_ANSWER


async def _correct(
    context: Context, request: Request, question: Question, text: str, addressee: Addressee
) -> Completed | None:
    """Return the corrected command of a question: "ja, men kl. 15". A no with other words closes the question.

    Raises `Refused` for words of the correction that were not understood.
    """
    moves = SpeechAct.MOVE in find_signals(text, request.community.languages).acts
    if ("?" in text and not moves) or not _may_be_answer(text, addressee):
        return None
    call = restore_call(context, request, question)
    correction = await read_aside(text, read_correction, call, text, request)
    is_for_bot = addressee is Addressee.BOT or (
        addressee is Addressee.LIKELY_BOT and question.is_yes_or_no and correction.begins_with is not None
    )
    if correction.call is not None and not correction.unread and (correction.is_plain or addressee is Addressee.BOT):
        await close_question(request.db, question.id, request.now)
        return Completed([correction.call])
    if not is_for_bot or not question.is_yes_or_no:
        return None
    if correction.call is None and correction.begins_with is SpeechAct.NO:
        return await _apply_option(context, request, question, ["", "", False])
    if correction.unread and _is_answer(correction):
        raise Refused("correction-not-understood", unread=correction.unread)
    return None


def _is_answer(correction: Correction) -> bool:
    return correction.begins_with is not None or correction.call is not None


async def _drops_question(request: Request, question: Question, text: str, addressee: Addressee) -> bool:
    """Close the question, and say so, when a text only says that the matter is dropped, or takes itself back."""
    is_retraction = addressee.is_certain and is_retracted(text, request.community.languages)
    if not is_retraction and (addressee is Addressee.UNCLEAR or not drops_matter(request, question, text)):
        return False
    await close_question(request.db, question.id, request.now)
    await request.say("no-then")
    return True


async def _apply_option(context: Context, request: Request, question: Question, option: list[Any]) -> Completed | None:
    """Close the question and return its commands with the values of an option; None after a no.

    `option` is [emoji, label, value, other arguments by name]. Options stored by an early version lack the last.
    """
    await close_question(request.db, question.id, request.now)
    if question.wanted:
        return Completed([restore_call_of_option(context, request, question, option)])
    if not option[2]:
        await request.say("no-then")
        return None
    listed = option[2] if isinstance(option[2], list) else question.said.get(CALLS)
    if listed is not None:
        return Completed([restore_listed_call(request, stored) for stored in listed], is_confirmed=True)
    return Completed([restore_call(context, request, question)], is_confirmed=True)
