"""The base of all argument kinds, and the argument of a command."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.api.request.question import Option
from bot.api.request.reading_context import ReadingContext
from bot.parsing.unread_words import Sentence

V = TypeVar("V")


class Kind(ABC, Generic[V]):
    """A kind of argument: finds its value in a sentence, and converts the value to JSON and back.

    `question` is the key of the text that asks for a missing value. `meaning_question` is the key of the text that asks
    which of several meanings a value has. Kinds with a lower `reading_order` read first: the thing "bane 1" is read
    before the number 1. `bot.api.arguments` shows how to write a kind.
    """

    question = "ask-text"
    meaning_question = "ask-text"
    reading_order = 9

    @abstractmethod
    def read(self, sentence: Sentence, context: ReadingContext) -> V | None:
        """Return the value that the sentence names, and cross out its words; None when it names none."""

    def read_several(self, sentence: Sentence, context: ReadingContext) -> list[V]:
        """Return all values that the sentence names together ("bane 1 og 2"), and cross out their words.

        A kind that cannot name several values returns the one that `read` returns.
        """
        value = self.read(sentence, context)
        return [] if value is None else [value]

    def find_choices(self, sentence: Sentence, context: ReadingContext) -> tuple[str, list[list[V]]] | None:
        """Return words that leave open which values they mean, and all lists of values that they may mean.

        "begge baner" are two of three. The words are crossed out; None where there are none.
        """
        return None

    def to_json(self, value: V) -> Any:
        """Return the value as JSON, to be stored with an incomplete command."""
        return value

    def from_json(self, stored: Any, context: ReadingContext) -> V | None:
        """Return the value that `to_json` wrote; None when it no longer exists."""
        value: V | None = stored
        return value

    def options(self, context: ReadingContext) -> list[Option]:
        """Return the values to choose from when there are few; an empty list otherwise."""
        return []

    def options_beside(self, values: Collection[Any], context: ReadingContext) -> list[Option]:
        """Return the values to choose from that go with the values of the command's other arguments."""
        return self.options(context)

    def meanings(self, value: V, context: ReadingContext) -> list[Option]:
        """Return an option for each meaning of an ambiguous value ("næste fredag"); an empty list otherwise."""
        return []

    def complete(self, earlier: V, answer: V) -> V:
        """Return the value that an answer gives after an incomplete value.

        After "fredag", "kl. 10" is Friday at ten.
        """
        return answer

    def complete_each(self, earlier: Sequence[V], answers: Sequence[V]) -> list[V] | None:
        """Return the values that an answer gives after several incomplete ones, one for each; None if it cannot."""
        return None

    def first_words(self, context: ReadingContext) -> frozenset[str]:
        """Return the folded words with which the names of values begin, when values have names.

        Such a word is not taken for a part of a reason.
        """
        return frozenset()

    def find_unknown(self, text: str, context: ReadingContext) -> str:
        """Return the words that seem to name a value that does not exist: "bane 9"."""
        return ""

    def find_unknown_beside(self, text: str, unread: str, context: ReadingContext) -> str:
        """Return what `find_unknown` returns for the unread words. Words of the whole text may help to find a name."""
        return self.find_unknown(unread, context)


@dataclass(frozen=True)
class Argument:
    """One argument of a command.

    A `wanted` argument is asked for when the message does not name it, except when it names the argument `unless`. A
    value with several meanings ("næste fredag") is asked about before the command runs, unless `asks_meaning` is False:
    then the command asks, because it knows what the value is completed with. With `asks_unknown`, words that name a
    value that does not exist are asked about first, although the argument is not wanted.
    """

    name: str
    kind: Kind[Any]
    wanted: bool = True
    unless: str = ""
    asks_meaning: bool = True
    asks_unknown: bool = False
