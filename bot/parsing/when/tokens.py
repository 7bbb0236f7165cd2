"""The stage `tokenize`: splits a text into words, numbers and marks, each with the roles that it can play in a time."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.parsing.normalise import fold
from bot.parsing.when.figures import NUMERIC_KINDS, find_numeric_roles
from bot.parsing.when.lexicon import ROLES_WITHOUT_TIME, Lexicon

Roles = Mapping[str, Any]

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
_DASHES = frozenset("-–—−")
_SIGNS_FOR_AND = frozenset("+&")
_KINDS_JOINED_BY_AND = frozenset(("number", "colon", "dotted"))

#: Roles of words that may be joined to a number: before it ("kl14", "uge25"), and behind it ("2pm", "90min").
_ROLES_JOINED_BEFORE_NUMBER = frozenset(("clock", "the", "week", "at", "MonthBeforeDay"))
_ROLES_JOINED_BEHIND_NUMBER = frozenset(("Unit", "Meridiem", "th", "half_sign", "Month", "oclock"))
_SIGNS_BEFORE_AMOUNT = "€$£+_&="
_SIGNS_BEHIND_AMOUNT = "%°€$£_&="


@dataclass(frozen=True)
class Token:
    """A word, a phrase, a number or a mark, with its position in the text, and the roles it can play with their values.

    `text` is folded. `is_capital`: it begins with a capital letter, and is not written in capitals throughout.
    """

    start: int
    end: int
    text: str
    roles: Roles
    is_capital: bool = False

    @property
    def is_word(self) -> bool:
        """Whether the token is a word or a number, and not a mark."""
        return self.text[:1].isalnum()


@dataclass(frozen=True)
class _Lexeme:
    """The smallest part of a text: `kind` is the name of its group in `_LEXEME`."""

    kind: str
    written: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        return fold(self.written).replace(".", "")


def tokenize(text: str, lexicon: Lexicon) -> list[Token]:
    """Return the tokens of a text. The longest phrase that the lexicon knows is one token: "til og med"."""
    tokens = list(_join_phrases(list(_split(text, lexicon)), lexicon))
    return _add_misspellings(_settle_ambiguous_weekdays(tokens), lexicon)


def _split(text: str, lexicon: Lexicon) -> Iterator[_Lexeme]:
    """Yield the lexemes of a text. The dot of an abbreviation belongs to its lexeme."""
    position = 0
    while found := _LEXEME.search(text, position):
        lexeme = _Lexeme(str(found.lastgroup), found.group(), found.start(), found.end())
        has_dot = text[lexeme.end : lexeme.end + 1] == "."
        if lexeme.kind == "word" and has_dot and fold(lexeme.written) in lexicon.abbreviations:
            lexeme = replace(lexeme, written=lexeme.written + ".", end=lexeme.end + 1)
        yield lexeme
        position = lexeme.end


def _join_phrases(lexemes: list[_Lexeme], lexicon: Lexicon) -> Iterator[Token]:
    position = 0
    while position < len(lexemes):
        count, roles = _find_phrase(lexemes, position, lexicon) or (1, _find_roles(lexemes, position, lexicon))
        if count == 1 and "Number" in roles and _has_ordinal_ending(lexemes, position, lexicon):
            count, roles = 2, {"Ordinal": roles["Number"]}
        first, last = lexemes[position], lexemes[position + count - 1]
        text = " ".join(lexeme.folded for lexeme in lexemes[position : position + count]) or first.written
        yield Token(first.start, last.end, text, roles, _is_capital(first.written))
        position += count


def _is_capital(written: str) -> bool:
    return written[0].isupper() and (len(written) == 1 or not written.isupper())


def _find_phrase(lexemes: list[_Lexeme], position: int, lexicon: Lexicon) -> tuple[int, Roles] | None:
    """Return the number of lexemes, and the roles, of the longest phrase that begins here.

    "twenty-five" is a phrase too.
    """
    longest: tuple[int, Roles] | None = None
    words: list[str] = []
    for end in range(position, len(lexemes)):
        lexeme = lexemes[end]
        if lexeme.kind in ("word", "number"):
            words.append(lexeme.folded)
        elif not (lexeme.written == "-" and _is_joined_on_both_sides(lexemes, end)):
            break
        if len(words) > lexicon.max_phrase_words:
            break
        if len(words) > 1 and (roles := lexicon.find_roles(*words)):
            longest = end - position + 1, roles
    return longest


def _find_roles(lexemes: list[_Lexeme], position: int, lexicon: Lexicon) -> Roles:
    """Return the roles of a lexeme by itself."""
    lexeme = lexemes[position]
    if lexeme.kind in NUMERIC_KINDS:
        stands_alone = _stands_alone(lexemes, position, lexicon)
        return find_numeric_roles(lexeme.kind, lexeme.written) if stands_alone else {}
    if lexeme.kind == "word":
        roles = lexicon.find_roles(lexeme.folded)
        if lexeme.written.endswith(".") and "AmbiguousWeekday" in roles:
            return {"Weekday": roles["AmbiguousWeekday"]}
        return roles or lexicon.misspellings.find_roles(lexeme.folded)
    if lexeme.written in _DASHES:
        is_joined = _is_joined_on_both_sides(lexemes, position)
        return {"dash": True, "to": True, **({"joined_dash": True} if is_joined else {})}
    if lexeme.written in _SIGNS_FOR_AND:
        return {"and": True}
    if lexeme.written == "/" and _is_joined_on_both_sides(lexemes, position):
        return {"slash": True}
    return {"comma": True} if lexeme.written == "," else {}


def _is_joined_on_both_sides(lexemes: list[_Lexeme], position: int) -> bool:
    """Return whether no blank stands between a lexeme and its neighbours."""
    near = lexemes[max(position - 1, 0) : position + 2]
    return len(near) == 3 and near[0].end == near[1].start and near[1].end == near[2].start


def _stands_alone(lexemes: list[_Lexeme], position: int, lexicon: Lexicon) -> bool:
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


def _is_and_between_numbers(lexemes: list[_Lexeme], position: int) -> bool:
    """Return whether a lexeme is the "+" of "uge 33+34", and not that of a telephone number."""
    return (
        lexemes[position].written in _SIGNS_FOR_AND
        and _is_joined_on_both_sides(lexemes, position)
        and lexemes[position - 1].kind in _KINDS_JOINED_BY_AND
        and lexemes[position + 1].kind in _KINDS_JOINED_BY_AND
    )


def _has_ordinal_ending(lexemes: list[_Lexeme], position: int, lexicon: Lexicon) -> bool:
    """Return whether the "th" of "12th" stands behind a number."""
    following = lexemes[position + 1 : position + 2]
    return any(
        lexeme.start == lexemes[position].end and "th" in lexicon.find_roles(lexeme.folded) for lexeme in following
    )


#: Roles of small words that are common everywhere. They do not show that a word beside them is about time: "i hallen".
_SMALL_WORD_ROLES = frozenset(
    ("on", "in", "for", "of", "the", "them", "and", "or", "to", "to_hour", "comma", "all", "at", "on_each", "in_future")
)
_LIMITED_MISSPELLING_ROLES = frozenset(("MisspellingAfterIn", "MisspelledMonth"))


def _add_misspellings(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """Give the role of a misspelling to words beside a time that are similar to a word about time."""
    return [
        token if token.roles.keys() - _LIMITED_MISSPELLING_ROLES else _with_misspelling(tokens, position, lexicon)
        for position, token in enumerate(tokens)
    ]


def _with_misspelling(tokens: list[Token], position: int, lexicon: Lexicon) -> Token:
    token = tokens[position]
    intended = lexicon.misspellings.find_intended_beside_time(token.text)
    if intended and (_says_time(reversed(tokens[:position])) or _says_time(tokens[position + 1 :])):
        return replace(token, roles={**token.roles, "Misspelling": intended})
    return token


def _says_time(tokens: Iterable[Token]) -> bool:
    """Return whether the first token that is no small word is about time."""
    roles_about_time = (token.roles.keys() - ROLES_WITHOUT_TIME for token in tokens)
    return bool(next((roles for roles in roles_about_time if not roles or roles - _SMALL_WORD_ROLES), None))


_ROLES_BEFORE_WEEKDAY = frozenset(("on", "next", "this", "every", "coming", "from", "before", "by", "until", "last"))
_ROLES_BEHIND_WEEKDAY = frozenset(
    ("clock", "the", "ColonTime", "Ordinal", "PartOfDay", "at", "SlashPair", "FullDate", "noon")
)
_LIST_ROLES = frozenset(("to", "and", "or", "comma", "slash", "through"))
_ROLES_BEHIND_DAY_NUMBER = frozenset(("Month", "Meridiem", "joined_dash"))  # the June of "sat 13 June"


def _settle_ambiguous_weekdays(tokens: list[Token]) -> list[Token]:
    """Decide which words like "man" and "sat" are weekdays: only those in a position where a weekday can be."""
    return [
        _settle(tokens, position) if "AmbiguousWeekday" in token.roles else token
        for position, token in enumerate(tokens)
    ]


def _settle(tokens: list[Token], position: int) -> Token:
    before = tokens[position - 1].roles if position else {}
    following = [token.roles for token in tokens[position + 1 : position + 4]]
    if following and "comma" in following[0]:
        following = following[1:] if _begins_date(following[1:]) else []
    behind = following[0] if following else {}
    fits_before = bool(_ROLES_BEFORE_WEEKDAY & before.keys()) or _is_in_list_of_weekdays(tokens, position)
    fits_behind = bool(_ROLES_BEHIND_WEEKDAY & behind.keys() or _begins_date(following))
    if fits_before or (fits_behind and "before_no_weekday" not in before) or len(tokens) == 1:
        return replace(tokens[position], roles={"Weekday": tokens[position].roles["AmbiguousWeekday"]})
    return replace(tokens[position], roles={})


def _begins_date(roles: list[Roles]) -> bool:
    """Return whether a date with the name of its month begins here: the 13 June of "sat 13 June", "Mon, Aug 3"."""
    first, second = (*roles, {}, {})[:2]
    has_day_first = "Digits" in first and _ROLES_BEHIND_DAY_NUMBER & second.keys()
    return bool(has_day_first or ("MonthBeforeDay" in first and ("Digits" in second or "Ordinal" in second)))


def _is_in_list_of_weekdays(tokens: list[Token], position: int) -> bool:
    """Return whether another weekday is beside the token: "man-fre", "man, ons og fre"."""
    return any(
        0 <= position + 2 * step < len(tokens)
        and _LIST_ROLES & tokens[position + step].roles.keys()
        and {"Weekday", "AmbiguousWeekday"} & tokens[position + 2 * step].roles.keys()
        for step in (-1, 1)
    )
