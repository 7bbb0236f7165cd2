"""Reads a command in a text: which command it is, and the values of its arguments."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from rapidfuzz.distance import OSA

from bot.api.arguments.kind import Argument
from bot.api.arguments.text import TEXT
from bot.api.feature import Command, Feature
from bot.api.request.reading_context import ReadingContext
from bot.errors import Refused
from bot.languages.speech_acts import SpeechAct
from bot.parsing.normalise import fold
from bot.parsing.sentences.signals import find_signals
from bot.parsing.sentences.unread import RiskKind, find_risks
from bot.parsing.unread_words import Sentence, quotable
from bot.parsing.when import When
from bot.pipeline.feature_set import FeatureSet

#: How many letters of a word may be wrong for it to be taken for a misspelled command: one in short words.
_MAX_ERRORS, _MIN_LENGTH_FOR_TWO_ERRORS, _MIN_LENGTH_FOR_ONE_ERROR = 2, 6, 3

#: More calls are never made of one message.
MAX_CALLS = 12

#: Kinds with a lower reading order name things, tasks, people and agreements. They read before the words of a speech
#: act are crossed out: "slået" names a task and says that it is done.
_FIRST_ORDER_OF_TIMES = 4


@dataclass
class CommandCall:
    """A command with the values that were read for its arguments.

    `several` has the values of an argument of which the text names more than one ("bane 1 og 2"); `split` makes a call
    of each. `unread_text` is the part of the text that was not understood. `problem` is the key and the values of the
    sentence that says why a time cannot be, such as a 31st of June. `text` is the text behind the command's word.

    `confirmed` is the question to which a yes was given. `is_unexpected`: it comes from a message that may not have
    been meant as the answer to the bot's question. `choices` has the words that leave open which values of an argument
    they mean ("begge baner", where there are three), and the lists of values that they may mean.

    `must_confirm`: the command is only carried out after a yes. `content` are the unread words that have a meaning, and
    `risk` is set when they could change what the message means: then a yes is not enough.
    """

    feature: Feature
    command: Command
    values: dict[str, Any] = field(default_factory=dict)
    unread_text: str = ""
    problem: tuple[str, dict[str, Any]] | None = None
    several: dict[str, list[Any]] = field(default_factory=dict)
    text: str = ""
    must_confirm: bool = False
    content: str = ""
    risk: bool = False
    subject: str | None = None
    confirmed: str = ""
    is_unexpected: bool = False
    choices: dict[str, tuple[str, list[list[Any]]]] = field(default_factory=dict)

    @property
    def times(self) -> list[When]:
        """The times among the values."""
        return [value for value in self.values.values() if isinstance(value, When)]

    def split(self) -> list["CommandCall"]:
        """Return a call for each combination of the several values; the call itself when there are none."""
        if not self.several:
            return [self]
        names = list(self.several)
        combinations = list(product(*(self.several[name] for name in names)))[: MAX_CALLS + 1]
        return [
            replace(self, values={**self.values, **dict(zip(names, values, strict=True))}, several={})
            for values in combinations
        ]


#: Crosses out the words of a sentence that no argument needs to read.
CrossOut = Callable[[Sentence], None]


def read_command(features: FeatureSet, reading: ReadingContext, text: str) -> CommandCall:
    """Return the command in a text. Raises `SuggestCommand` for a similar one, `UnknownCommand` for an unknown one."""
    if found := find_command_word(features, reading, text):
        feature, command, rest = found
        return read_arguments(feature, command, rest, reading)
    if call := _read_without_word(features, text, reading):
        return call
    if call := _read_unknown_without_word(features, text, reading):
        return call
    _refuse_negated(features, text, reading)
    first, rest = _split(text, 1)
    similar = _find_similar(first, _suggestable_words(features, reading))
    if similar:
        feature, command = features.words_in(reading.community)[fold(similar)]
        call = read_arguments(feature, command, rest, reading)
        raise SuggestCommand(call, quotable(first, 40), f"!{similar} {quotable(rest, 120)}".strip())
    raise UnknownCommand("what-was-that")


def _refuse_negated(features: FeatureSet, text: str, reading: ReadingContext) -> None:
    """Raise `Refused` for a command behind a negation: "!dont cancel 1", "!lad være med at aflyse 1"."""
    for language in reading.languages:
        for risk in find_risks(text, (language,)):
            if risk.kind is RiskKind.NEGATION and _has_command_word(features, text, reading):
                raise Refused("noticed-negation", word=quotable(risk.words, 40))


def find_command_word(features: FeatureSet, reading: ReadingContext, text: str) -> tuple[Feature, Command, str] | None:
    """Return the command with whose word a text begins, and the rest of the text.

    The whole name of a thing that begins so, "plan 1", names the thing.
    """
    words = features.words_in(reading.community)
    for count in (2, 1):  # "mine indstillinger" is another command than "mine"
        first, rest = _split(text, count)
        if found := words.get(fold(first.rstrip("!.?"))):
            if rest and (named := _read_without_word(features, text, reading)):
                return named.feature, named.command, text
            return *found, rest
    return None


def _has_command_word(features: FeatureSet, text: str, reading: ReadingContext) -> bool:
    """Return whether one of the words of a text names a command, or says what a command does."""
    words = features.words_in(reading.community)
    is_named = any(fold(word.strip("!.,?")) in words for word in text.split())
    return is_named or bool(find_signals(text, reading.languages).acts)


class UnknownCommand(Refused):
    """Raised for words behind an exclamation mark that are not a command and do not resemble one."""


class SuggestCommand(Exception):
    """The command is unknown, but similar to a known one: the sender is asked whether they meant that.

    `written` are the unknown words, and `suggestion` is the whole message as it may have been meant.
    """

    def __init__(self, call: CommandCall, written: str, suggestion: str) -> None:
        super().__init__(suggestion)
        self.call, self.written, self.suggestion = call, written, suggestion


def read_arguments(
    feature: Feature, command: Command, text: str, reading: ReadingContext, cross_out: CrossOut | None = None
) -> CommandCall:
    """Read a command's arguments in a text, in any order; the kinds that mistake least for their own read first.

    `cross_out` is called before times and texts are read. The call may be of the variant that the text means.
    """
    if command.variant is not None and (name := command.variant(text, reading)):
        command = next(each for each in feature.commands if each.name == name)
    call = CommandCall(feature, command, text=text)
    read_missing_arguments(call, text, reading, cross_out)
    return call


def read_missing_arguments(
    call: CommandCall, text: str, reading: ReadingContext, cross_out: CrossOut | None = None
) -> None:
    """Read in a text the arguments that a call has no values for."""
    sentence = Sentence(text, reading.community.languages)
    missing = [argument for argument in call.command.arguments if argument.name not in call.values]
    unknown = ""
    reads_one = not call.command.changes and any(argument.kind is TEXT for argument in call.command.arguments)
    for argument in sorted(missing, key=lambda argument: argument.kind.reading_order):
        if cross_out is not None and argument.kind.reading_order >= _FIRST_ORDER_OF_TIMES:
            cross_out(sentence)
            cross_out = None
        if argument.kind is TEXT:  # which would take all that is left
            unknown = _cross_out_unknown(
                sentence, [one for one in missing if one.wanted and one.name not in call.values], reading
            )
        missing_work = _find_missing_work(call, sentence) if argument.kind is TEXT else ""
        if reads_one:
            value = argument.kind.read(sentence, reading)
            values = [] if value is None else [value]
        else:
            values = argument.kind.read_several(sentence, reading)
        values = [missing_work] if missing_work else values
        problem = next((value.error for value in values if isinstance(value, When) and value.error), None)
        if problem:
            call.problem = (problem.key, dict(problem.values))
        elif len(values) > 1:
            call.values[argument.name], call.several[argument.name] = values[0], values
        elif values:
            call.values[argument.name] = values[0]
        elif choices := argument.kind.find_choices(sentence, reading):
            call.choices[argument.name] = choices
    if cross_out is not None:
        cross_out(sentence)
    call.unread_text = f"{unknown} {sentence.unread_words}".strip()


def _find_missing_work(call: CommandCall, sentence: Sentence) -> str:
    """Return what is said to be missing as it was written, from its first unread word on; "" for any other command.

    "Hjørnet er ikke slået" without the name of the work would say something else.
    """
    first = sentence.unread_words[:1]
    if not first or SpeechAct.REPORT_MISSING not in call.command.acts:
        return ""
    return quotable(sentence.text[sentence.unread.index(first) :].strip(" ,;:-–"))


def _cross_out_unknown(sentence: Sentence, missing: list[Argument], reading: ReadingContext) -> str:
    """Cross out and return words that seem to be meant for an argument and name nothing: "bane 9" is no reason."""
    for argument in missing:
        unknown = argument.kind.find_unknown(sentence.unread, reading)
        if unknown and (at := sentence.unread.find(unknown)) >= 0:
            sentence.cross_out(at, at + len(unknown))
            return unknown
    return ""


def check_count(count: int) -> None:
    """Raise `Refused` for a message that makes more than MAX_CALLS calls."""
    if count > MAX_CALLS:
        raise Refused("too-many-at-once", limit=MAX_CALLS)


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


def _find_similar(word: str, candidates: list[str]) -> str | None:
    """Return the command word of which a word is a misspelling: the same first letter, and one or two wrong letters."""
    written = fold(word)
    if len(written) < _MIN_LENGTH_FOR_ONE_ERROR:
        return None
    best: tuple[int, str] | None = None
    for candidate in candidates:
        folded = fold(candidate)
        most = _MAX_ERRORS if min(len(folded), len(written)) >= _MIN_LENGTH_FOR_TWO_ERRORS else 1
        if folded[:1] == written[:1] and len(folded) >= _MIN_LENGTH_FOR_ONE_ERROR:
            errors = OSA.distance(written, folded)
            if errors <= most and (best is None or errors < best[0]):
                best = (errors, candidate)
    return best[1] if best else None


def _suggestable_words(features: FeatureSet, reading: ReadingContext) -> list[str]:
    """Return the command words of the person's language: a word of another language would not help them."""
    enabled = features.enabled_in(reading.community)
    return [word for each in enabled for command in each.commands for word in each.words_in(command, reading.language)]
