"""Arguments that are words: the rest of the text, a word out of a few, or a value that can only be tapped."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.api.arguments.kind import Kind
from bot.api.request.question import Option
from bot.api.request.reading_context import ReadingContext
from bot.languages.registry import find_language
from bot.parsing.answer import is_pleasantry
from bot.parsing.sentences.finder import is_filler
from bot.parsing.sentences.unread import RiskKind, find_risks
from bot.parsing.unread_words import Sentence, Vocabulary, quotable
from bot.parsing.when import reminder_phrases

#: The words for one value, by language.
WordsByLanguage = Mapping[str, tuple[str, ...]]


#: How long a purpose may be, in characters: it is shown in the titles of cards.
_MAX_PURPOSE_LENGTH = 60


class TextKind(Kind[str]):
    """The words that no other argument has read: a reason, a remark. On one line, at most 300 characters."""

    reading_order = 8

    def read(self, sentence: Sentence, context: ReadingContext) -> str | None:
        """Return the rest of the sentence."""
        sentence.restore_cut_words()
        rest = quotable(sentence.unread_words)
        sentence.cross_out(0, len(sentence.unread))
        return rest or None


class PurposeKind(TextKind):
    """The purpose of a reservation, in the words of the person who reserves: "børnefødselsdag", "til træning".

    Words that could change what the whole message means ("ikke", "hvis") are left unread, so that they are noticed.
    """

    def read(self, sentence: Sentence, context: ReadingContext) -> str | None:
        """Return what follows "til", else the unread words without those that only say that a thing is wanted."""
        unread = sentence.unread_words
        if any(risk.kind is not RiskKind.PART for risk in find_risks(unread, context.languages)):
            return None
        words = _find_purpose(unread.split(), context.languages)
        if _may_be_time(" ".join(words), context.languages):
            return None
        sentence.cross_out(0, len(sentence.unread))
        return quotable(" ".join(words).strip(" ,.!:;-–"), _MAX_PURPOSE_LENGTH) or None


def _may_be_time(words: str, languages: tuple[str, ...]) -> bool:
    """Return whether words may be a part of the time: numbers alone, or a length in "2 timer fest"."""
    has_length = any(
        found and (found.value.minutes or found.value.days)
        for found in (reminder_phrases.find_duration(words, code) for code in languages)
    )
    return has_length or (bool(words) and not any(character.isalpha() for character in words))


def _find_purpose(words: list[str], languages: tuple[str, ...]) -> list[str]:
    """Return the words of a purpose: those behind the first "til", else all without idle words at both ends."""
    work_words = [find_language(code).work_words for code in languages]
    before = {word for each in work_words for word in each.before_purpose}
    at = next((at for at, word in enumerate(words[:-1]) if word.casefold() in before), None)
    if at is not None:
        return words[at + 1 :]
    idle = before | {word for each in work_words for word in each.use_verbs}

    def is_idle(word: str) -> bool:
        folded = word.casefold().strip(",.!:;")
        return folded in idle or not folded or any(is_filler(folded, code) for code in languages)

    while words and is_idle(words[0]):
        words = words[1:]
    while words and is_idle(words[-1]):
        words = words[:-1]
    return [] if is_pleasantry(" ".join(words), languages) else words


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
PURPOSE = PurposeKind()
CHOICE = ChoiceKind()
