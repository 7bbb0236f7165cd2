"""Finds out whether several values in one message mean a call for each of them, or a choice of one."""

from dataclasses import replace

from bot.api.request.question import Ask, MeansEach
from bot.errors import Refused
from bot.languages.speech_acts import SpeechAct
from bot.parsing.when import When
from bot.pipeline.handling.read_command import CommandCall


def with_meaning(call: CommandCall, meant: MeansEach | None) -> CommandCall:
    """Return a call with all values of an argument that it means."""
    if meant is None:
        return call
    values = {**call.values, meant.argument: meant.values[0]}
    return replace(call, values=values, several={**call.several, meant.argument: meant.values})


def split_by_meaning(call: CommandCall, meant: MeansEach | None) -> list[CommandCall]:
    """Return the call for each of the values that are meant; the call itself without such values."""
    return [call] if meant is None else with_meaning(call, meant).split()


def with_choice_of_time(call: CommandCall) -> CommandCall:
    """Return a call that moves an agreement with its several times as alternatives: it can only move to one of them."""
    name = next(iter(call.several), "")
    if SpeechAct.MOVE not in call.command.acts or len(call.several) != 1 or not isinstance(call.values[name], When):
        return call
    first, *others = call.several[name]
    return replace(call, values={**call.values, name: replace(first, alternatives=tuple(others))}, several={})


def means_each_on_days(
    answer: Refused | Ask | MeansEach | None, whole: CommandCall | None
) -> Refused | Ask | MeansEach | None:
    """Return `MeansEach` for the question which agreement is meant, when the message names several days.

    "!aflys onsdag og fredag" means each agreement on these days.
    """
    if whole is None or not isinstance(answer, Ask) or not answer.every:
        return answer
    names_days = any(isinstance(each[0], When) for each in whole.several.values())
    return MeansEach(answer.argument, answer.every) if names_days else answer
