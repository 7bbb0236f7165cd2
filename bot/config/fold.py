"""Words as they are compared, where one is meant by the other."""

import unicodedata


def fold(word: str) -> str:
    """A word as it is compared: without case, and with a hyphen or several spaces as one space."""
    return " ".join(unicodedata.normalize("NFC", word).casefold().replace("-", " ").split())
