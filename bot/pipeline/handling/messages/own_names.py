"""Hides the community's own names: the "if" of "Hylke IF" is no condition."""

from bot.api.request.reading_context import ReadingContext
from bot.config.community import Task, Thing
from bot.parsing.known_names import find_names
from bot.parsing.normalise import blank_range
from bot.parsing.sentences.finder import is_reserved
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
    for found in find_names(text, people):
        text = blank_range(text, *found.span())
    for found in find_names(text, others):
        for word in split_words(found[0]):
            if is_reserved(found[0][word.start : word.end], context.languages):
                text = blank_range(text, found.start() + word.start, found.start() + word.end)
    return text
