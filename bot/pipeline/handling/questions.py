"""Asks for an argument that is missing, or for a yes, and stores the commands that the answer completes."""

from collections.abc import Sequence
from typing import Any

from bot.api.arguments.text import TEXT
from bot.api.feature import Request
from bot.api.request.question import NO, NUMBER_EMOJI, YES, Ask, NeedsConfirmation
from bot.parsing.sentences.unread import find_risks
from bot.pipeline.handling.read_command import CommandCall, SuggestCommand
from bot.pipeline.handling.row_handling import AskMeaning, PreviewedCall
from bot.pipeline.handling.stored_calls import (
    CALLS,
    CONFIRMED,
    LINES,
    MUST_CONFIRM,
    SUBJECT,
    call_to_json,
    incomplete_to_json,
    values_to_json,
)
from bot.store.messages.questions import ABOUT, insert_question


async def ask_question(request: Request, call: CommandCall, ask: Ask) -> None:
    """Ask the sender for an argument, and store the command until that is answered.

    The question shows the words that were not understood.
    """
    text = request.text(ask.key, **{"unknown": "", "problem": "", **ask.values})
    if call.content:
        text = request.text("ask-beside-unread", ask=text, unread=call.content)
    completed = _call_to_complete(call, ask)
    if _lacks_argument(completed, ask.argument) and find_risks(_text_of(completed), request.community.languages):
        completed.must_confirm = True  # the words that were taken for a reason may be a condition
    await _store_and_ask(request, completed, ask.argument, text, _options_to_json(ask, completed))


async def ask_confirmation(request: Request, call: CommandCall, needed: NeedsConfirmation) -> None:
    """Ask the sender whether to carry out a command, and show the words that were not understood.

    A message whose unread words could change what it means is only said back: a yes would not tell what they mean.
    """
    text = request.text(needed.key, **needed.values)
    if call.risk:
        await request.say("read-partly", reading=text, unread=call.content)
        return
    shown = str(text)
    text = request.text("confirm", ask=text, unread=call.content, unexpected=call.is_unexpected)
    call = _call_to_complete(call, needed)
    stored = {**values_to_json(call), CONFIRMED: shown}
    if call.subject is not None:
        stored[SUBJECT] = call.subject
    await _store_and_ask(request, call, "", text, _yes_no_options(), must_confirm=False, stored=stored)


async def ask_about_several(request: Request, previews: Sequence[PreviewedCall]) -> None:
    """List what several commands would do, and ask for a yes to those that can be carried out."""
    possible = [preview for preview in previews if preview.is_possible]
    first_lines = [str(preview.text).split("\n")[0] for preview in previews]
    lines = [
        {
            "text": preview.text if preview.is_possible else first,
            "possible": preview.is_possible,
            "moved": preview.is_moved,
        }
        for preview, first in zip(previews, first_lines, strict=True)
    ]
    is_every_possible = all(preview.is_possible or preview.anyway for preview in previews)
    if not possible and not is_every_possible:
        await request.say("several-impossible", lines=lines)
        return
    text = request.text("several", lines=lines)
    calls = [call_to_json(preview.call) for preview in possible]
    stored = {CALLS: calls, LINES: [str(preview.text).split("\n")[0] for preview in possible]}
    unmoved = [call_to_json(preview.call) for preview in possible if not preview.is_moved]
    if len(unmoved) == len(previews):
        await _store_and_ask(request, previews[0].call, "", text, _yes_no_options(), stored=stored)
        return
    labels: list[tuple[object, Any]] = []
    is_any_moved = len(unmoved) < len(possible)
    if is_any_moved:  # a mere yes would book a time that nobody has named
        labels.append((request.text("several-moved", count=len(possible)), calls))
    if unmoved:
        key = "several-unmoved" if is_any_moved else "several-possible"
        labels.append((request.text(key, count=len(unmoved)), unmoved))
    if is_every_possible and len(possible) < len(previews):
        every = [call_to_json(preview.anyway or preview.call) for preview in previews]
        labels.append((request.text("several-anyway", count=len(previews)), every))
    labels.append((request.text("several-none"), False))
    options = [[emoji, str(label), value] for emoji, (label, value) in zip(NUMBER_EMOJI, labels, strict=False)]
    await _store_and_ask(request, previews[0].call, "", text, options, stored=stored)


