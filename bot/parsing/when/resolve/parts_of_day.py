"""Knows the parts of the day, and moves clock times into them."""

from bot.parsing.when.components import ClockTime, ImpossibleTime, NotUnderstood, PartOfDay

HALF_DAY = 12 * 60
WHOLE_DAY = 24 * 60

#: When each part begins and ends, in minutes since midnight.
_WINDOWS = {
    "morning": (6 * 60, 9 * 60),
    "forenoon": (9 * 60, 12 * 60),
    "midday": (12 * 60, 13 * 60),
    "afternoon": (13 * 60, 18 * 60),
    "evening": (18 * 60, 22 * 60),
    "night": (22 * 60, 30 * 60),
}

#: Clock times that people still count to it: "kl. 5 om aftenen" is, "kl. 15 om formiddagen" is a slip.
_COUNTED = {
    "morning": (3 * 60, 12 * 60),
    "forenoon": (3 * 60, 13 * 60),
    "midday": (11 * 60, 14 * 60),
    "afternoon": (12 * 60, 19 * 60),
    "evening": (16 * 60, 25 * 60),
    "night": (20 * 60, 32 * 60),
}


def window(part: PartOfDay) -> tuple[int, int]:
    """Start and end of a part of the day; the night ends on the next day."""
    return _WINDOWS[part.name]


def moved(clock: ClockTime, part: PartOfDay | None) -> tuple[int, int | None]:
    """Start and end of a clock time, hours up to 12 moved into the part of the day; an earlier end is past midnight.

    Raises Impossible when the time is no time of that part.
    """
    start = clock.start if part is None else _move(clock.start, part, clock.is_unambiguous)
    if clock.end is None:
        return start, None
    if clock.end == clock.start:
        raise NotUnderstood
    return start, _first_after(start, clock, part)


def _move(minutes: int, part: PartOfDay, sure: bool) -> int:
    first, last = _COUNTED[part.name]
    shifts = (0,) if sure else (0, HALF_DAY)
    if minutes >= 13 * 60:
        shifts = (0,)
    if part.name == "night" and not part.is_generic:
        shifts = (*shifts, WHOLE_DAY)
    if part.is_generic and part.name == "night" and minutes < last - WHOLE_DAY:
        return minutes  # "kl. 2 om natten" on a day is that day's
    if minutes // 60 == 12 and part.name in ("evening", "night"):
        shifts = (HALF_DAY,)
    for shift in shifts:
        if first <= minutes + shift < last:
            return minutes + shift
    raise ImpossibleTime("when-no-such-time")


def _first_after(start: int, clock: ClockTime, part: PartOfDay | None) -> int:
    end = clock.end or 0
    in_part = part is not None and not clock.is_unambiguous and end <= HALF_DAY
    if in_part and start < end + HALF_DAY <= start + HALF_DAY:
        return end + HALF_DAY
    while end <= start:
        end += WHOLE_DAY
    return end
