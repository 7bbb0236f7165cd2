"""Stores calls as JSON, with a question or under an option, and restores them."""

from typing import Any

from bot.api.feature import Command, Feature, Request
from bot.errors import Refused
from bot.pipeline.context import Context
from bot.pipeline.handling.read_command import CommandCall
from bot.store.messages.questions import Question

#: Keys of the stored values of a question beside the names of arguments: that the completed command must be confirmed,
#: the subject of the card it is about, the commands that a yes to several carries out and the lines that describe them,
#: the question to which a yes is given, the unread words, whether those could change what the message means, and the
#: values of the arguments of which the message names several.
MUST_CONFIRM, SUBJECT, CALLS, LINES, CONFIRMED = "!confirm", "!subject", "!calls", "!lines", "!confirmed"
CONTENT, RISK, SEVERAL = "!content", "!risk", "!several"


def values_to_json(call: CommandCall) -> dict[str, Any]:
    """Return the values of a call by the names of their arguments."""
    return {name: call.command.kinds[name].to_json(value) for name, value in call.values.items()}


def call_to_json(call: CommandCall) -> dict[str, Any]:
    """Return a whole call."""
    subject = {SUBJECT: call.subject} if call.subject is not None else {}
    said = {**values_to_json(call), **subject}
    return {"feature": call.feature.stored_name, "command": call.command.name, "said": said}


def incomplete_to_json(call: CommandCall) -> dict[str, Any]:
    """Return the values of an incomplete call, with all that has to be known when the answer completes it."""
    values = values_to_json(call)
    if call.subject is not None:
        values[SUBJECT] = call.subject
    if call.content:
        values[CONTENT] = call.content
    if call.risk:
        values[RISK] = True
    if call.several:
        kinds = call.command.kinds
        values[SEVERAL] = {name: [kinds[name].to_json(one) for one in each] for name, each in call.several.items()}
    return values


def restore_call(context: Context, request: Request, question: Question) -> CommandCall:
    """Return the incomplete command of a question, without values that the community's file no longer has."""
    feature = context.features.find(question.feature)
    command = feature.command(question.command) if feature else None
    assert feature is not None, "a question of a feature that is not installed is not answered"
    assert command is not None, "a question is only kept for a command there is"
    return _make_call(feature, command, question.said, request)


def restore_call_of_option(context: Context, request: Request, question: Question, option: list[Any]) -> CommandCall:
    """Return the command of a question with the values of an option.

    It is [emoji, label, value, other arguments, several values]; those of earlier versions lack the last ones.
    """
    call = restore_call(context, request, question)
    kinds = call.command.kinds
    for name, stored in {question.wanted: option[2], **dict(*option[3:4])}.items():
        value = kinds[name].from_json(stored, request.reading_context)
        call.several.pop(name, None)
        if value is not None:
            call.values[name] = value
    if several := several_of(option):
        call.several[question.wanted] = [
            kinds[question.wanted].from_json(each, request.reading_context) for each in several
        ]
    return call


def several_of(option: list[Any]) -> list[Any]:
    """Return the values of an option that stands for several, as JSON."""
    return option[4] if len(option) > 4 else []


def restore_listed_call(request: Request, stored: dict[str, Any]) -> CommandCall:
    """Return the whole command that `call_to_json` wrote. Raises `Refused` if the room no longer has it."""
    feature = next((feature for feature in request.features if stored["feature"] in feature.names), None)
    command = feature.command(stored["command"]) if feature else None
    if feature is None or command is None:
        raise Refused("question-over")
    return _make_call(feature, command, stored["said"], request)


def _make_call(feature: Feature, command: Command, stored: dict[str, Any], request: Request) -> CommandCall:
    kinds = command.kinds
    values = {
        name: kinds[name].from_json(value, request.reading_context) for name, value in stored.items() if name in kinds
    }
    return CommandCall(
        feature,
        command,
        {name: value for name, value in values.items() if value is not None},
        must_confirm=bool(stored.get(MUST_CONFIRM)),
        content=stored.get(CONTENT, ""),
        risk=bool(stored.get(RISK)),
        several={
            name: [kinds[name].from_json(one, request.reading_context) for one in each]
            for name, each in stored.get(SEVERAL, {}).items()
        },
        subject=stored.get(SUBJECT),
        confirmed=stored.get(CONFIRMED, ""),
    )
