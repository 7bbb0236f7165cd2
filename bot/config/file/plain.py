"""Resolves unquoted YAML scalars, keeping the text as it was written so that an explanation can quote it."""

import re
from dataclasses import dataclass
from typing import Any

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_YES_NO = frozenset(
    form for word in ("true", "false", "yes", "no", "on", "off") for form in (word, word.title(), word.upper())
)
_NUMBER = re.compile(
    r"[-+]?(?:\.?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+|0o[0-7]+|\.inf|\.Inf|\.nan|\.NaN)"
)


@dataclass(frozen=True)
class Unquoted:
    """A scalar without quotes that YAML reads as a number or as yes or no, with the text as it was written."""

    text: str
    kind: str


def resolve_scalar(text: str) -> Any:
    """Return an unquoted scalar as None, Unquoted or text.

    As in YAML 1.2, dates and hours stay text. As in YAML 1.1, "on" and "off" are yes and no.
    """
    if text in _NULL:
        return None
    if text in _YES_NO:
        return Unquoted(text, "yes or no")
    if _NUMBER.fullmatch(text):
        return Unquoted(text, "a number")
    return text
