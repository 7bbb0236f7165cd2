"""Bounds what is read, and reads long texts in a thread, so that nobody else waits for them."""

import asyncio
import re
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from bot.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")

#: Characters of a sentence or a command. A longer one is refused: no part is left unread.
MAX_TEXT_LENGTH = 500
#: Words, numbers and marks of such a text. A text of 500 characters that people write has a hundred; a text of
#: single figures and marks costs as much time for each.
MAX_WORDS = 120
_WORD_OR_MARK = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")

#: Characters of a text that is read at once, in a few milliseconds. A text of 500 characters can take 100.
MAX_LENGTH_AT_ONCE = 120


async def read_aside(text: str, read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what a function makes of its arguments; when the `text` among them is long, it is called in a thread.

    The function must only read its arguments: it may not use the database or the request.
    """
    if len(text) <= MAX_LENGTH_AT_ONCE:
        return read(*args, **kwargs)
    return await asyncio.to_thread(read, *args, **kwargs)


def check_length(text: str) -> None:
    """Raise `Refused` for a text that is longer than what is read."""
    if is_too_long(text):
        raise Refused("sentence-too-long")


def is_too_long(text: str) -> bool:
    """Return whether a text is longer than what is read: in characters, or in words and marks."""
    return len(text) > MAX_TEXT_LENGTH or len(_WORD_OR_MARK.findall(text)) > MAX_WORDS
