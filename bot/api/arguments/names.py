"""Arguments that name something in the community's file: a thing, a task, a person."""

import re
from functools import lru_cache
from typing import TypeVar

from bot.api.arguments.kind import Kind
from bot.api.request.person import person_at, person_called
from bot.api.request.question import Option
from bot.api.request.reading_context import ReadingContext
from bot.config.community import Person, Task, Thing
from bot.languages.registry import DEFAULT_LANGUAGES, find_language
from bot.parsing.name_lists import read_names
from bot.parsing.sentences.signals import is_filler
from bot.parsing.unread_words import Sentence, Vocabulary, quotable

V = TypeVar("V")
Names = tuple[tuple[str, ...], ...]


class ThingKind(Kind[Thing]):
    """Something that can be booked, by its name or an alias."""

    question, reading_order = "ask-thing", 2

    def read(self, sentence: Sentence, context: ReadingContext) -> Thing | None:
        """Return the first thing named: a pitch, a hall, a mower."""
        return _read_name(sentence, context.community.things, _names_of(context.community.things))

    def read_several(self, sentence: Sentence, context: ReadingContext) -> list[Thing]:
        """Return all things named: "bane 1 og 2", "bane 1-3", "begge haller", "alle baner"."""
        things = context.community.things
        return [things[at] for at in read_names(sentence, _vocabulary(_names_of(things)))]

    def to_json(self, value: Thing) -> str:
        """Return its key in the YAML."""
        return value.key

    def from_json(self, stored: str, context: ReadingContext) -> Thing | None:
        """Return the thing with that key."""
        return context.community.thing(stored)

    def options(self, context: ReadingContext) -> list[Option]:
        """Return all things of the community."""
        return [Option(thing.name, thing) for thing in context.community.things]

    def first_words(self, context: ReadingContext) -> frozenset[str]:
        """Return the words with which the names of things begin."""
        return _vocabulary(_names_of(context.community.things)).first_words

    def find_unknown(self, text: str, context: ReadingContext) -> str:
        """Return words that begin like the name of a thing: "bane 9" where there is a "bane 1"."""
        words, first_words = text.split(), _vocabulary(_names_of(context.community.things)).first_words
        for at, word in enumerate(words):
            is_named = bool({word.casefold(), word.rstrip(",").casefold()} & first_words)
            if is_named and not any(
                is_filler(each, code) for each in words[at + 1 : at + 2] for code in context.languages
            ):
                return quotable(" ".join(words[at : at + 2]), 40)
        return ""


class TaskKind(Kind[Task]):
    """Work to be done, by its name, an alias, or an inflected form of either."""

    question, reading_order = "ask-task", 3

    def read(self, sentence: Sentence, context: ReadingContext) -> Task | None:
        """Return the first task named: mowing, marking, fertilising."""
        return _read_name(sentence, context.community.tasks, _names_of(context.community.tasks))

    def read_several(self, sentence: Sentence, context: ReadingContext) -> list[Task]:
        """Return all tasks named: "slåning og opkridtning"."""
        tasks = context.community.tasks
        return [tasks[at] for at in read_names(sentence, _vocabulary(_names_of(tasks)))]

    def to_json(self, value: Task) -> str:
        """Return its key in the YAML."""
        return value.key

    def from_json(self, stored: str, context: ReadingContext) -> Task | None:
        """Return the task with that key."""
        return context.community.task(stored)

    def first_words(self, context: ReadingContext) -> frozenset[str]:
        """Return the words with which the names of tasks begin."""
        return _vocabulary(_names_of(context.community.tasks)).first_words

    def options(self, context: ReadingContext) -> list[Option]:
        """Return all tasks of the community."""
        return [Option(task.name, task) for task in context.community.tasks]


class PersonKind(Kind[Person]):
    """A person: mentioned, or written as @handle or by name."""

    question, reading_order = "ask-person", 1

    def read(self, sentence: Sentence, context: ReadingContext) -> Person | None:
        """Return the person that the message mentions, else the first listed name or handle in it."""
        people = context.community.people
        named = _read_name(sentence, people, tuple((person.handle, person.name) for person in people))
        mentioned = next((person_at(context.community, address) for address in context.mentions), None)
        if mentioned is None:
            return named
        return mentioned if named is None or named.handle == mentioned.handle else named

    def first_words(self, context: ReadingContext) -> frozenset[str]:
        """Return the words with which the names of people begin."""
        return _vocabulary(tuple((person.handle, person.name) for person in context.community.people)).first_words

    def find_unknown(self, text: str, context: ReadingContext) -> str:
        """Return an @name that nobody in the community has."""
        return next((quotable(word, 40) for word in text.split() if word.startswith("@") and len(word) > 1), "")

    def to_json(self, value: Person) -> str:
        """Return the handle, or the address of a person without one."""
        return value.handle

    def from_json(self, stored: str, context: ReadingContext) -> Person | None:
        """Return the person with that handle or address."""
        return person_called(context.community, stored)


THING = ThingKind()
TASK = TaskKind()
PERSON = PersonKind()


def _read_name(sentence: Sentence, values: tuple[V, ...], names: Names) -> V | None:
    at = sentence.take(_vocabulary(names))
    return None if at is None else values[at]


def _names_of(values: tuple[Thing, ...] | tuple[Task, ...]) -> Names:
    return tuple((value.name, value.key, *value.aliases) for value in values)


@lru_cache(maxsize=1024)
def _vocabulary(names: Names) -> Vocabulary[int]:
    """Return the names, each with the position of its value in `names`. Cached: a community's names do not change.

    A number at the end of a name may be said as a word ("bane tre"), and stand for the whole name where all numbered
    names begin alike ("treeren").
    """
    numbered = [(at, name, *_split_number(name)) for at, each in enumerate(names) for name in each[:1]]
    stems = {stem for _, _, stem, number in numbered if number}
    spoken: dict[int, list[str]] = {}
    for at, _, stem, number in numbered:
        for one in (find_language(code).sentence_words for code in DEFAULT_LANGUAGES if number):
            named = [f"{stem} {word}" for word, value in one.numbers.items() if value == number]
            if len(stems) == 1:
                named += [word for word, value in one.nicknames.items() if value == number]
            spoken[at] = [*spoken.get(at, ()), *named]
    return Vocabulary((at, (*each, *spoken.get(at, ()))) for at, each in enumerate(names))


def _split_number(name: str) -> tuple[str, int]:
    """Return the words and the number of a name: "bane" and 1. The number is 0 in a name without one."""
    found = re.fullmatch(r"(.*\D)\s*(\d{1,2})", name)
    return (found[1].strip(), int(found[2])) if found else (name, 0)
