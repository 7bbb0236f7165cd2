"""Finds the arguments that a command lacks, and asks for them."""

from typing import Any

from bot.api.arguments.kind import Argument
from bot.api.feature import Request
from bot.api.request.question import NUMBER_EMOJI, Ask, Option
from bot.api.request.reading_context import ReadingContext
from bot.parsing.unread_words import quotable
from bot.pipeline.handling.read_command import CommandCall


def find_unknown_values(call: CommandCall, reading: ReadingContext) -> str:
    """Return unread words that seem to name a value of an argument that is missing, and name nothing: "bane 9"."""
    missing = (argument for argument in call.command.arguments if argument.name not in call.values)
    asked = (argument for argument in missing if argument.wanted or _has_unknown_value(call, argument, reading))
    return next((unknown for one in asked if (unknown := _find_unknown(call, one, reading))), "")


def require_arguments(call: CommandCall, request: Request) -> dict[str, Any]:
    """Return all arguments by name. Raises `Ask` for the first that is missing, or has several meanings."""
    for name, (said, choices) in call.choices.items():
        raise _ask_which(name, said, choices, call, request)
    for argument in call.command.arguments:  # the answer to another question would leave the unknown value behind
        if argument.asks_unknown and _has_unknown_value(call, argument, request.reading_context):
            options = argument.kind.options_beside(_known_values(call), request.reading_context)
            raise _make_question(argument, options, call, request)
    for argument in call.command.arguments:
        if argument.name in call.values:
            readings = argument.kind.meanings(call.values[argument.name], request.reading_context)
            if readings and argument.asks_meaning:
                raise Ask(argument.name, argument.kind.meaning_question, readings)
            continue
        if argument.unless in call.values:
            continue
        if not argument.wanted and not _has_unknown_value(call, argument, request.reading_context):
            continue
        options = argument.kind.options(request.reading_context)
        if len(options) == 1:
            call.values[argument.name] = options[0].value
        else:
            options = argument.kind.options_beside(_known_values(call), request.reading_context)
            raise _make_question(argument, options, call, request)
    return {argument.name: call.values.get(argument.name) for argument in call.command.arguments}


def _known_values(call: CommandCall) -> list[Any]:
    """Return the values that were read for all arguments, several for one where several were named."""
    return [value for name, one in call.values.items() for value in call.several.get(name, [one])]


def _ask_which(name: str, said: str, choices: list[list[Any]], call: CommandCall, request: Request) -> Ask:
    """Return the question which of several values are meant; without options where there are too many."""
    kind = call.command.kinds[name]
    labels = {id(option.value): str(option.label) for option in kind.options(request.reading_context)}
    options = []
    for values in choices if len(choices) <= len(NUMBER_EMOJI) else ():
        label = request.text("joined", names=[labels[id(value)] for value in values])
        options.append(Option(label, values[0], several=values))
    return Ask(name, "ask-which-of-them", options, said=quotable(said, 40))


def _has_unknown_value(call: CommandCall, argument: Argument, reading: ReadingContext) -> bool:
    """Return whether an optional argument was given a value that does not exist.

    Left out silently, the sender would get another thing, time or person without noticing.
    """
    if argument.asks_unknown:
        return argument.name not in call.values and bool(_find_unknown(call, argument, reading))
    if argument.kind.question == "ask-time":
        return bool(call.problem and call.command.words)
    return argument.kind.question == "ask-thing" and bool(argument.kind.find_unknown(call.unread_text, reading))


def _find_unknown(call: CommandCall, argument: Argument, reading: ReadingContext) -> str:
    return argument.kind.find_unknown_beside(call.text, call.unread_text, reading)


def _make_question(argument: Argument, options: list[Option], call: CommandCall, request: Request) -> Ask:
    values: dict[str, Any] = {"unknown": _find_unknown(call, argument, request.reading_context)}
    if argument.kind.question == "ask-time":
        problem = call.problem
        values["problem"] = str(request.text(problem[0], **problem[1])) if problem else ""
    return Ask(argument.name, argument.kind.question, options, **values)
