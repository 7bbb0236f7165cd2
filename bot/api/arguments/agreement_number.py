"""Arguments that name an agreement by its number."""

import re
from functools import lru_cache

from bot.api.arguments.kind import Kind
from bot.api.request.reading_context import ReadingContext
from bot.languages.phrase_patterns import pattern_of
from bot.parsing.unread_words import Sentence


class AgreementNumberKind(Kind[int]):
    """The number of an agreement, at the beginning of the sentence: `!accepter 7`."""

    question, reading_order = "ask-number", 0

    def read(self, sentence: Sentence, context: ReadingContext) -> int | None:
        """Return a number that the sentence begins with."""
        return sentence.take_number()


class AgreementReferenceKind(AgreementNumberKind):
    """The number of an agreement, at the beginning or with the word for it: "7", "påmindelser om aftale 7"."""

    reading_order = 1

    def read(self, sentence: Sentence, context: ReadingContext) -> int | None:
        """Return the number; a number alone counts only at the beginning."""
        if found := _reference(context.languages).search(sentence.unread):
            sentence.cross_out(*found.span())
            return int(found[1])
        return super().read(sentence, context)


@lru_cache(maxsize=64)
def _reference(languages: tuple[str, ...]) -> re.Pattern[str]:
    agreement = pattern_of(languages, lambda phrases: phrases.agreement)
    sign = pattern_of(languages, lambda phrases: phrases.number_sign)
    return re.compile(rf"\b{agreement}\s+(?:{sign}\s*)?#?(\d{{1,6}})\b", re.I)


AGREEMENT_NUMBER = AgreementNumberKind()
AGREEMENT_REFERENCE = AgreementReferenceKind()
