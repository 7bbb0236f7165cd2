"""Finds the present meaning of some words, so that nobody teaches the bot a second one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.api.arguments.names import PERSON, TASK, THING
from bot.api.arguments.time import find_time
from bot.api.request.reading_context import ReadingContext
from bot.config.community import Named
from bot.parsing.answer import yes_or_no
from bot.parsing.normalise import fold
from bot.parsing.sentences.finder import finder_of, is_filler
from bot.parsing.sentences.signals import find_signals
from bot.parsing.sentences.unread import find_content, find_risks
from bot.parsing.unread_words import Sentence, Word, split_words
from bot.parsing.when import lexicon_of
from bot.parsing.when.tokenizing.lexicon import ROLES_WITHOUT_TIME


class MeaningKind(StrEnum):
    """What words mean. NAME: a thing, task or person, or a part of its name. WORD: part of how people speak."""

    NAME = "name"
    TIME = "time"
    COMMAND = "command"
    ANSWER = "answer"
    NUMBER = "number"
    WORD = "word"


@dataclass(frozen=True)
class Meaning:
    """The present meaning of some words. `value` is the thing, task or person that the words name, if any."""

    kind: MeaningKind
    value: Named | None = None


def find_meaning(words: str, context: ReadingContext, commands: Iterable[str]) -> Meaning | None:
    """Return the meaning of some words in a community with these `commands`; None if they can become a name."""
    if (value := _find_named(words, context)) is not None:
        return Meaning(MeaningKind.NAME, value)
    split = split_words(words)
    if yes_or_no(words, context.languages) is not None:
        return Meaning(MeaningKind.ANSWER)
    if _is_command(split, commands):
        return Meaning(MeaningKind.COMMAND)
    if _is_number(split, context):
        return Meaning(MeaningKind.NUMBER)
    if find_time(words, context) is not None or _has_time_word(split, context):
        return Meaning(MeaningKind.TIME)
    for code in context.languages:
        if find_risks(words, (code,)) or find_signals(words, (code,)).acts or not find_content(words, (code,)):
            return Meaning(MeaningKind.WORD)
    return None


def _find_named(words: str, context: ReadingContext) -> Named | None:
    """Return the value that some words name, or a value whose name contains them: "bane" is in "bane 1"."""
    for kind in (THING, TASK, PERSON):
        found: Named | None = kind.read(Sentence(words, context.languages), context)
        if found is not None:
            return found
    line = f" {' '.join(word.folded for word in split_words(words))} "
    for kind in (THING, TASK, PERSON):
        values: tuple[Named, ...] = kind.values(context)
        for value, names in zip(values, kind.names(context), strict=True):
            if any(line in f" {' '.join(word.folded for word in split_words(name))} " for name in names):
                return value
    return None


def _is_command(words: list[Word], commands: Iterable[str]) -> bool:
    """Return whether the words are, or begin with, the words of a command."""
    beginnings = {" ".join(word.folded for word in words[:count]) for count in (1, 2)}
    return not beginnings.isdisjoint(map(fold, commands))


def _is_number(words: list[Word], context: ReadingContext) -> bool:
    """Return whether a word is a number, or an ordinal ("anden")."""
    known: set[str] = set()
    for code in context.languages:
        spoken = finder_of(code).words
        known |= {fold(word) for word in (*spoken.numbers, *spoken.ordinals, *spoken.nicknames)}
        known -= finder_of(code).filler  # the "one" of "the small one"
    return any(word.folded in known or word.folded.isdigit() for word in words)


def _has_time_word(words: list[Word], context: ReadingContext) -> bool:
    """Return whether a word is a word of time. Filler words such as articles do not count."""
    said = [word.folded for word in words if not any(is_filler(word.folded, code) for code in context.languages)]
    lexicons = [lexicon_of(code) for code in context.languages]
    return any(set(lexicon.find_roles(word)) - ROLES_WITHOUT_TIME for lexicon in lexicons for word in said)
