"""Recognizes greetings: text before a command, or beside the bot's name, that only greets or addresses people."""

from collections.abc import Sequence

from bot.parsing.sentences.finder import finder_of
from bot.parsing.sentences.patterns import blank_out
from bot.parsing.sentences.signals import find_signals
from bot.parsing.sentences.unread import GREETINGS, blank_courtesy, find_risks, is_courtesy
from bot.parsing.unread_words import split_words

#: Words of a greeting beside those that greet: the name of whom it is said to.
_MAX_WORDS_OF_NAME = 3
#: Characters of a greeting.
_MAX_LENGTH = 200


def is_greeting(text: str, languages: Sequence[str], names: Sequence[str] = ()) -> bool:
    """Return whether each line of a text only greets, thanks, or names whom the message is said to; also when empty.

    "Hej alle", "Kære Grøn Pleje," and "@groen-pleje" do. `names` are the names of the people of the community.
    """
    return len(text) <= _MAX_LENGTH and all(_is_greeting_line(line, languages, names) for line in text.splitlines())


def _is_greeting_line(line: str, languages: Sequence[str], names: Sequence[str]) -> bool:
    if is_courtesy(line, languages):
        return True
    if line.rstrip().endswith(":"):  # what follows is shown
        return False
    words = {word.folded for word in split_words(line)}
    if words <= {word.folded for name in names for word in split_words(name)}:
        return True
    return any(_greets_somebody(line, code, languages) for code in languages)


def _greets_somebody(line: str, code: str, languages: Sequence[str]) -> bool:
    """Return whether a line with other words than courtesy begins with a greeting and only names somebody behind it."""
    finder, rest = finder_of(code), blank_courtesy(line, code)
    begins_with_greeting = rest[len(line) - len(line.lstrip())].isspace()
    if not begins_with_greeting:
        return False
    rest = blank_out(rest, finder.audience.find_all(rest))
    if len(split_words(rest)) > _MAX_WORDS_OF_NAME or finder.shows_how.find(line) or find_risks(rest, languages):
        return False
    return not set(find_signals(rest, languages).acts) - set(GREETINGS)
