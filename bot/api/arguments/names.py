"""Arguments that name something in the community's file: a thing, a task, a person."""

import re
from abc import abstractmethod
from collections.abc import Collection
from functools import lru_cache
from typing import Any, TypeVar

from bot.api.arguments.kind import Kind
from bot.api.request.person import person_at, person_called
from bot.api.request.question import Option
from bot.api.request.reading_context import ReadingContext
from bot.config.address import matrix_address
from bot.config.community import Person, Task, Thing
from bot.languages.registry import find_language
from bot.parsing.name_lists import find_choices, read_names
from bot.parsing.sentences.finder import is_filler
from bot.parsing.sentences.person_names import find_person_names
from bot.parsing.unread_words import Sentence, Vocabulary, quotable

V = TypeVar("V")
L = TypeVar("L", bound=Thing | Task)
_MATRIX_ID = re.compile(r"(?<!\S)@[\w.=/+-]+:[\w.-]*\w(?::\d+)?")
Names = tuple[tuple[str, ...], ...]


class NamedKind(Kind[V]):
    """A value of the community's file that has names: the base of things, tasks and people."""

    @abstractmethod
    def values(self, context: ReadingContext) -> tuple[V, ...]:
        """Return all values of the community."""

    @abstractmethod
    def names(self, context: ReadingContext) -> Names:
        """Return the names of each value, in the order of `values`."""

    def vocabulary(self, context: ReadingContext) -> Vocabulary[int]:
        """Return all names, each with the position of its value in `values`."""
        return _vocabulary(self.names(context), context.languages)

    def read(self, sentence: Sentence, context: ReadingContext) -> V | None:
        """Return the value that is named first."""
        at = sentence.take(self.vocabulary(context))
        return None if at is None else self.values(context)[at]

    def first_words(self, context: ReadingContext) -> frozenset[str]:
        """Return the words with which the names begin, without filler words: not the "den" of "den lille"."""
        return _first_words(self.vocabulary(context), context.languages)


class _ListedKind(NamedKind[L]):
    """Things or tasks: several can be named together."""

    def names(self, context: ReadingContext) -> Names:
        """Return the name, the key in the YAML and the aliases of each value."""
        return tuple((value.name, value.key, *value.aliases) for value in self.values(context))

    def read_several(self, sentence: Sentence, context: ReadingContext) -> list[L]:
        """Return all values named together: "bane 1 og 2", "bane 1-3", "begge haller", "slåning og opkridtning"."""
        values = self.values(context)
        return [values[at] for at in read_names(sentence, self.vocabulary(context))]

    def find_choices(self, sentence: Sentence, context: ReadingContext) -> tuple[str, list[list[L]]] | None:
        """Return the pairs that "begge baner" may mean where there are three, and the like."""
        found = find_choices(sentence, self.vocabulary(context))
        values = self.values(context)
        return None if found is None else (found[0], [[values[at] for at in each] for each in found[1]])

    def to_json(self, value: L) -> str:
        """Return its key in the YAML."""
        return value.key

    def options(self, context: ReadingContext) -> list[Option]:
        """Return all values of the community."""
        return [Option(value.name, value) for value in self.values(context)]

    def options_beside(self, values: Collection[Any], context: ReadingContext) -> list[Option]:
        """Return the things that all tasks among `values` fit, or the tasks that fit all things among them.

        When none fits, all values of the community are returned.
        """
        others = [value for value in values if isinstance(value, Thing | Task)]
        fitting = [value for value in self.values(context) if all(_is_fitting(value, other) for other in others)]
        return [Option(value.name, value) for value in fitting] or self.options(context)


def _is_fitting(one: Thing | Task, other: Thing | Task) -> bool:
    """Return whether a task fits a thing, in either order; True for two of a kind."""
    if isinstance(one, Task) and isinstance(other, Thing):
        return one.fits(other)
    return not (isinstance(one, Thing) and isinstance(other, Task)) or other.fits(one)


class ThingKind(_ListedKind[Thing]):
    """Something that can be booked, by its name or an alias: a pitch, a hall, a mower."""

    question, reading_order = "ask-thing", 2

    def values(self, context: ReadingContext) -> tuple[Thing, ...]:
        """Return the things of the community."""
        return context.community.things

    def from_json(self, stored: str, context: ReadingContext) -> Thing | None:
        """Return the thing with that key."""
        return context.community.thing(stored)

    def find_unknown(self, text: str, context: ReadingContext) -> str:
        """Return words that begin like the name of a thing: "bane 9" where there is a "bane 1"."""
        words, first_words = text.split(), self.first_words(context)
        for at, word in enumerate(words):
            is_named = bool({word.casefold(), word.rstrip(",").casefold()} & first_words)
            followers = words[at + 1 : at + 2]
            if is_named and not any(is_filler(each, code) for each in followers for code in context.languages):
                return quotable(" ".join(words[at : at + 2]), 40)
        return ""


