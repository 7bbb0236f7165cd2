"""Finds names that are known beforehand in a text, however they are written: "groen-pleje", "@Grøn Pleje"."""

import re
from collections.abc import Iterator
from functools import lru_cache


def find_names(text: str, names: tuple[str, ...]) -> Iterator[re.Match[str]]:
    """Return an iterator over the matches of any of some names, perhaps behind an "@".

    Between the words of a name may be blanks or dashes.
    """
    return _any_name(names).finditer(text)


@lru_cache(maxsize=1024)
def _any_name(names: tuple[str, ...]) -> re.Pattern[str]:
    words = {tuple(re.findall(r"\w+", name)) for name in names}
    longest_first = sorted((each for each in words if each), key=lambda each: (-len(each), each))
    patterns = (r"[\s\-_]+".join(map(re.escape, each)) for each in longest_first)
    return re.compile(rf"@?(?<!\w)(?:{'|'.join(patterns) or '(?!)'})(?!\w)", re.I)
