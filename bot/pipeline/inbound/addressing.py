"""Finds what a message says to the bot: behind an exclamation mark, the bot's name, or a mention."""

import re

from bot.pipeline.context import Context
from bot.store.messages.inbox import Incoming

#: An exclamation mark and a word. "!!!" and "!?" are no commands.
_COMMAND = re.compile(r"\s*!\s*(?=\w)")


def find_addressed_text(incoming: Incoming, context: Context) -> str | None:
    """Return what is said to the bot, without its name or the exclamation mark; None for a message to others."""
    text: str = incoming.payload.get("text", "")
    if found := _COMMAND.match(text):
        return text[found.end() :]
    for name in sorted(context.bot_names, key=len, reverse=True):  # a user id begins with a name
        if text[: len(name)].casefold() == name and not text[len(name) : len(name) + 1].isalnum():
            return text[len(name) :].lstrip(" :,!-–")
    # In a reply or a thread, clients mention the author of the original by themselves: that alone is no command.
    if incoming.payload.get("to_us") and not incoming.payload.keys() & {"thread", "reply_to"}:
        return text
    return None