class TaskKind(_ListedKind[Task]):
    """Work to be done, by its name, an alias, or an inflected form of either: mowing, marking, fertilising."""

    question, reading_order = "ask-task", 3

    def values(self, context: ReadingContext) -> tuple[Task, ...]:
        """Return the tasks of the community."""
        return context.community.tasks

    def from_json(self, stored: str, context: ReadingContext) -> Task | None:
        """Return the task with that key."""
        return context.community.task(stored)


class PersonKind(NamedKind[Person]):
    """A person: mentioned, or written as @handle or by name."""

    question, reading_order = "ask-person", 1

    def values(self, context: ReadingContext) -> tuple[Person, ...]:
        """Return the people of the community."""
        return context.community.people

    def names(self, context: ReadingContext) -> Names:
        """Return the handle, the name and the aliases of each person."""
        return tuple((person.handle, person.name, *person.aliases) for person in context.community.people)

    def read(self, sentence: Sentence, context: ReadingContext) -> Person | None:
        """Return the person that the message mentions, else the first listed name or handle in it.

        A Matrix id of somebody else is no name: "@groen-pleje:example.org".
        """
        if (written := _MATRIX_ID.search(sentence.unread)) is not None:
            person = context.community.person_at(matrix_address(written[0]))
            if person is not None:
                sentence.cross_out(*written.span())
            return person
        named = super().read(sentence, context)
        mentioned = next((person_at(context.community, address) for address in context.mentions), None)
        if mentioned is None:
            return named
        return mentioned if named is None or named.handle == mentioned.handle else named

    def find_unknown(self, text: str, context: ReadingContext) -> str:
        """Return an @name that nobody in the community has."""
        return next((quotable(word, 40) for word in text.split() if word.startswith("@") and len(word) > 1), "")

    def options_beside(self, values: Collection[Any], context: ReadingContext) -> list[Option]:
        """Return the people who do a task that was said; an empty list without one."""
        roles = {value.role for value in values if isinstance(value, Task)}
        return [Option(person.name, person) for role in sorted(roles) for person in context.community.people_with(role)]

    def find_unknown_beside(self, text: str, unread: str, context: ReadingContext) -> str:
        """Return an unread name that nobody in the community has: "@jensen", "hos Jensen"."""
        names = (name for name in find_person_names(text, context.languages) if name in unread)
        return quotable(next(names, "") or self.find_unknown(unread, context), 40)

    def to_json(self, value: Person) -> str:
        """Return the handle, or the address of a person without one."""
        return value.handle

    def from_json(self, stored: str, context: ReadingContext) -> Person | None:
        """Return the person with that handle or address."""
        return person_called(context.community, stored)


THING = ThingKind()
TASK = TaskKind()
PERSON = PersonKind()


@lru_cache(maxsize=1024)
def _first_words(vocabulary: Vocabulary[int], languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for word in vocabulary.first_words if not any(is_filler(word, code) for code in languages))


@lru_cache(maxsize=1024)
def _vocabulary(names: Names, languages: tuple[str, ...]) -> Vocabulary[int]:
    """Return the names, each with the position of its value in `names`. Cached: a community's names seldom change.

    A number at the end of a name may be said as a word ("bane tre"), and stand for the whole name where all numbered
    names begin alike ("treeren").
    """
    numbered = [(at, name, *_split_number(name)) for at, each in enumerate(names) for name in each[:1]]
    stems = {stem for _, _, stem, number in numbered if number}
    spoken: dict[int, list[str]] = {}
    for at, _, stem, number in numbered:
        for one in (find_language(code).sentence_words for code in languages if number):
            named = [f"{stem} {word}" for word, value in one.numbers.items() if value == number]
            if len(stems) == 1:
                named += [word for word, value in one.nicknames.items() if value == number]
            spoken[at] = [*spoken.get(at, ()), *named]
    return Vocabulary((at, (*each, *spoken.get(at, ()))) for at, each in enumerate(names))


def _split_number(name: str) -> tuple[str, int]:
    """Return the words and the number of a name: "bane" and 1. The number is 0 in a name without one."""
    found = re.fullmatch(r"(.*\D)\s*(\d{1,2})", name)
    return (found[1].strip(), int(found[2])) if found else (name, 0)
