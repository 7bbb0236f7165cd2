"""The bounds of the parts of the day, and how clock times are moved into them: "kl. 8 om aftenen" is 20:00.

Times are minutes since midnight; from 24:00 on they are on the next day.
"""

from bot.parsing.when.clock_time import ClockTime
from bot.parsing.when.components import PartOfDay
from bot.parsing.when.errors import ImpossibleTime, NotUnderstood

HALF_DAY = 12 * 60
WHOLE_DAY = 24 * 60

#: When each part begins and ends.
_BOUNDS = {
    "morning": (6 * 60, 9 * 60),
    "forenoon": (9 * 60, 12 * 60),
    "midday": (12 * 60, 13 * 60),
    "afternoon": (13 * 60, 18 * 60),
    "evening": (18 * 60, 22 * 60),
    "night": (22 * 60, 30 * 60),
}

#: Clock times that may be said with each part: "kl. 5 om aftenen" is right, "kl. 15 om formiddagen" is a mistake.
_WIDE_BOUNDS = {
    "morning": (3 * 60, 12 * 60),
    "forenoon": (3 * 60, 13 * 60),
    "midday": (11 * 60, 14 * 60),
    "afternoon": (12 * 60, 19 * 60),
    "evening": (16 * 60, 25 * 60),
    "night": (20 * 60, 32 * 60),
}


def bounds_of(part: PartOfDay) -> tuple[int, int]:
    """Return start and end of a part of the day; the night ends on the next day."""
    return _BOUNDS[part.name]


def move_into_part(clock_time: ClockTime, part: PartOfDay | None) -> tuple[int, int | None]:
    """Return start and end of a clock time. Hours up to 12 are moved into the part of the day that was named.

    An end that would come before the start is on the next day. Raises ImpossibleTime when the clock time is not in that
    part of the day, NotUnderstood when the range is empty.
    """
    start = clock_time.start if part is None else _move(clock_time.start, part, clock_time.is_unambiguous)
    if clock_time.end is None:
        return start, None
    if clock_time.end == clock_time.start:
        raise NotUnderstood
    return start, _end_after(start, clock_time.end, part is not None and not clock_time.is_unambiguous)


def _move(minutes: int, part: PartOfDay, is_unambiguous: bool) -> int:
    earliest, latest = _WIDE_BOUNDS[part.name]
    shifts = (0,) if is_unambiguous or minutes >= 13 * 60 else (0, HALF_DAY)
    if part.name == "night" and not part.is_generic:
        shifts = (*shifts, WHOLE_DAY)
    if part.name == "night" and part.is_generic and minutes < latest - WHOLE_DAY:
        return minutes  # "fredag kl. 2 om natten" is on Friday, not in the night that begins on Friday
    if minutes // 60 == 12 and part.name in ("evening", "night"):
        shifts = (HALF_DAY,)
    for shift in shifts:
        if earliest <= minutes + shift < latest:
            return minutes + shift
    raise ImpossibleTime("when-no-such-time")


def _end_after(start: int, end: int, may_be_afternoon: bool) -> int:
    """Return the first moment after the start at which a clock shows the end."""
    if may_be_afternoon and end <= HALF_DAY and start < end + HALF_DAY <= start + HALF_DAY:
        return end + HALF_DAY
    while end <= start:
        end += WHOLE_DAY
    return end
