"""Completes the command of a question by the answer: a tap on an option, or a message."""

import re
from datetime import timedelta
from typing import Any

from bot.api.feature import Command, Feature, Request
from bot.api.request.person import person_at
from bot.errors import Refused
from bot.languages.registry import find_language
from bot.languages.speech_acts import SpeechAct
from bot.parsing.answer import is_pleasantry, sign_of, yes_or_no
from bot.parsing.normalise import fold
from bot.parsing.sentences.message import clean_message
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import find_signals, finder_of, strip_signature
from bot.parsing.sentences.unread import RiskKind, find_content, find_risks
from bot.parsing.unread_words import split_words
from bot.pipeline.context import Context
from bot.pipeline.handling.questions import CALLS, CONFIRMED, MUST_CONFIRM, SUBJECT
from bot.pipeline.handling.read_command import CommandCall, read_missing_arguments
from bot.store.messages import outbox
from bot.store.messages.questions import Question, close_question, find_question

#: An answer may have so many words that were not read: "det er stadion, vi snakker om".
_MAX_UNREAD_WORDS = 1

#: What is said back of an answer, and the words of a message that may still be one.
_SAID_BACK = (RiskKind.NEGATION, RiskKind.CONDITION, RiskKind.ALTERNATIVE, RiskKind.HEDGE)
_MAX_WORDS_OF_ANSWER = 10

#: A message that comes so long after the question is taken for its answer only after a yes.
_MAX_SILENCE = timedelta(hours=2)

_MENTION = re.compile(r"\s*@\w")


async def answer_by_tap(context: Context, request: Request, question_id: int, emoji: str) -> list[CommandCall]:
    """Return the commands that a tap completes, none if the emoji is no option.

    Raises `Refused` for a question to somebody else, and for one that is closed.
    """
    found = await find_question(request.db, question_id)
    option = next((option for option in found[0].options if _is_same_emoji(option[0], emoji)), None) if found else None
    if found is None or option is None:
        return []
    question, is_open = found
    if not question.asked:
        return [_restore_public_command(request, option[2])]
    is_open = is_open and context.features.find(question.feature) is not None
    if question.asked != request.cause.sender:
        raise Refused("question-not-yours", person=person_at(request.community, question.asked))
    if not is_open:
        raise Refused("question-over")
    return await _apply_option(context, request, question, option)


async def answer_by_text(
    context: Context, request: Request, question: Question, text: str, *, is_reply: bool
) -> list[CommandCall]:
    """Return the commands that a text completes, none if it is no answer.

    Raises `Refused` for a text that is meant as an answer and cannot be read as one.
    """
    text = strip_signature(clean_message(text), request.community.languages)
    if not question.asked:
        option = _find_option(question, text, request)
        return [_restore_public_command(request, option[2])] if option else []
    if not is_reply and _is_to_somebody_else(request, text):
        return []
    if await _drops_question(request, question, text):
        return []
    calls = await _complete(context, request, question, text, is_reply=is_reply)
    if not is_reply and request.now - question.asked_at > _MAX_SILENCE:
        for call in calls:
            call.must_confirm = True
    return calls


async def _complete(
    context: Context, request: Request, question: Question, text: str, *, is_reply: bool
) -> list[CommandCall]:
    call = _restore_call(context, request, question)
    is_list = question.wanted == "" and any(label for _, label, *_ in question.options)
    if question.wanted == "" and not is_list:
        yes = _read_yes_or_no(text, request)
        if yes is not None:
            return await _apply_option(context, request, question, ["", "", yes])
    elif (option := _find_option(question, text, request)) is not None:
        return await _apply_option(context, request, question, option)
    elif not is_list:
        earlier = call.values.pop(question.wanted, None)
        known_before = len(call.values)
        read_missing_arguments(call, text, request.reading_context)
        languages = request.community.languages
        content, risks = find_content(call.unread_text, languages), find_risks(call.unread_text, languages)
        is_whole = not risks and (not content or is_pleasantry(call.unread_text, languages))
        is_short = not risks and len(content.split()) <= _MAX_UNREAD_WORDS
        is_meant_as_answer = is_reply or is_whole or is_short or len(call.values) > known_before + 1
        if question.wanted in call.values and risks and not is_meant_as_answer and "?" not in text:
            noticed = [risk for risk in risks if risk.kind in _SAID_BACK]
            if noticed and len(text.split()) <= _MAX_WORDS_OF_ANSWER:
                raise Refused(f"noticed-{noticed[0].kind}", word=noticed[0].words)
        if is_meant_as_answer and question.wanted in call.values and "?" not in text:
            call.must_confirm = call.must_confirm or not is_whole
            call.content, call.risk = content, bool(risks)
            await close_question(request.db, question.id, request.now)
            return _complete_value(call, question.wanted, earlier).split()
        if call.problem and (is_reply or not call.unread_text):
            raise Refused(call.problem[0], **call.problem[1])
    if is_reply:
        raise Refused("answer-not-understood")
    return []


