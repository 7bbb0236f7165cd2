"""Arguments of commands that teach the bot a name: the new name, and the thing, task or person that it shall mean."""

import re
from functools import lru_cache

from bot.api.arguments.kind import Kind
from bot.api.arguments.names import PERSON, TASK, THING, NamedKind, Names
from bot.api.request.question import Option
from bot.api.request.reading_context import ReadingContext
from bot.config.community import Alias, Named
from bot.languages.phrase_patterns import any_of
from bot.languages.registry import find_language
from bot.parsing.unread_words import Sentence, quotable, split_words

#: Characters of a name that is taught.
MAX_NAME_LENGTH = 40

_QUOTED = re.compile(r"[\"“”„»«‘'’]([^\"“”„»«‘’\n]+)[\"“”„»«’']")


class NamedValueKind(NamedKind[Named]):
    """Any thing, task or person of the community."""

    question, reading_order = "ask-meaning", 1

    def values(self, context: ReadingContext) -> tuple[Named, ...]:
        """Return the things, the tasks and the people of the community."""
        return (*context.community.things, *context.community.tasks, *context.community.people)

    def names(self, context: ReadingContext) -> Names:
        """Return all names of each value."""
        return (*THING.names(context), *TASK.names(context), *PERSON.names(context))

    def find_unknown(self, text: str, context: ReadingContext) -> str:
        """Return the words that look like the name of a thing or a person, but are nobody's name."""
        return THING.find_unknown(text, context) or PERSON.find_unknown(text, context)

    def to_json(self, value: Named) -> str:
        """Return the kind and the key of the value: "thing/bane-1"."""
        alias = Alias.of("", value)
        return f"{alias.kind}/{alias.key}"

    def from_json(self, stored: str, context: ReadingContext) -> Named | None:
        """Return the value that `to_json` wrote; None when the community no longer has it."""
        kind, _, key = stored.partition("/")
        return context.community.named(Alias("", kind, key))

    def options(self, context: ReadingContext) -> list[Option]:
        """Return the things and the tasks."""
        return [*THING.options(context), *TASK.options(context)]


class NewNameKind(Kind[str]):
    """A name to teach the bot: the part in quotation marks, or before "som" ("den lille som bane 3").

    Without both it is all words beside those that name something.
    """

    question, reading_order = "ask-name", 0

    def read(self, sentence: Sentence, context: ReadingContext) -> str | None:
        """Return the name as it was written."""
        text = sentence.unread
        means = _means(context.languages)
        if quoted := _QUOTED.search(text):
            sentence.cross_out(*quoted.span())
            if joint := means.match(sentence.unread, quoted.end()):
                sentence.cross_out(*joint.span())
            return _clean(quoted[1])
        joints = [found for found in means.finditer(text) if text[: found.start()].strip()]
        if joints:
            named = (found for found in joints if _names_value(text[found.end() :], context))
            joint = next(named, joints[-1])
            sentence.cross_out(0, joint.end())
            return _clean(text[: joint.start()])
        beside = Sentence(text, context.languages)
        NAMED.read(beside, context)
        for word in reversed(split_words(beside.unread)):
            sentence.cross_out(word.start, word.end)
        return _clean(beside.unread_words) or None


class KnownNameKind(NewNameKind):
    """A name that people have taught the bot: the part in quotation marks, else the whole text."""

    def read(self, sentence: Sentence, context: ReadingContext) -> str | None:
        """Return the name as it was written."""
        quoted = _QUOTED.search(sentence.unread)
        found = _clean(quoted[1] if quoted else sentence.unread)
        sentence.cross_out(*(quoted.span() if quoted else (0, len(sentence.unread))))
        return found or None


def _clean(name: str) -> str:
    """Return a name on one line, without punctuation around the name. A name that is too long is cut."""
    return quotable(name.strip(" \t\n.,;:!?\"'“”„»«‘’"), MAX_NAME_LENGTH + 1)


def _names_value(text: str, context: ReadingContext) -> bool:
    return NAMED.read(Sentence(text, context.languages), context) is not None


@lru_cache(maxsize=64)
def _means(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of the words and signs between a name and its meaning: "som", "er", "="."""
    words = any_of(word for code in languages for word in find_language(code).sentence_words.means)
    return re.compile(rf"\s*(?:(?<!\w){words}(?!\w)|=|->|→)\s*", re.I)


NAMED = NamedValueKind()
NEW_NAME = NewNameKind()
KNOWN_NAME = KnownNameKind()
