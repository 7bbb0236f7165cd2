"""Cleans a message as phones and mail clients send it, before anything is read in it."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from bot.languages.phrase_patterns import any_of
from bot.languages.registry import find_language

#: Characters that look like an exclamation mark, and blanks that are none for a parser.
_LOOKALIKES = str.maketrans(
    {"！": "!", "﹗": "!", "❗": "!", "❕": "!", "\u00a0": " ", "\u202f": " ", "\u2007": " ", "’": "'", "？": "?"}
)
#: Stands for a picture or a mention in a text that was copied.
_OBJECT_REPLACEMENT = "\ufffc"
_INVISIBLE = frozenset(("Cf", "Co", "Cs"))
#: An invisible character that joins emoji or letters of one word, and one that has nothing before it to join.
_JOINER = "\u200d"
_JOINER_OF_NOTHING = re.compile(rf"(?<!\S){_JOINER}")
_COMMAND = re.compile(r"!\s*\w")
_QUOTED_LINE = re.compile(r"^>.*(?:\n|$)", re.M)
#: Code, or a command in quotation marks.
_SHOWN = re.compile(
    r"```[^`]*(?:```|$)|(?P<ticks>`{1,2})[^`\n]*(?P=ticks)"
    r"|[\"“”„»«‘'’]\s*!\s*\w[^\"“”„»«\n]*[\"“”„»«’']"
)
#: Words that were struck out.
_STRUCK_OUT = re.compile(r"~~[^~\n]+~~|<del>[^<\n]*</del>", re.I)


def clean_message(text: str) -> str:
    """Return a text with composed letters (NFC) and without invisible characters, look-alikes and quoted lines.

    Commands in code or in quotation marks are left out, too, and words that were struck out. A message that has nothing
    but quoted lines is returned with them, unless there is a command in them.
    """
    composed = _STRUCK_OUT.sub(" ", _SHOWN.sub(_leave_out_command, _compose(text)))
    visible = _without_invisible(composed)
    answer = _QUOTED_LINE.sub("", visible)
    is_quotation = not answer.strip() and not _COMMAND.search(visible)
    return (visible if is_quotation else answer).strip()


def shows_command(text: str) -> bool:
    """Return whether a message only shows a command to somebody, in code or in quotation marks."""
    return any(_COMMAND.search(shown[0]) for shown in _SHOWN.finditer(_compose(text)))


def _compose(text: str) -> str:
    """Return a text with composed letters (NFC), and without look-alikes of marks and blanks."""
    return unicodedata.normalize("NFC", text).translate(_LOOKALIKES).replace("!\ufe0f", "!")


def _leave_out_command(shown: re.Match[str]) -> str:
    """Return a blank for what shows how a command is written, and any other code as it is."""
    return " " if _COMMAND.search(shown[0]) else shown[0]


def _without_invisible(text: str) -> str:
    """Return a text without characters that are not seen, and do not join what is before them to what follows."""
    joined = _JOINER_OF_NOTHING.sub("", text)
    hidden = {ord(one) for one in set(joined) if one != _JOINER and unicodedata.category(one) in _INVISIBLE}
    return joined.translate(dict.fromkeys({*hidden, ord(_OBJECT_REPLACEMENT)}))


def join_preferences(text: str, languages: Sequence[str]) -> str:
    """Return a text whose second choice is joined by "or": "helst lørdag, ellers fredag" is "lørdag eller fredag"."""
    for code in languages:
        found = _second_choice(code).search(text)
        first = _first_choice(code).search(text, 0, found.start()) if found else None
        if found and first:
            joint = find_language(code).sentence_words.alternative[0]
            return f"{text[: first.start()]}{text[first.end() : found.start()]} {joint} {text[found.end() :]}"
    return text


@lru_cache(maxsize=16)
def _first_choice(code: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){any_of(find_language(code).sentence_words.first_choice)}(?!\w)\s*", re.I)


@lru_cache(maxsize=16)
def _second_choice(code: str) -> re.Pattern[str]:
    words = any_of(find_language(code).sentence_words.second_choice)
    return re.compile(rf"\s*[,;.]?\s*(?<!\w){words}(?!\w)[,\s]*", re.I)


def name_weekdays(text: str, languages: Sequence[str]) -> str:
    """Return a text in which weekdays stand without a genitive: "fredagens slåning" is "fredag    slåning".

    All other words keep their place.
    """

    def replace(found: re.Match[str]) -> str:
        return found[1] + " " * (len(found[0]) - len(found[1]))

    return _genitives(tuple(languages)).sub(replace, text)


@lru_cache(maxsize=64)
def _genitives(languages: tuple[str, ...]) -> re.Pattern[str]:
    endings = any_of(ending for code in languages for ending in find_language(code).sentence_words.weekday_genitives)
    weekdays = any_of(name for code in languages for name in find_language(code).weekdays)
    return re.compile(rf"\b({weekdays}){endings}(?!\w)", re.I)
