"""Arguments that are the rest of the text, a number, or only ever chosen with a tap."""

from bot.api.arguments.kind import Kind
from bot.api.request.reading_context import ReadingContext
from bot.parsing.command import Sentence, quotable


class AgreementNumberKind(Kind[int]):
    """The number of an agreement, at the beginning of the sentence: `!accepter 7`."""

    question, reading_order = "ask-number", 0

    def read(self, sentence: Sentence, context: ReadingContext) -> int | None:
        """Return a number that the sentence begins with."""
        return sentence.take_number()


class TextKind(Kind[str]):
    """The words that no other argument has read: a reason, a remark. On one line, at most 300 characters."""

    reading_order = 8

    def read(self, sentence: Sentence, context: ReadingContext) -> str | None:
        """Return the rest of the sentence."""
        rest = quotable(sentence.unread_words)
        sentence.cross_out(0, len(sentence.unread))
        return rest or None


class ChoiceKind(Kind[str]):
    """A word of the feature's own that is only answered with a tap on an `Option`, never read from a message."""

    def read(self, sentence: Sentence, context: ReadingContext) -> str | None:
        """Return None."""
        return None


AGREEMENT_NUMBER = AgreementNumberKind()
TEXT = TextKind()
CHOICE = ChoiceKind()
