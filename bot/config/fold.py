"""Normalises names so that two spellings of one name compare as equal."""

import unicodedata


def fold(word: str) -> str:
    """Return a name case-folded, in Unicode form NFC, with hyphens and repeated spaces as one space."""
    return " ".join(unicodedata.normalize("NFC", word).casefold().replace("-", " ").split())
