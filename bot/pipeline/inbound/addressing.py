"""Finds what a message says to the bot: behind an exclamation mark, with the bot's name, or with a mention."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.config.community import Community
from bot.parsing.sentences.greeting import is_greeting
from bot.parsing.sentences.message import clean_message
from bot.parsing.unread_words import quotable
from bot.pipeline.context import Context
from bot.store.messages.inbox import Incoming

#: An exclamation mark and a word at the beginning of a line, perhaps as an item of a list or in bold type. "!!!" and
#: "!?" are no commands.
_COMMAND_LINE = re.compile(r"^[ \t]*(?:(?:[-–•*]|\d{1,2}[.)])[ \t]+)?(?P<bold>\*\*|__|\*|_)?!\s*(?=\w)", re.M)
_COMMAND_MARK = re.compile(r"!\s*(?=\w)")

#: Words before the bot's name, as in "Hej Bylaug".
_MAX_WORDS_BEFORE_NAME = 3


@dataclass(frozen=True)
class Addressed:
    """What a message says to the bot: one or several `commands`, without their exclamation marks, or a `sentence`.

    `before` are the words before the first command, when they are more than a greeting.
    """

    commands: tuple[str, ...] = ()
    sentence: str = ""
    before: str = ""

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
    community = context.rooms.communities[incoming.place]
    text = clean_message(incoming.payload.get("text", ""))
    if commands := _find_commands(text, community):
        return commands
    rest = _without_name(text, context.bot_names, community)
    # In a reply or a thread, clients mention the author of the original by themselves: that alone is no command.
    if rest is None and incoming.payload.get("to_us") and not incoming.payload.keys() & {"thread", "reply_to"}:
        rest = text
    if rest is None:
        return None
    return _find_commands(rest, community) or Addressed(sentence=rest)


def _find_commands(text: str, community: Community) -> Addressed | None:
    """Return the commands of a text, one for each line that begins with an exclamation mark; None without any.

    The lines behind a command belong to it. A greeting may stand before the first command, also on its line.
    """
    starts = list(_COMMAND_LINE.finditer(text))
    if not starts:
        mark = _COMMAND_MARK.search(text)
        if mark is None or not _is_greeting(text[: mark.start()], community):
            return None
        return Addressed((text[mark.end() :].strip(),))
    before = text[: starts[0].start()]
    ends = [start.start() for start in starts[1:]] + [len(text)]
    commands = tuple(_without_bold(text[start.end() : end], start) for start, end in zip(starts, ends, strict=True))
    return Addressed(commands, before="" if _is_greeting(before, community) else quotable(before, 120))


def _without_bold(command: str, start: re.Match[str]) -> str:
    """Return a command without the mark that ends its bold type, if it began with one."""
    mark = start["bold"]
    return (command.replace(mark, " ", 1) if mark else command).strip()


def _is_greeting(text: str, community: Community) -> bool:
    names = [name for person in community.people for name in (person.name, person.handle)]
    return is_greeting(text, community.languages, names)


def _without_name(text: str, names: frozenset[str], community: Community) -> str | None:
    """Return a text without the bot's name at its beginning or its end; None without the name there."""
    found = _name_pattern(names).search(text)
    if found is None:
        return None
    before, after = text[: found.start()], text[found.end() :]
    if not before.strip():
        return after.lstrip(" \t\n:,-–")
    if len(before.split()) <= _MAX_WORDS_BEFORE_NAME and _is_greeting(before, community):
        rest = after.lstrip(" \t\n:,-–")
        return rest if rest.strip(" .!?") else before.strip(" ,")
    if not after.strip(" .!?"):
        return before.rstrip(" ,") + after.strip()
    return None


@lru_cache(maxsize=8)
def _name_pattern(names: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)  # a user id begins with a name
    return re.compile(rf"(?<![\w@])(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w|\.\w)", re.I)