async def ask_meaning(request: Request, asked: AskMeaning) -> None:
    """Ask the sender what a message under a card means, and offer what they may do now, or nothing."""
    calls = [{**call_to_json(each.call)} for each in asked.meanings]
    for call, meaning in zip(calls, asked.meanings, strict=True):
        call["said"] = {**call["said"], **({CONFIRMED: meaning.call.confirmed} if meaning.call.confirmed else {})}
    labels = [str(request.text(f"meant-{meaning.act}")) for meaning in asked.meanings]
    stored = {CALLS: calls, LINES: labels, ABOUT: asked.about}
    values: list[Any] = [*([call] for call in calls), False]
    labels.append(str(request.text("meant-nothing")))
    options = [[emoji, label, value] for emoji, label, value in zip(NUMBER_EMOJI, labels, values, strict=False)]
    await _store_and_ask(
        request, asked.meanings[0].call, "", request.text("unclear-under-card"), options, stored=stored
    )


async def ask_suggestion(request: Request, suggest: SuggestCommand) -> None:
    """Ask the sender whether they meant a similar command."""
    text = request.text("suggestion", said=suggest.written, meant=suggest.suggestion)
    await _store_and_ask(request, suggest.call, "", text, _yes_no_options(), must_confirm=False)


async def _store_and_ask(
    request: Request,
    call: CommandCall,
    argument: str,
    text: object,
    options: list[list[Any]],
    *,
    must_confirm: bool | None = None,
    stored: dict[str, Any] | None = None,
) -> None:
    """Store a question about an argument ("" for a yes or no) and put it to the sender.

    `stored` replaces the values of the call. `must_confirm` is by default what it is for the call.
    """
    values = incomplete_to_json(call) if stored is None else stored
    if call.must_confirm if must_confirm is None else must_confirm:
        values[MUST_CONFIRM] = True
    question_id = await insert_question(
        request.db,
        request.now,
        place=request.place,
        asked=request.cause.sender,
        feature=call.feature.stored_name,
        command=call.command.name,
        said=values,
        wanted=argument,
        options=options,
    )
    labels = [{"emoji": emoji, "label": label} for emoji, label, *_ in options if label]
    question = request.text("question", ask=text, options=labels, confirm=argument == "" and not labels)
    await request.ask_rendered(question, f"question/{question_id}", [emoji for emoji, *_ in options])


def _lacks_argument(call: CommandCall, name: str) -> bool:
    return any(argument.name == name and argument.wanted for argument in call.command.arguments)


def _text_of(call: CommandCall) -> str:
    """Return the words that were taken for a reason."""
    names = [argument.name for argument in call.command.arguments if argument.kind is TEXT]
    return " ".join(str(call.values[name]) for name in names if name in call.values)


def _options_to_json(ask: Ask, call: CommandCall) -> list[list[Any]]:
    if ask.argument == "":
        return _yes_no_options()
    kinds = call.command.kinds
    kind = kinds[ask.argument]
    return [
        [
            emoji,
            str(option.label),
            kind.to_json(option.value),
            {name: kinds[name].to_json(value) for name, value in option.also.items()},
            [kind.to_json(value) for value in option.several],
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
    return CommandCall(
        call.feature,
        command,
        dict(values),
        several={name: each for name, each in call.several.items() if values.get(name) == call.values.get(name)},
        must_confirm=call.must_confirm,
        content=call.content,
        risk=call.risk,
        subject=call.subject,
    )
