"""Reads a value in each of the reader's languages, and keeps the reading that uses most of the text."""

from collections.abc import Callable
from typing import TypeVar

from bot.api.request.reading_context import ReadingContext
from bot.parsing.unread_words import Sentence
from bot.parsing.when.reminder_phrases import FoundValue

V = TypeVar("V")


def read_phrase(
    sentence: Sentence, context: ReadingContext, find: Callable[[str, str], FoundValue[V] | None]
) -> V | None:
    """Cross out the words of the longest value that `find` reads in any language, and return the value.

    `find` is called with a text and a language.
    """
    readings = [find(sentence.unread, language) for language in context.languages]
    best = max((found for found in readings if found), key=lambda found: found.char_count, default=None)
    if best is None:
        return None
    sentence.cross_out_all(best.char_ranges)
    return best.value
