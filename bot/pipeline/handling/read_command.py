"""Makes a command out of what somebody wrote: which one, and which of its arguments were said."""

from dataclasses import dataclass, field
from typing import Any

from bot.api.arguments import TEXT, Argument, ReadingContext
from bot.api.asking import Ask, Option
from bot.api.feature import Command, Feature
from bot.api.request import Request
from bot.errors import Refused
from bot.parsing.command import Sentence, quotable
from bot.parsing.normalise import fold
from bot.parsing.when import When
from bot.pipeline.feature_set import FeatureSet
from bot.suggest import find_closest

#: From 0 to 100: how similar a word must be to a command to be taken for a misspelling of it.
_MIN_SIMILARITY = 65


@dataclass
class CommandCall:
    """A command and what was said with it; `left` is what was said and not understood."""

    feature: Feature
    command: Command
    values: dict[str, Any] = field(default_factory=dict)
    unread_text: str = ""
    problem: tuple[str, dict[str, Any]] | None = None  # a time that cannot be: the sentence that says so


def read_command(features: FeatureSet, about: ReadingContext, text: str) -> CommandCall:
    """What a person wants. Raises `Suggest` for a command nearly known and `Refused` for one that is not."""
    words = features.words_in(about.community)
    for count in (2, 1):  # "mine indstillinger" is another command than "mine"
        first, rest = _split(text, count)
        if found := words.get(fold(first)):
            return read_arguments(*found, rest, about)
    if call := _bare(features, text, about):
        return call
    if call := _nearly_bare(features, text, about):
        return call
    if near := find_closest(first, _spoken(features, about), min_similarity=_MIN_SIMILARITY, normalise=fold):
        feature, command = words[fold(near)]
        call = read_arguments(feature, command, rest, about)
        meant = f"!{near} {quotable(rest, 120)}".strip()
        raise SuggestCommand(call, quotable(first, 40), meant)
    raise Refused("what-was-that")


class SuggestCommand(Exception):
    """The command is nearly known: the person is asked whether they meant it."""

    def __init__(self, call: CommandCall, said: str, meant: str) -> None:
        super().__init__(meant)
        self.call, self.written, self.suggestion = call, said, meant


def read_arguments(feature: Feature, command: Command, text: str, about: ReadingContext) -> CommandCall:
    """Find a command's arguments in a text, in any order; kinds that are surest of themselves read first."""
    call = CommandCall(feature, command)
    read_missing_arguments(call, text, about)
    return call


def read_missing_arguments(call: CommandCall, text: str, about: ReadingContext) -> None:
    """Take from a text what the call still lacks."""
    sentence = Sentence(text, about.community.languages)
    lacking = [argument for argument in call.command.arguments if argument.name not in call.values]
    unknown = ""
    for argument in sorted(lacking, key=lambda argument: argument.kind.reading_order):
        if argument.kind is TEXT:  # which would take all that is left
            unknown = _set_aside(
                sentence, [one for one in lacking if one.wanted and one.name not in call.values], about
            )
        value = argument.kind.read(sentence, about)
        if isinstance(value, When) and value.error:
            call.problem = (value.error.key, dict(value.error.values))
        elif value is not None:
            call.values[argument.name] = value
    call.unread_text = f"{unknown} {sentence.rest}".strip()


def _set_aside(sentence: Sentence, lacking: list[Argument], about: ReadingContext) -> str:
    """What seems to have been meant as an argument that is not there: "bane 9" is no reason, and is asked about."""
    for argument in lacking:
        unknown = argument.kind.find_unknown(sentence.left, about)
        if unknown and (at := sentence.left.find(unknown)) >= 0:
            sentence.cross_out(at, at + len(unknown))
            return unknown
    return ""


def require_arguments(call: CommandCall, request: Request) -> dict[str, Any]:
    """Every argument by name. Raises `Ask` for the first that is missing, or can mean several things."""
    for argument in call.command.arguments:
        if argument.name in call.values:
            if readings := argument.kind.meanings(call.values[argument.name], request.reading_context):
                raise Ask(argument.name, argument.kind.meaning_question, readings)
            continue
        if not argument.wanted and not _cannot_be(call, argument, request.reading_context):
            continue
        options = argument.kind.options(request.reading_context)
        if len(options) == 1:
            call.values[argument.name] = options[0].value
        else:
            raise _asking(argument, options, call, request)
    return {argument.name: call.values.get(argument.name) for argument in call.command.arguments}


def _cannot_be(call: CommandCall, argument: Argument, about: ReadingContext) -> bool:
    """Something was said that there is not, where none was needed: whoever meant it would get another unawares."""
    if argument.kind.question == "ask-time":
        return bool(call.problem and call.command.words)
    return argument.kind.question == "ask-thing" and bool(argument.kind.find_unknown(call.unread_text, about))


def _asking(argument: Argument, options: list[Option], call: CommandCall, request: Request) -> Ask:
    values: dict[str, Any] = {"unknown": argument.kind.find_unknown(call.unread_text, request.reading_context)}
    if argument.kind.question == "ask-time":
        problem = call.problem
        values["problem"] = str(request.text(problem[0], **problem[1])) if problem else ""
    return Ask(argument.name, argument.kind.question, options, **values)


def _split(text: str, count: int) -> tuple[str, str]:
    """The first words, and what stands behind them."""
    words = text.split(maxsplit=count)
    return " ".join(words[:count]).rstrip(":,"), words[count] if len(words) > count else ""


def _bare(features: FeatureSet, text: str, about: ReadingContext) -> CommandCall | None:
    """`!bane 1`: a command that is meant when its first argument stands alone."""
    for feature in features.enabled_in(about.community):
        for command in feature.commands:
            if command.without_word:
                call = read_arguments(feature, command, text, about)
                if call.command.arguments[0].name in call.values and not call.unread_text:
                    return call
    return None


def _nearly_bare(features: FeatureSet, text: str, about: ReadingContext) -> CommandCall | None:
    """`!bane 9`: the same with something there is not, which is asked about."""
    for feature in features.enabled_in(about.community):
        for command in feature.commands:
            unknown = command.arguments[0].kind.find_unknown(text, about) if command.without_word else ""
            if unknown and text.startswith(unknown):  # further on it is an argument: "!bok bane 1"
                return CommandCall(feature, command, unread_text=text)
    return None


def _spoken(features: FeatureSet, about: ReadingContext) -> list[str]:
    """Command words in the order to suggest them: those of the person's language first."""
    enabled = features.enabled_in(about.community)
    first = [w for f in enabled for c in f.commands for w in f.words_in(c, about.language)]
    return list(dict.fromkeys([*first, *(w for f in enabled for w in f.words(about.community.languages))]))
