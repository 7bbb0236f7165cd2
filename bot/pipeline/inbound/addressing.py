"""Finds what a message says to the bot: behind an exclamation mark, with the bot's name, or with a mention."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.languages.registry import DEFAULT_LANGUAGES
from bot.parsing.sentences.message import clean_message
from bot.parsing.sentences.unread import is_courtesy
from bot.pipeline.context import Context
from bot.store.messages.inbox import Incoming

#: An exclamation mark and a word. "!!!" and "!?" are no commands.
_COMMAND = re.compile(r"\s*!\s*(?=\w)")
_COMMAND_LINE = re.compile(r"^[ \t]*!\s*(?=\w)", re.M)

#: Words before the bot's name, as in "Hej Bylaug".
_MAX_WORDS_BEFORE_NAME = 3


@dataclass(frozen=True)
class Addressed:
    """What a message says to the bot: one or several `commands`, without their exclamation marks, or a `sentence`."""

    commands: tuple[str, ...] = ()
    sentence: str = ""

    @property
    def text(self) -> str:
        """The first command, or the sentence."""
        return self.commands[0] if self.commands else self.sentence


def find_addressed_text(incoming: Incoming, context: Context) -> str | None:
    """Return what is said to the bot, without its name or the exclamation mark; None for a message to others."""
    addressed = find_addressed(incoming, context)
    return addressed.text if addressed else None


def find_addressed(incoming: Incoming, context: Context) -> Addressed | None:
    """Return what is said to the bot; None for a message to others.

    The name of the bot counts at the beginning, behind a greeting ("Hej Bylaug"), and at the end.
    """
    text = clean_message(incoming.payload.get("text", ""))
    if commands := _split_commands(text):
        return Addressed(commands)
    rest = _without_name(text, context.bot_names)
    # In a reply or a thread, clients mention the author of the original by themselves: that alone is no command.
    if rest is None and incoming.payload.get("to_us") and not incoming.payload.keys() & {"thread", "reply_to"}:
        rest = text
    if rest is None:
        return None
    if commands := _split_commands(rest):
        return Addressed(commands)
    return Addressed(sentence=rest)


def _split_commands(text: str) -> tuple[str, ...]:
    """Return the commands of a text, one for each line that begins with an exclamation mark.

    The lines behind a command belong to it. Before the first command there may be a greeting.
    """
    starts = list(_COMMAND_LINE.finditer(text))
    if not starts or not is_courtesy(text[: starts[0].start()], DEFAULT_LANGUAGES):
        return ()
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return tuple(text[start.end() : end].strip() for start, end in zip(starts, ends, strict=True))


def _without_name(text: str, names: frozenset[str]) -> str | None:
    """Return a text without the bot's name at its beginning or its end; None without the name there."""
    found = _name_pattern(names).search(text)
    if found is None:
        return None
    before, after = text[: found.start()], text[found.end() :]
    if not before.strip():
        return after.lstrip(" \t\n:,-–")
    if len(before.split()) <= _MAX_WORDS_BEFORE_NAME and is_courtesy(before, DEFAULT_LANGUAGES):
        rest = after.lstrip(" \t\n:,-–")
        return rest if rest.strip(" .!?") else before.strip(" ,")
    if not after.strip(" .!?"):
        return before.rstrip(" ,") + after.strip()
    return None


@lru_cache(maxsize=8)
def _name_pattern(names: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)  # a user id begins with a name
    return re.compile(rf"(?<![\w@])(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w|\.\w)", re.I)
