"""The stage `normalise`: brings words into one form for comparison, however they were typed."""

import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "’": "", "'": "", "\u00ad": ""})
_SINGLE_LETTERS = (("oe", "o"), ("aa", "a"), ("ae", "a"))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return a text for comparison: small letters, æ ø å as ae oe aa, no other accents, no apostrophes."""
    if text.isascii():
        return text.lower().replace("'", "")
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_LETTERS)
    letters = (c for c in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(c))
    return "".join(letters).casefold().translate(_LETTERS)


def blank_range(text: str, start: int, end: int) -> str:
    """Return a text with blanks in place of the characters from `start` to `end`: the others keep their place."""
    return text[:start] + " " * (end - start) + text[end:]


def without_danish_letters(folded: str) -> str:
    """Return a folded word as people type it on a keyboard without æ ø å: "lordag" for "lørdag"."""
    for pair, letter in _SINGLE_LETTERS:
        folded = folded.replace(pair, letter)
    return folded
