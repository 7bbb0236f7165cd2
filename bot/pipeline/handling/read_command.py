"""Reads a command in a text: which command it is, and the values of its arguments."""

from dataclasses import dataclass, field
from typing import Any

from bot.api.arguments.kind import Argument
from bot.api.arguments.text import TEXT
from bot.api.feature import Command, Feature, Request
from bot.api.request.question import Ask, Option
from bot.api.request.reading_context import ReadingContext
from bot.errors import Refused
from bot.parsing.normalise import fold
from bot.parsing.unread_words import Sentence, quotable
from bot.parsing.when import When
from bot.pipeline.feature_set import FeatureSet
from bot.suggest import find_closest

#: From 0 to 100: how similar a word must be to a command to be taken for a misspelling of it.
_MIN_SIMILARITY = 65


@dataclass
class CommandCall:
    """A command with the values that were read for its arguments.

    `unread_text` is the part of the text that was not understood. `problem` is the key and the values of the sentence
    that says why a time cannot be, such as a 31st of June.
    """

    feature: Feature
    command: Command
    values: dict[str, Any] = field(default_factory=dict)
    unread_text: str = ""
    problem: tuple[str, dict[str, Any]] | None = None


def read_command(features: FeatureSet, reading: ReadingContext, text: str) -> CommandCall:
    """Return the command in a text. Raises `SuggestCommand` for a similar one, and `Refused` for an unknown one."""
    words = features.words_in(reading.community)
    for count in (2, 1):  # "mine indstillinger" is another command than "mine"
        first, rest = _split(text, count)
        if found := words.get(fold(first)):
            return read_arguments(*found, rest, reading)
    if call := _read_without_word(features, text, reading):
        return call
    if call := _read_unknown_without_word(features, text, reading):
        return call
    candidates = _suggestable_words(features, reading)
    if similar := find_closest(first, candidates, min_similarity=_MIN_SIMILARITY, normalise=fold):
        feature, command = words[fold(similar)]
        call = read_arguments(feature, command, rest, reading)
        raise SuggestCommand(call, quotable(first, 40), f"!{similar} {quotable(rest, 120)}".strip())
    raise Refused("what-was-that")


class SuggestCommand(Exception):
    """The command is unknown, but similar to a known one: the sender is asked whether they meant that.

    `written` are the unknown words, and `suggestion` is the whole message as it may have been meant.
    """

    def __init__(self, call: CommandCall, written: str, suggestion: str) -> None:
        super().__init__(suggestion)
        self.call, self.written, self.suggestion = call, written, suggestion


def read_arguments(feature: Feature, command: Command, text: str, reading: ReadingContext) -> CommandCall:
    """Read a command's arguments in a text, in any order; the kinds that mistake least for their own read first."""
    call = CommandCall(feature, command)
    read_missing_arguments(call, text, reading)
    return call


def read_missing_arguments(call: CommandCall, text: str, reading: ReadingContext) -> None:
    """Read in a text the arguments that a call has no values for."""
    sentence = Sentence(text, reading.community.languages)
    missing = [argument for argument in call.command.arguments if argument.name not in call.values]
    unknown = ""
    for argument in sorted(missing, key=lambda argument: argument.kind.reading_order):
        if argument.kind is TEXT:  # which would take all that is left
            unknown = _cross_out_unknown(
                sentence, [one for one in missing if one.wanted and one.name not in call.values], reading
            )
        value = argument.kind.read(sentence, reading)
        if isinstance(value, When) and value.error:
            call.problem = (value.error.key, dict(value.error.values))
        elif value is not None:
            call.values[argument.name] = value
    call.unread_text = f"{unknown} {sentence.unread_words}".strip()


def _cross_out_unknown(sentence: Sentence, missing: list[Argument], reading: ReadingContext) -> str:
    """Cross out and return words that seem to be meant for an argument and name nothing: "bane 9" is no reason."""
    for argument in missing:
        unknown = argument.kind.find_unknown(sentence.unread, reading)
        if unknown and (at := sentence.unread.find(unknown)) >= 0:
            sentence.cross_out(at, at + len(unknown))
            return unknown
    return ""


def require_arguments(call: CommandCall, request: Request) -> dict[str, Any]:
    """Return all arguments by name. Raises `Ask` for the first that is missing, or has several meanings."""
    for argument in call.command.arguments:
        if argument.name in call.values:
            if readings := argument.kind.meanings(call.values[argument.name], request.reading_context):
                raise Ask(argument.name, argument.kind.meaning_question, readings)
            continue
        if not argument.wanted and not _has_unknown_value(call, argument, request.reading_context):
            continue
        options = argument.kind.options(request.reading_context)
        if len(options) == 1:
            call.values[argument.name] = options[0].value
        else:
            raise _make_question(argument, options, call, request)
    return {argument.name: call.values.get(argument.name) for argument in call.command.arguments}


def _has_unknown_value(call: CommandCall, argument: Argument, reading: ReadingContext) -> bool:
    """Return whether an optional argument was given a value that does not exist.

    Left out silently, the sender would get another thing or time without noticing.
    """
    if argument.kind.question == "ask-time":
        return bool(call.problem and call.command.words)
    return argument.kind.question == "ask-thing" and bool(argument.kind.find_unknown(call.unread_text, reading))


def _make_question(argument: Argument, options: list[Option], call: CommandCall, request: Request) -> Ask:
    values: dict[str, Any] = {"unknown": argument.kind.find_unknown(call.unread_text, request.reading_context)}
    if argument.kind.question == "ask-time":
        problem = call.problem
        values["problem"] = str(request.text(problem[0], **problem[1])) if problem else ""
    return Ask(argument.name, argument.kind.question, options, **values)


def _split(text: str, count: int) -> tuple[str, str]:
    """Return the first words of a text, and the rest."""
    words = text.split(maxsplit=count)
    return " ".join(words[:count]).rstrip(":,"), words[count] if len(words) > count else ""


def _read_without_word(features: FeatureSet, text: str, reading: ReadingContext) -> CommandCall | None:
    """Return the command that needs no word of its own, if its first argument stands alone: `!bane 1`."""
    for feature in features.enabled_in(reading.community):
        for command in feature.commands:
            if command.without_word:
                call = read_arguments(feature, command, text, reading)
                if call.command.arguments[0].name in call.values and not call.unread_text:
                    return call
    return None


def _read_unknown_without_word(features: FeatureSet, text: str, reading: ReadingContext) -> CommandCall | None:
    """Return the command that needs no word, if its first argument names nothing: `!bane 9` is asked about."""
    for feature in features.enabled_in(reading.community):
        for command in feature.commands:
            unknown = command.arguments[0].kind.find_unknown(text, reading) if command.without_word else ""
            if unknown and text.startswith(unknown):  # further on it is an argument: "!bok bane 1"
                return CommandCall(feature, command, unread_text=text)
    return None


def _suggestable_words(features: FeatureSet, reading: ReadingContext) -> list[str]:
    """Return the command words in the order to suggest them: those of the person's language first."""
    enabled = features.enabled_in(reading.community)
    first = [w for f in enabled for c in f.commands for w in f.words_in(c, reading.language)]
    return list(dict.fromkeys([*first, *(w for f in enabled for w in f.words(reading.community.languages))]))