def _read_yes_or_no(text: str, request: Request) -> bool | None:
    """Return the yes or no of a text that says nothing else."""
    languages = request.community.languages
    if (exact := yes_or_no(text, languages)) is not None:
        return exact
    signals = find_signals(text, languages)
    says = {act for act in (SpeechAct.YES, SpeechAct.NO) if act in signals.acts}
    if len(says) != 1 or signals.is_question:
        return None
    act = says.pop()
    rest = blank_out(text, signals.words_of([act, SpeechAct.THANK, SpeechAct.GREET]))
    has_more = find_content(rest, languages) or find_risks(rest, languages, allows_inability=act is SpeechAct.NO)
    return None if has_more else act is SpeechAct.YES


async def _drops_question(request: Request, question: Question, text: str) -> bool:
    """Close the question, and say so, when a text only says that the matter is dropped."""
    languages = request.community.languages
    signals = find_signals(text, languages)
    if SpeechAct.DROP not in signals.acts or (question.wanted == "" and _read_yes_or_no(text, request) is not None):
        return False
    rest = blank_out(text, signals.words_of([SpeechAct.DROP, SpeechAct.NO, SpeechAct.THANK, SpeechAct.YES]))
    if find_risks(rest, languages) or len(find_content(rest, languages).split()) > 3:
        return False
    await close_question(request.db, question.id, request.now)
    await request.say("no-then")
    return True


def _is_to_somebody_else(request: Request, text: str) -> bool:
    """Return whether a message is said to another person: it mentions one, or begins with a name."""
    if request.cause.payload.get("mentions") or _MENTION.match(text):
        return True
    words = [word.folded for word in split_words(text[:60])]
    own = request.person.handle
    for person in request.community.people:
        name = [word.folded for word in split_words(person.name)]
        if person.handle != own and name and words[: len(name)] == name and len(words) > len(name):
            return True
    return False


def _complete_value(call: CommandCall, argument: str, earlier: Any) -> CommandCall:
    """Take what the new value leaves open from the earlier one: the day, when the answer is only a clock time."""
    if earlier is not None and argument not in call.several:
        kind = next(found.kind for found in call.command.arguments if found.name == argument)
        call.values[argument] = kind.complete(earlier, call.values[argument])
    return call


async def _apply_option(context: Context, request: Request, question: Question, option: list[Any]) -> list[CommandCall]:
    """Close the question and return its commands with the values of an option; none after a no.

    `option` is [emoji, label, value, other arguments by name]. Options stored by an early version lack the last.
    """
    await close_question(request.db, question.id, request.now)
    if question.wanted == "":
        if not option[2]:
            await request.say("no-then")
            return []
        if isinstance(option[2], list):
            return [_restore_public_command(request, stored) for stored in option[2]]
        if CALLS in question.said:
            return [_restore_public_command(request, stored) for stored in question.said[CALLS]]
        return [_restore_call(context, request, question)]
    call = _restore_call(context, request, question)
    kinds = {argument.name: argument.kind for argument in call.command.arguments}
    for name, stored in {question.wanted: option[2], **dict(*option[3:])}.items():
        value = kinds[name].from_json(stored, request.reading_context)
        if value is not None:
            call.values[name] = value
    return [call]


