"""Splits a text into lexemes, its smallest parts, and tells how they are joined to their neighbours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.parsing.normalise import fold
from bot.parsing.when.tokenizing.lexicon import Lexicon

_LEXEME = re.compile(
    r"""
    (?P<other>  (?<!\w)[@\#]\S+ | https?://\S+ | www\.\S+ )
  | (?P<iso>    [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])(?:T(?=[0-9]))? )
  | (?P<dmy>    [0-9]{1,2}(?: /[0-9]{1,2}[/-] | \.[0-9]{1,2}\. )(?:[0-9]{4}|[0-9]{2})(?![0-9]|[./][0-9])
              | [0-9]{1,2}-[0-9]{1,2}-[0-9]{4}(?![0-9]|-[0-9]) | [0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9]|-[0-9]) )
  | (?P<code>   [0-9]+(?:-[0-9]+){2,} | [0-9]+(?:\.[0-9]+){2,} | [0-9]+(?:/[0-9]+){2,} )
  | (?P<colon>  [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9]) )
  | (?P<slash>  [0-9]{1,2}/[0-9]{1,2}(?![0-9]) )
  | (?P<dotted> [0-9]{1,2}\.[0-9]{1,2}(?![0-9])\.? )
  | (?P<decimal>[0-9]+,[0-9]+ )
  | (?P<number> [0-9]+\.? )
  | (?P<word>   [ap]\.m\b\.? | (?:[^\W\d_½][\u0300-\u036f]*)+(?:['’][^\W\d_]+)* | ½ )
  | (?P<mark>   [^\w\s] )
  | (?P<unknown>\w )
    """,
    re.VERBOSE | re.IGNORECASE,
)
SIGNS_FOR_AND = frozenset("+&")
_KINDS_JOINED_BY_AND = frozenset(("number", "colon", "dotted"))

#: Roles of words that may be joined to a number: before it ("kl14", "uge25"), and behind it ("2pm", "90min").
_ROLES_JOINED_BEFORE_NUMBER = frozenset(("clock", "the", "week", "at", "MonthBeforeDay"))
_ROLES_JOINED_BEHIND_NUMBER = frozenset(("Unit", "Meridiem", "th", "half_sign", "Month", "oclock", "hour_sign"))
_SIGNS_BEFORE_AMOUNT = "€$£+_&="
_SIGNS_BEHIND_AMOUNT = "%°€$£_&="


@dataclass(frozen=True)
class Lexeme:
    """The smallest part of a text.

    `kind` is one of "other", "iso", "dmy", "code", "colon", "slash", "dotted", "decimal", "number", "word", "mark" and
    "unknown".
    """

    kind: str
    written: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        """What was written, folded, and without dots."""
        return fold(self.written).replace(".", "")


def split_lexemes(text: str, lexicon: Lexicon) -> Iterator[Lexeme]:
    """Yield the lexemes of a text. The dot of an abbreviation belongs to its lexeme."""
    position = 0
    while found := _LEXEME.search(text, position):
        lexeme = Lexeme(str(found.lastgroup), found.group(), found.start(), found.end())
        has_dot = text[lexeme.end : lexeme.end + 1] == "."
        if lexeme.kind == "word" and has_dot and fold(lexeme.written) in lexicon.abbreviations:
            lexeme = replace(lexeme, written=lexeme.written + ".", end=lexeme.end + 1)
        yield lexeme
        position = lexeme.end


def is_joined_on_both_sides(lexemes: list[Lexeme], position: int) -> bool:
    """Return whether no blank stands between a lexeme and its neighbours."""
    near = lexemes[max(position - 1, 0) : position + 2]
    return len(near) == 3 and near[0].end == near[1].start and near[1].end == near[2].start


def stands_alone(lexemes: list[Lexeme], position: int, lexicon: Lexicon) -> bool:
    """Return whether a number is not part of a name, a size or a sum: "U14", "14m", "50%", "€20"."""
    lexeme = lexemes[position]
    if position and lexemes[position - 1].end == lexeme.start:
        before = lexemes[position - 1]
        if before.kind == "word" and not _ROLES_JOINED_BEFORE_NUMBER & lexicon.find_roles(before.folded).keys():
            return False
        if before.written in _SIGNS_BEFORE_AMOUNT and not _is_and_between_numbers(lexemes, position - 1):
            return False
    if position + 1 < len(lexemes) and lexemes[position + 1].start == lexeme.end:
        behind = lexemes[position + 1]
        if behind.kind == "word":
            return bool(_ROLES_JOINED_BEHIND_NUMBER & lexicon.find_roles(behind.folded).keys())
        return behind.written not in _SIGNS_BEHIND_AMOUNT or _is_and_between_numbers(lexemes, position + 1)
    return True


def _is_and_between_numbers(lexemes: list[Lexeme], position: int) -> bool:
    """Return whether a lexeme is the "+" of "uge 33+34", and not that of a telephone number."""
    return (
        lexemes[position].written in SIGNS_FOR_AND
        and is_joined_on_both_sides(lexemes, position)
        and lexemes[position - 1].kind in _KINDS_JOINED_BY_AND
        and lexemes[position + 1].kind in _KINDS_JOINED_BY_AND
    )
