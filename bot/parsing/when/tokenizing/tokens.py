"""Gives each word, number and mark of a text the roles that it can play in a time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.parsing.when.tokenizing.figures import NUMERIC_KINDS, find_numeric_roles
from bot.parsing.when.tokenizing.lexemes import (
    SIGNS_FOR_AND,
    Lexeme,
    is_joined_on_both_sides,
    split_lexemes,
    stands_alone,
)
from bot.parsing.when.tokenizing.lexicon import ROLES_WITHOUT_TIME, Lexicon

Roles = Mapping[str, Any]

_DASHES = frozenset("-–—−")
_SIGNS_BETWEEN_WEEKDAYS = frozenset("+&/")


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


def tokenize(text: str, lexicon: Lexicon) -> list[Token]:
    """Return the tokens of a text. The longest phrase that the lexicon knows is one token: "til og med"."""
    tokens = list(_join_phrases(list(split_lexemes(text, lexicon)), lexicon))
    return _add_misspellings(_settle_ambiguous_weekdays(tokens), lexicon)


def _join_phrases(lexemes: list[Lexeme], lexicon: Lexicon) -> Iterator[Token]:
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


def _find_phrase(lexemes: list[Lexeme], position: int, lexicon: Lexicon) -> tuple[int, Roles] | None:
    """Return the number of lexemes, and the roles, of the longest phrase that begins here.

    "twenty-five" is a phrase too.
    """
    first = lexemes[position]
    if first.kind in ("word", "number") and first.folded not in lexicon.phrase_beginnings:
        return None
    longest: tuple[int, Roles] | None = None
    words: list[str] = []
    for end in range(position, len(lexemes)):
        lexeme = lexemes[end]
        if lexeme.kind in ("word", "number"):
            words.append(lexeme.folded)
        elif not (lexeme.written == "-" and is_joined_on_both_sides(lexemes, end)):
            break
        if len(words) > lexicon.max_phrase_words:
            break
        if len(words) > 1 and (roles := lexicon.find_roles(*words)):
            longest = end - position + 1, roles
    return longest


def _find_roles(lexemes: list[Lexeme], position: int, lexicon: Lexicon) -> Roles:
    """Return the roles of a lexeme by itself."""
    lexeme = lexemes[position]
    if lexeme.kind in NUMERIC_KINDS:
        is_alone = stands_alone(lexemes, position, lexicon)
        return find_numeric_roles(lexeme.kind, lexeme.written) if is_alone else {}
    if lexeme.kind == "word":
        roles = lexicon.find_roles(lexeme.folded)
        if lexeme.written.endswith(".") and "AmbiguousWeekday" in roles:
            return {"Weekday": roles["AmbiguousWeekday"]}
        return roles or lexicon.misspellings.find_roles(lexeme.folded)
    if lexeme.written in _DASHES:
        is_joined = is_joined_on_both_sides(lexemes, position)
        return {"dash": True, "to": True, **({"joined_dash": True} if is_joined else {})}
    if lexeme.written in SIGNS_FOR_AND:
        return {"and": True}
    if lexeme.written == "/" and is_joined_on_both_sides(lexemes, position):
        return {"slash": True}
    return {"comma": True} if lexeme.written == "," else {}


def _has_ordinal_ending(lexemes: list[Lexeme], position: int, lexicon: Lexicon) -> bool:
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
        _settle(tokens, position)
        if "AmbiguousWeekday" in token.roles
        else _settle_short(tokens, position)
        if "ShortWeekday" in token.roles
        else token
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


def _settle_short(tokens: list[Token], position: int) -> Token:
    """Return a word of two letters as a weekday, where another weekday is beside it: "ti+to", "ma, on og fr"."""
    token = tokens[position]
    if any(_joins_weekdays(tokens, position, step) for step in (-1, 1)):
        return replace(token, roles={"Weekday": token.roles["ShortWeekday"]})
    roles = {role: value for role, value in token.roles.items() if role != "ShortWeekday"}
    may_be_weekday = any(_is_dash_before_short(tokens, position, step) for step in (-1, 1))
    return replace(token, roles={"UnclearWeekday": True} if may_be_weekday else roles)


def _is_dash_before_short(tokens: list[Token], position: int, step: int) -> bool:
    """Return whether a dash joins two words of two letters, which may be weekdays or numbers: "ti-to"."""
    if not 0 <= position + 2 * step < len(tokens):
        return False
    return "joined_dash" in tokens[position + step].roles and "ShortWeekday" in tokens[position + 2 * step].roles


def _joins_weekdays(tokens: list[Token], position: int, step: int) -> bool:
    """Return whether a sign or a word joins a weekday of two letters with another weekday, before it or behind it.

    "ti-to" and "ti og to" are numbers.
    """
    if not 0 <= position + 2 * step < len(tokens):
        return False
    token, sign, other = (tokens[position + count * step] for count in range(3))
    is_certain = bool({"Weekday", "AmbiguousWeekday"} & other.roles.keys())
    is_joined = abs(token.end - other.start) == 1 or abs(other.end - token.start) == 1
    if sign.text in _SIGNS_BETWEEN_WEEKDAYS and is_joined:
        return is_certain or "ShortWeekday" in other.roles
    is_number = "Number" in token.roles and not is_joined
    return is_certain and not is_number and not _LIST_ROLES.isdisjoint(sign.roles)


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
        and {"Weekday", "AmbiguousWeekday", "ShortWeekday"} & tokens[position + 2 * step].roles.keys()
        for step in (-1, 1)
    )
