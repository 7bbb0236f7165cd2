"""Decides whether a message asks for work on a thing or for its use: "!book hallen fredag kl. 18-20 fødselsdag"."""

from bot.api import PERSON, TASK, THING
from bot.api.arguments import ReadingContext, Sentence


def choose_command(text: str, reading: ReadingContext) -> str | None:
    """Return "reserve" for a text that names things which people may use, and no work; None for work.

    A text that names somebody who does work is about work that it does not name.
    """
    community = reading.community
    if not any(thing.use for thing in community.things):
        return None
    sentence = Sentence(text, community.languages)
    person, things = PERSON.read(sentence, reading), THING.read_several(sentence, reading)
    if not things or not all(thing.use for thing in things) or TASK.read(sentence, reading) is not None:
        return None
    does_work = person is not None and any(task.role in person.roles for task in community.tasks)
    return None if does_work else "reserve"
