"""Makes words comparable: however a word is typed, its folded form is the same."""

import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "’": "", "'": "", "\u00ad": ""})
_BARE = (("oe", "o"), ("aa", "a"), ("ae", "a"))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A text for comparison: small letters, æ ø å as ae oe aa, no other accents, no apostrophes."""
    if text.isascii():
        return text.lower().replace("'", "")
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_LETTERS)
    letters = (c for c in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(c))
    return "".join(letters).casefold().translate(_LETTERS)


def bare(folded: str) -> str:
    """A folded word as typed on a keyboard without æ ø å by somebody in a hurry: "lordag"."""
    for pair, single in _BARE:
        folded = folded.replace(pair, single)
    return folded
