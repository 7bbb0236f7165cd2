"""Arguments that are words: the rest of the text, a word out of a few, or a value that can only be tapped."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.api.arguments.kind import Kind
from bot.api.request.question import Option
from bot.api.request.reading_context import ReadingContext
from bot.parsing.unread_words import Sentence, Vocabulary, quotable

#: The words for one value, by language.
WordsByLanguage = Mapping[str, tuple[str, ...]]


class TextKind(Kind[str]):
    """The words that no other argument has read: a reason, a remark. On one line, at most 300 characters."""

    reading_order = 8

    def read(self, sentence: Sentence, context: ReadingContext) -> str | None:
        """Return the rest of the sentence."""
        sentence.restore_cut_words()
        rest = quotable(sentence.unread_words)
        sentence.cross_out(0, len(sentence.unread))
        return rest or None


class ChoiceKind(Kind[str]):
    """A value that is only chosen with a tap on an `Option`, never read from a message.

    The feature defines the values.
    """

    def read(self, sentence: Sentence, context: ReadingContext) -> str | None:
        """Return None, since a choice is never read from a message."""
        return None


@dataclass(frozen=True)
class WordKind(Kind[str]):
    """A value out of a few, each with words for it. The first word in a language is the label to tap.

    `question` is the key of the text that asks for the value.
    """

    words: Mapping[str, WordsByLanguage]
    question: str = "ask-text"
    reading_order = 5

    def read(self, sentence: Sentence, context: ReadingContext) -> str | None:
        """Return the first value that the sentence names, in any language."""
        choices = self.choices(context)
        words = {value: [word for in_one in words.values() for word in in_one] for value, words in choices.items()}
        return sentence.take(Vocabulary(words.items()))

    def options(self, context: ReadingContext) -> list[Option]:
        """Return an option to tap for each value."""
        return [Option(_label(words, context.languages), value) for value, words in self.choices(context).items()]

    def choices(self, context: ReadingContext) -> Mapping[str, WordsByLanguage]:
        """Return the words of each value. Override it where the values depend on the community."""
        return self.words


def _label(words: WordsByLanguage, languages: tuple[str, ...]) -> str:
    """Return the first word in the first of the languages that has a word, else a word of any language."""
    in_order = [words[code] for code in languages if code in words] or list(words.values())
    return in_order[0][0]


TEXT = TextKind()
CHOICE = ChoiceKind()