def _restore_call(context: Context, request: Request, question: Question) -> CommandCall:
    """Return the incomplete command of a question, without values that the community's file no longer has."""
    feature = context.features.find(question.feature)
    command = feature.command(question.command) if feature else None
    assert feature is not None, "a question of a feature that is not installed is not answered"
    assert command is not None, "a question is only kept for a command there is"
    return _make_call(feature, command, question.said, request)


def _restore_public_command(request: Request, stored: dict[str, Any]) -> CommandCall:
    """Return the command of an option of a public question. Raises `Refused` if the room no longer has it."""
    feature = next((feature for feature in request.features if stored["feature"] in feature.names), None)
    command = feature.command(stored["command"]) if feature else None
    if feature is None or command is None:
        raise Refused("question-over")
    return _make_call(feature, command, stored["said"], request)


def _make_call(feature: Feature, command: Command, stored: dict[str, Any], request: Request) -> CommandCall:
    kinds = {argument.name: argument.kind for argument in command.arguments}
    values = {
        name: kinds[name].from_json(value, request.reading_context) for name, value in stored.items() if name in kinds
    }
    return CommandCall(
        feature,
        command,
        {name: value for name, value in values.items() if value is not None},
        must_confirm=bool(stored.get(MUST_CONFIRM)),
        subject=stored.get(SUBJECT),
        confirmed=stored.get(CONFIRMED, ""),
    )


def _find_option(question: Question, text: str, request: Request) -> list[Any] | None:
    """Return the option that a text names by its number, its place in the list, its emoji or its label.

    When the options are agreements, a number is the number of an agreement.
    """
    answer = text.strip().strip(".)#!")
    for position, (emoji, label, value, *_) in enumerate(question.options, start=1):
        number = value if isinstance(value, int) else position
        if answer == str(number) or _is_same_emoji(emoji, answer) or answer.casefold() == label.casefold():
            return question.options[position - 1]
    place = _read_place(answer, len(question.options), request)
    return question.options[place] if place is not None else None


def _read_place(answer: str, count: int, request: Request) -> int | None:
    """Return the index of the option that a text names: "den første", "nr 2", "treeren", "tidligst muligt"."""
    languages = request.community.languages
    for code in languages:
        words = finder_of(code).words
        places = {fold(word): number for word, number in {**words.ordinals, **words.nicknames}.items()}
        sign = {fold(each).strip(".") for each in (*find_language(code).phrases.number_sign, *words.option_words)}
        if any(word.folded in sign for word in split_words(answer)):
            places |= {fold(word): number for word, number in words.numbers.items()}
        soonest = finder_of(code).soonest.find_all(answer)
        if soonest and not find_risks(blank_out(answer, soonest), languages):
            return 0 if count else None
        named = [word for word in split_words(answer) if word.folded in places or word.folded.isdigit()]
        rest = [word for word in split_words(answer) if word not in named]
        if len(named) == 1 and all(word.folded in sign or word.folded in finder_of(code).filler for word in rest):
            if named[0].folded.isdigit() and not any(word.folded in sign for word in rest):
                continue  # a bare number among other words is no place in the list
            number = places.get(named[0].folded) or (int(named[0].folded) if named[0].folded.isdigit() else 0)
            index = number - 1 if number > 0 else count + number if number < 0 else -1
            if 0 <= index < count and "?" not in answer:
                return index
    return None


def _is_same_emoji(emoji: str, tapped: str) -> bool:
    """Return whether two emoji mean the same. Clients differ in variation selectors, and some send 👍 for ✅."""
    without_selectors = {emoji.replace("\ufe0f", ""), tapped.replace("\ufe0f", "")}
    signs = {sign_of(emoji), sign_of(tapped)}
    return len(without_selectors) == 1 or (len(signs) == 1 and None not in signs)


async def find_card_row(request: Request, question: Question) -> int | None:
    """Return the outbox row of the card in whose thread a question was asked; None for one asked in the room."""
    return await outbox.find_referred_row(request.db, request.place, f"question/{question.id}")
