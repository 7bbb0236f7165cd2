"""Finds the roles of a token in figures: "14.30" may be a clock time, "12.6" a date.

The roles and their values are:

- `Number`, `Hour`, `Digits`: up to three figures. `Ordinal`: also with a dot ("12."). `Year`: four figures, 20xx.
  `Figures`: one or two figures without a dot, as they are written ("09").
- `WeekChain`: three or more numbers of weeks with dashes between them ("42-43-44").
- `Hhmm`: four figures as hours and minutes. `ColonTime` ("14:30") and `DottedTime` ("14.30"): hours and minutes.
  `TimeWithSeconds` ("14:30:15"), which no rule reads.
- `DottedPair`: two numbers with a dot between them. `DottedShort`: the second has one figure ("12.6").
  `DottedDate`: with a dot behind ("12.6."), which only a date has.
- `SlashPair`: two numbers with a slash between them. `FullDate`: day, month and year. `Decimal`: "2,5".
"""

import re
from collections.abc import Mapping
from typing import Any

Roles = Mapping[str, Any]

#: The kinds of lexeme that have figures.
NUMERIC_KINDS = frozenset(("iso", "dmy", "code", "colon", "slash", "dotted", "decimal", "number"))

_CENTURY = 2000
_FIRST_SHORT_YEAR = 25  # "12/6-14" may as well be two days of June


def find_numeric_roles(kind: str, written: str) -> Roles:
    """Return the roles of a lexeme of a numeric kind."""
    parts = [int(part) for part in re.findall("[0-9]+", written) if len(part) <= 4]
    match kind:
        case "number":
            return _number(written)
        case "iso":
            return {"FullDate": (parts[2], parts[1], parts[0])}
        case "dmy":
            return {**_full_date(written, *parts), **_week_chain(written, parts)}
        case "code":
            return _week_chain(written, parts)
        case "colon":
            return {"ColonTime": (parts[0], parts[1])} if not any(parts[2:]) else {"TimeWithSeconds": tuple(parts)}
        case "slash":
            return {"SlashPair": (parts[0], parts[1])}
        case "dotted":
            return _dotted(written, parts[0], parts[1])
        case _:
            return {"Decimal": float(written.replace(",", "."))} if len(written) < 8 else {}


def _full_date(written: str, day: int, month: int, year: int) -> Roles:
    if not re.search("[^0-9][0-9]{2}$", written):
        return {"FullDate": (day, month, year)}
    if "/" in written and "-" in written and year < _FIRST_SHORT_YEAR:
        return {}
    return {"FullDate": (day, month, _CENTURY + year)}


def _week_chain(written: str, parts: list[int]) -> Roles:
    is_chain = re.fullmatch("[0-9]{1,2}(-[0-9]{1,2}){2,}", written) and all(1 <= part <= 53 for part in parts)
    return {"WeekChain": tuple(parts)} if is_chain else {}


def _number(written: str) -> Roles:
    digits = written.rstrip(".")
    if len(digits) == 4:
        year = {"Year": int(digits)} if digits.startswith("20") else {}
        return {"Hhmm": (int(digits[:2]), int(digits[2:])), **year}
    if len(digits) > 3:
        return {}
    ordinal = {"Ordinal": int(digits)} if written.endswith(".") else {}
    figures = {"Figures": digits} if len(digits) <= 2 and not ordinal else {}
    return {"Number": int(digits), "Hour": int(digits), "Digits": int(digits), **ordinal, **figures}


def _dotted(written: str, first: int, second: int) -> Roles:
    pair = (first, second)
    has_two_digits = re.search(r"\.[0-9]{2}\.?$", written) is not None
    date = {"DottedDate": pair} if written.endswith(".") else {}
    return {"DottedPair": pair, "DottedTime" if has_two_digits else "DottedShort": pair, **date}
