"""Hides the community's own names: the "if" of "Hylke IF" is no condition."""

import re
from functools import lru_cache

from bot.api.request.reading_context import ReadingContext
from bot.config.community import Task, Thing
from bot.parsing.normalise import blank_range
from bot.parsing.sentences.signals import is_reserved
from bot.parsing.unread_words import split_words


def hide_names(text: str, context: ReadingContext) -> str:
    """Return a text with blanks in place of the names of people, and of words of other names that mean something else.

    Of the name of a thing or a task only words such as "ikke", "til" and "ny" are hidden: "slået" says that work was
    done, although it is a form of a task's name.
    """
    community = context.community
    people = tuple(name for person in community.people for name in (person.handle, person.name))
    values: tuple[Thing | Task, ...] = (*community.things, *community.tasks)
    others = tuple(name for value in values for name in (value.name, value.key, *value.aliases))
    for found in _any_name(people).finditer(text):
        text = blank_range(text, *found.span())
    for found in _any_name(others).finditer(text):
        for word in split_words(found[0]):
            if is_reserved(found[0][word.start : word.end], context.languages):
                text = blank_range(text, found.start() + word.start, found.start() + word.end)
    return text


@lru_cache(maxsize=1024)
def _any_name(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of any of some names, perhaps behind an "@"; between its words may be blanks or dashes."""
    words = {tuple(re.findall(r"\w+", name)) for name in names}
    longest_first = sorted((each for each in words if each), key=lambda each: (-len(each), each))
    patterns = (r"[\s\-_]+".join(map(re.escape, each)) for each in longest_first)
    return re.compile(rf"@?(?<!\w)(?:{'|'.join(patterns) or '(?!)'})(?!\w)", re.I)
