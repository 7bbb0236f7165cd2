"""Handles the commands of a message: one, or several, each behind an exclamation mark on a line of its own."""

from collections.abc import Iterable, Sequence

from bot.api.arguments.text import TEXT
from bot.api.feature import Command, Feature
from bot.api.find_meaning import find_meaning
from bot.api.request.reading_context import ReadingContext
from bot.languages.speech_acts import SpeechAct
from bot.parsing.sentences.message import join_preferences, name_weekdays
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import Signals, find_signals, strip_signature
from bot.parsing.sentences.unread import RiskKind, find_risks
from bot.parsing.unread_words import Sentence, quotable
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.handling.messages.own_names import hide_names
from bot.pipeline.handling.messages.review import review_call
from bot.pipeline.handling.read_command import (
    MAX_CALLS,
    CommandCall,
    check_count,
    find_command_word,
    read_arguments,
    read_command,
)
from bot.pipeline.handling.reading_limits import check_length, read_aside
from bot.pipeline.handling.row_handling import RowHandling


async def handle_commands(handling: RowHandling, texts: Sequence[str], before: str = "") -> None:
    """Run the commands of a message. Several that change something are listed, and run after a yes to all.

    Behind other words (`before`) a command may only be shown to somebody: it runs after a yes. Raises `Refused`, `Ask`
    and `SuggestCommand` as for one command.
    """
    features, reading = handling.context.features, handling.request.reading_context
    if before and find_command_word(features, reading, texts[0]) is None:
        return  # talk with an exclamation mark
    calls = [await read_aside(text, read_typed_command, features, reading, text) for text in texts[:MAX_CALLS]]
    check_count(len(texts))
    for call in calls if before else ():
        _add_words_before(call, before, reading)
    await handling.run_calls(calls)


def _add_words_before(call: CommandCall, before: str, reading: ReadingContext) -> None:
    """Let a call be confirmed, and show the words before it. "Hvis det regner" before it is a risk."""
    risks = find_risks(before, reading.languages)
    call.must_confirm, call.content = True, quotable(f"{before} {call.content}", 120)
    call.risk = call.risk or any(risk.kind is not RiskKind.PART for risk in risks)


def read_typed_command(features: FeatureSet, reading: ReadingContext, text: str) -> CommandCall:
    """Return a command that was written with its exclamation mark, reviewed. Raises what `read_command` does."""
    check_length(text)
    found = find_command_word(features, reading, text)
    if found is None:
        return read_command(features, reading, text)
    feature, command, rest = found
    asked = "?" if text[: len(text) - len(rest)].rstrip("! .").endswith("?") else ""  # "!lyd?"
    rest = name_weekdays(strip_signature(rest, reading.languages, behind_break=True), reading.languages)
    rest = join_preferences(rest, reading.languages)
    signals = find_signals(hide_names(f"{rest} {asked}".strip(), reading), reading.languages)
    has_reason = any(argument.kind is TEXT for argument in command.arguments)  # which may hold any words
    call = read_arguments(feature, command, rest, reading, None if has_reason else CrossOutActs(signals, command.acts))
    review_call(call, reading, signals, is_typed=True)
    return call


def read_lesson(commands: Iterable[tuple[Feature, Command]], text: str, reading: ReadingContext) -> CommandCall | None:
    """Return the command that teaches a name, for a sentence that only says what it means: "den lille er bane 3".

    `commands` are those that teach names.
    """
    for feature, command in commands:
        call = read_arguments(feature, command, text.strip(" .!"), reading)
        name, is_whole = call.values.get("name"), len(call.values) == len(command.arguments) and not call.unread_text
        if is_whole and name and "?" not in text and find_meaning(name, reading, ()) is None:
            call.must_confirm = True
            return call
    return None


class CrossOutActs:
    """Crosses out the words of some speech acts, so that no argument takes them for its own."""

    def __init__(self, signals: Signals, acts: Iterable[SpeechAct]) -> None:
        self._found = signals.words_of(acts)

    def __call__(self, sentence: Sentence) -> None:
        """Cross the words out."""
        sentence.unread = blank_out(sentence.unread, self._found)
