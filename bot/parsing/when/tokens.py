"""Turns a text into signs: words, numbers and marks, each with the roles it can play in a time."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.parsing.normalise import fold
from bot.parsing.when.lexicon import TALK, Lexicon

Roles = Mapping[str, Any]

_RAW = re.compile(
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
_NUMERIC = frozenset(("iso", "dmy", "colon", "slash", "dotted", "decimal", "number"))
_DASHES = frozenset("-–—−")

#: What may be written onto a number without a blank: before it ("kl14", "uge25"), and after it ("2pm", "90min").
_BEFORE_NUMBER = frozenset(("clock", "the", "week", "at"))
_AFTER_NUMBER = frozenset(("Unit", "Meridiem", "th", "half_sign", "Month", "oclock"))


@dataclass(frozen=True)
class Token:
    """A word, a number or a mark, where it stands in the text, and the roles it can play with their values.

    `is_capital`: it begins with a capital, and is not written in capitals throughout.
    """

    start: int
    end: int
    text: str
    roles: Roles
    is_capital: bool = False

    @property
    def is_word(self) -> bool:
        """A word or a number rather than a mark."""
        return self.text[:1].isalnum()


@dataclass(frozen=True)
class _Raw:
    kind: str
    written: str
    start: int
    end: int

    @property
    def key(self) -> str:
        return fold(self.written).replace(".", "")


def tokenize(text: str, lexicon: Lexicon) -> list[Token]:
    """The signs of a text, the longest known phrases as one sign each."""
    raws = list(_raws(text, lexicon))
    return _with_slips(_settled(list(_joined(raws, lexicon))), lexicon)


def _raws(text: str, lexicon: Lexicon) -> Iterator[_Raw]:
    """The bare pieces; the dot of an abbreviation belongs to it."""
    at = 0
    while found := _RAW.search(text, at):
        raw = _Raw(str(found.lastgroup), found.group(), found.start(), found.end())
        if raw.kind == "word" and text[raw.end : raw.end + 1] == "." and fold(raw.written) in lexicon.dotted:
            raw = replace(raw, written=raw.written + ".", end=raw.end + 1)
        yield raw
        at = raw.end


def _joined(raws: list[_Raw], lexicon: Lexicon) -> Iterator[Token]:
    at = 0
    while at < len(raws):
        count, roles = _phrase(raws, at, lexicon) or (1, _alone(raws, at, lexicon))
        if count == 1 and "Number" in roles and _suffixed(raws, at, lexicon):
            count, roles = 2, {"Ordinal": roles["Number"]}
        first, last = raws[at], raws[at + count - 1]
        text = " ".join(raw.key for raw in raws[at : at + count]) or first.written
        yield Token(first.start, last.end, text, roles, _is_capital(first.written))
        at += count


def _is_capital(written: str) -> bool:
    return written[0].isupper() and (len(written) == 1 or not written.isupper())


def _phrase(raws: list[_Raw], at: int, lexicon: Lexicon) -> tuple[int, Roles] | None:
    """The longest phrase that begins here, with the number of its pieces; "twenty-five" is one too."""
    longest: tuple[int, Roles] | None = None
    key: list[str] = []
    for place in range(at, len(raws)):
        raw = raws[place]
        if raw.kind in ("word", "number"):
            key.append(raw.key)
        elif not (raw.written == "-" and _glued(raws, place)):
            break
        if len(key) > lexicon.longest:
            break
        if len(key) > 1 and (roles := lexicon.roles(*key)):
            longest = place - at + 1, roles
    return longest


def _alone(raws: list[_Raw], at: int, lexicon: Lexicon) -> Roles:
    raw = raws[at]
    if raw.kind in _NUMERIC:
        return _numeric(raw) if _stands_free(raws, at, lexicon) else {}
    if raw.kind == "word":
        roles = lexicon.roles(raw.key)
        if raw.written.endswith(".") and "WeekdayMaybe" in roles:
            return {"Weekday": roles["WeekdayMaybe"]}
        return roles or lexicon.slips.roles(raw.key)
    if raw.written in _DASHES:
        return {"dash": True, "to": True, **({"glued_dash": True} if _glued(raws, at) else {})}
    return {"comma": True} if raw.written == "," else {}


def _glued(raws: list[_Raw], at: int) -> bool:
    """Nothing stands between this and its neighbours."""
    near = raws[max(at - 1, 0) : at + 2]
    return len(near) == 3 and near[0].end == near[1].start and near[1].end == near[2].start


def _stands_free(raws: list[_Raw], at: int, lexicon: Lexicon) -> bool:
    """Not part of a name, a size or a sum: "U14", "14m", "50%", "€20"."""
    raw = raws[at]
    if at and raws[at - 1].end == raw.start:
        before = raws[at - 1]
        if before.kind == "word" and not _BEFORE_NUMBER & lexicon.roles(before.key).keys():
            return False
        if before.written in "€$£+_&=":
            return False
    if at + 1 < len(raws) and raws[at + 1].start == raw.end:
        after = raws[at + 1]
        if after.kind == "word":
            return bool(_AFTER_NUMBER & lexicon.roles(after.key).keys())
        return after.written not in "%°€$£_&="
    return True


def _suffixed(raws: list[_Raw], at: int, lexicon: Lexicon) -> bool:
    """The "th" of "12th"."""
    following = raws[at + 1 : at + 2]
    return any(raw.start == raws[at].end and "th" in lexicon.roles(raw.key) for raw in following)


def _numeric(raw: _Raw) -> Roles:
    parts = [int(part) for part in re.findall("[0-9]+", raw.written) if len(part) <= 4]
    match raw.kind:
        case "number":
            return _number(raw.written)
        case "iso":
            return {"Dmy": (parts[2], parts[1], parts[0])}
        case "dmy":
            return _dmy(raw.written, *parts)
        case "colon":
            return {"Colon": (parts[0], parts[1])}
        case "slash":
            return {"Slash": (parts[0], parts[1])}
        case "dotted":
            return _dotted(raw.written, parts[0], parts[1])
        case _:
            return {"Decimal": float(raw.written.replace(",", "."))} if len(raw.written) < 8 else {}


def _dmy(written: str, day: int, month: int, year: int) -> Roles:
    """A short year is 20xx; "12/6-14" may as well be two days of June."""
    if re.search("[^0-9][0-9]{2}$", written):
        return {} if "/" in written and "-" in written and year < 25 else {"Dmy": (day, month, 2000 + year)}
    return {"Dmy": (day, month, year)}


def _number(written: str) -> Roles:
    digits = written.rstrip(".")
    if len(digits) == 4:
        year = {"Year": int(digits)} if digits.startswith("20") else {}
        return {"Hhmm": (int(digits[:2]), int(digits[2:])), **year}
    if len(digits) > 3:
        return {}
    ordinal = {"Ordinal": int(digits)} if written.endswith(".") else {}
    return {"Number": int(digits), "Hour": int(digits), "Digits": int(digits), **ordinal}


def _dotted(written: str, first: int, second: int) -> Roles:
    """ "12.6" may be a date, "14.30" a time; a dot behind makes it a date."""
    two_digits = re.search(r"\.[0-9]{2}\.?$", written) is not None
    kind = "Dotted" if two_digits else "DottedShort"
    roles = {"DottedDate": (first, second), kind: (first, second)}
    return {**roles, "Dotdate": (first, second)} if written.endswith(".") else roles


#: Small words that stand between words about time, and also anywhere else: "i hallen" is no slip of one.
_SMALL = frozenset(
    ("on", "in", "for", "of", "the", "them", "and", "or", "to", "to_hour", "comma", "all", "at", "habit", "ahead")
)
_SLIPS = frozenset(("SlipAfterIn", "SlipOfMonth"))


def _with_slips(found: list[Token], lexicon: Lexicon) -> list[Token]:
    """Beside a time, a word that is nearly one about time is taken for a slip."""
    return [sign if sign.roles.keys() - _SLIPS else _with_slip(found, at, lexicon) for at, sign in enumerate(found)]


def _with_slip(found: list[Token], at: int, lexicon: Lexicon) -> Token:
    meant = lexicon.slips.beside(found[at].text)
    if meant and (_tells_time(reversed(found[:at])) or _tells_time(found[at + 1 :])):
        return replace(found[at], roles={**found[at].roles, "Slip": meant})
    return found[at]


def _tells_time(signs: Iterable[Token]) -> bool:
    """Whether the nearest of these does, small words passed over."""
    near = (sign.roles.keys() - TALK for sign in signs)
    return bool(next((roles for roles in near if not roles or roles - _SMALL), None))


_LEADS = frozenset(("on", "next", "this", "every", "coming", "from", "before", "by", "until", "last"))
_FOLLOWS = frozenset(("clock", "the", "Colon", "Ordinal", "Part", "at", "Slash", "Dmy", "noon"))
_JOINTS = frozenset(("to", "and", "or", "comma", "through"))
_COMPLETES = frozenset(("Month", "Meridiem", "glued_dash"))  # the June of "sat 13 June"


def _settled(found: list[Token]) -> list[Token]:
    """Words like "man" and "sat" are weekdays only where a weekday can stand."""
    return [_settle(found, at) if "WeekdayMaybe" in sign.roles else sign for at, sign in enumerate(found)]


def _settle(found: list[Token], at: int) -> Token:
    before = found[at - 1].roles if at else {}
    after = found[at + 1].roles if at + 1 < len(found) else {}
    led = bool(_LEADS & before.keys()) or _in_row(found, at)
    behind = found[at + 2].roles if "Digits" in after and at + 2 < len(found) else {}
    followed = bool(_FOLLOWS & after.keys() or _COMPLETES & behind.keys()) and "speaker" not in before
    if led or followed or len(found) == 1:
        return replace(found[at], roles={"Weekday": found[at].roles["WeekdayMaybe"]})
    return replace(found[at], roles={})


def _in_row(found: list[Token], at: int) -> bool:
    """Another weekday stands beside it: "man-fre", "man, ons og fre"."""
    return any(
        0 <= at + 2 * step < len(found)
        and _JOINTS & found[at + step].roles.keys()
        and {"Weekday", "WeekdayMaybe"} & found[at + 2 * step].roles.keys()
        for step in (-1, 1)
    )
