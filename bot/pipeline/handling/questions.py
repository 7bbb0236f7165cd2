"""Asks for an argument that is missing, stores the incomplete command, and completes it by the answer."""

from typing import Any

from bot.api.feature import Command, Feature, Request
from bot.api.request.person import person_at
from bot.api.request.question import NO, NUMBER_EMOJI, YES, Ask
from bot.errors import Refused
from bot.parsing.answer import is_pleasantry, sign_of, yes_or_no
from bot.pipeline.context import Context
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand, read_missing_arguments
from bot.store.messages import outbox
from bot.store.messages.questions import Question, close_question, find_question, insert_question


async def ask_question(request: Request, call: CommandCall, ask: Ask) -> None:
    """Ask the sender for an argument, and store the command until that is answered."""
    text = request.text(ask.key, **{"unknown": "", "problem": "", **ask.values})
    call = _call_to_complete(call, ask)
    await _store_and_ask(request, call, ask.argument, text, _options_to_json(ask, call))


async def ask_suggestion(request: Request, suggest: SuggestCommand) -> None:
    """Ask the sender whether they meant a similar command."""
    text = request.text("suggestion", said=suggest.written, meant=suggest.suggestion)
    await _store_and_ask(request, suggest.call, "", text, _yes_no_options())


async def _store_and_ask(
    request: Request, call: CommandCall, argument: str, text: object, options: list[list[Any]]
) -> None:
    """Store a question about an argument ("" for a yes or no) and put it to the sender."""
    question_id = await insert_question(
        request.db,
        request.now,
        place=request.place,
        asked=request.cause.sender,
        feature=call.feature.stored_name,
        command=call.command.name,
        said=_values_to_json(call),
        wanted=argument,
        options=options,
    )
    labels = [{"emoji": emoji, "label": label} for emoji, label, *_ in options if label]
    question = request.text("question", ask=text, options=labels, confirm=argument == "")
    await request.ask_rendered(question, f"question/{question_id}", [emoji for emoji, *_ in options])


def _options_to_json(ask: Ask, call: CommandCall) -> list[list[Any]]:
    if ask.argument == "":
        return _yes_no_options()
    kinds = {argument.name: argument.kind for argument in call.command.arguments}
    kind = kinds[ask.argument]
    return [
        [
            emoji,
            str(option.label),
            kind.to_json(option.value),
            {name: kinds[name].to_json(value) for name, value in option.also.items()},
        ]
        for emoji, option in zip(NUMBER_EMOJI, ask.options, strict=False)
    ]


def _yes_no_options() -> list[list[Any]]:
    return [[YES, "", True], [NO, "", False]]


def _call_to_complete(call: CommandCall, ask: Ask) -> CommandCall:
    """Return the command that the answer completes: another one where the question says so."""
    if ask.instead is None:
        return call
    name, values = ask.instead
    command = call.feature.command(name)
    assert command is not None, f"{call.feature.name} has no command {name}"
    return CommandCall(call.feature, command, dict(values))


def _values_to_json(call: CommandCall) -> dict[str, Any]:
    kinds = {argument.name: argument.kind for argument in call.command.arguments}
    return {name: kinds[name].to_json(value) for name, value in call.values.items()}


async def answer_by_tap(context: Context, request: Request, question_id: int, emoji: str) -> CommandCall | None:
    """Return the command that a tap completes, None if the emoji is no option.

    Raises `Refused` for a question to somebody else, and for one that is closed.
    """
    found = await find_question(request.db, question_id)
    option = next((option for option in found[0].options if _is_same_emoji(option[0], emoji)), None) if found else None
    if found is None or option is None:
        return None
    question, is_open = found
    if not question.asked:
        return _restore_public_command(request, option[2])
    is_open = is_open and context.features.find(question.feature) is not None
    if question.asked != request.cause.sender:
        raise Refused("question-not-yours", person=person_at(request.community, question.asked))
    if not is_open:
        raise Refused("question-over")
    return await _apply_option(context, request, question, option)


async def answer_by_text(
    context: Context, request: Request, question: Question, text: str, *, is_reply: bool
) -> CommandCall | None:
    """Return the command that a text completes, None if it is no answer.

    Raises `Refused` for a text that is meant as an answer and cannot be read as one.
    """
    if not question.asked:
        option = _find_option(question, text)
        return _restore_public_command(request, option[2]) if option else None
    call = _restore_call(context, request, question)
    if question.wanted == "":
        yes = yes_or_no(text, request.community.languages)
        if yes is not None:
            return await _apply_option(context, request, question, ["", "", yes])
    elif (option := _find_option(question, text)) is not None:
        return await _apply_option(context, request, question, option)
    else:
        earlier = call.values.pop(question.wanted, None)
        known_before = len(call.values)
        read_missing_arguments(call, text, request.reading_context)
        is_meant_as_answer = (
            is_reply
            or is_pleasantry(call.unread_text, request.community.languages)
            or len(call.values) > known_before + 1
        )
        if is_meant_as_answer and question.wanted in call.values:
            await close_question(request.db, question.id, request.now)
            return _complete_value(call, question.wanted, earlier)
        if call.problem and (is_reply or not call.unread_text):
            raise Refused(call.problem[0], **call.problem[1])
    if is_reply:
        raise Refused("answer-not-understood")
    return None


def _complete_value(call: CommandCall, argument: str, earlier: Any) -> CommandCall:
    """Take what the new value leaves open from the earlier one: the day, when the answer is only a clock time."""
    if earlier is not None:
        kind = next(found.kind for found in call.command.arguments if found.name == argument)
        call.values[argument] = kind.complete(earlier, call.values[argument])
    return call


async def _apply_option(
    context: Context, request: Request, question: Question, option: list[Any]
) -> CommandCall | None:
    """Close the question and return its command with the values of an option; None after a no.

    `option` is [emoji, label, value, other arguments by name]. Options stored by an early version lack the last.
    """
    await close_question(request.db, question.id, request.now)
    call = _restore_call(context, request, question)
    if question.wanted == "":
        if not option[2]:
            await request.say("no-then")
            return None
        return call
    kinds = {argument.name: argument.kind for argument in call.command.arguments}
    for name, stored in {question.wanted: option[2], **dict(*option[3:])}.items():
        value = kinds[name].from_json(stored, request.reading_context)
        if value is not None:
            call.values[name] = value
    return call


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
    return CommandCall(feature, command, {name: value for name, value in values.items() if value is not None})


def _find_option(question: Question, text: str) -> list[Any] | None:
    """Return the option that a text names by its number, emoji or label.

    When the options are agreements, a number is the number of an agreement.
    """
    answer = text.strip().strip(".)#")
    for position, (emoji, label, value, *_) in enumerate(question.options, start=1):
        number = value if isinstance(value, int) else position
        if answer == str(number) or _is_same_emoji(emoji, answer) or answer.casefold() == label.casefold():
            return question.options[position - 1]
    return None


def _is_same_emoji(emoji: str, tapped: str) -> bool:
    """Return whether two emoji mean the same. Clients differ in variation selectors, and some send 👍 for ✅."""
    without_selectors = {emoji.replace("\ufe0f", ""), tapped.replace("\ufe0f", "")}
    signs = {sign_of(emoji), sign_of(tapped)}
    return len(without_selectors) == 1 or (len(signs) == 1 and None not in signs)


async def find_card_row(request: Request, question: Question) -> int | None:
    """Return the outbox row of the card in whose thread a question was asked; None for one asked in the room."""
    return await outbox.find_referred_row(request.db, request.place, f"question/{question.id}")
