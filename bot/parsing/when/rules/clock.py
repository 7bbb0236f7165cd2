"""How clock times and parts of the day are said. The docstring of a rule is an example of it."""

from bot.parsing.when.components import ClockTime, DayAndPart, Invalid, PartOfDay
from bot.parsing.when.rules.grammar import says

Said = ClockTime | Invalid | None

_EARLIEST = 6 * 60
_NO_SUCH_TIME = Invalid("when-no-such-time")


def _clock(hours: int, minutes: int = 0, *, sure: bool = False) -> ClockTime | Invalid:
    whole_day = hours == 24 and minutes == 0
    if minutes > 59 or (hours > 23 and not whole_day):
        return _NO_SUCH_TIME
    return ClockTime(hours * 60 + minutes, is_unambiguous=sure)


@says("Clock", "[about] clock [about] Hour")
def hour(hours: int) -> Said:
    """kl. 14, kl. 930"""
    return _clock(*divmod(hours, 100)) if hours > 99 else _clock(hours)


@says("Clock", "[about] clock Hour Spelled")
def hour_and_minutes(hours: int, minutes: int) -> Said:
    """klokken fjorten tredive"""
    return _clock(hours, minutes) if minutes >= 10 else None


@says(
    "Clock",
    "[about] [clock|at] [about] Colon",
    "[about] clock Dotted",
    "[about] clock Hhmm",
    "[about] at Dotted|Hhmm",
)
def digital(time: tuple[int, int]) -> Said:
    """14:00, kl. 14.00, kl 1400, at 14.00"""
    return _clock(*time)


@says("Clock", "[clock|at] half_to Hour")
def half_to(hours: int) -> Said:
    """halv tre"""
    return _clock((hours or 24) - 1, 30) if hours <= 24 else _NO_SUCH_TIME


@says("Clock", "[clock|at] half_past [past] Hour")
def half_past(hours: int) -> Said:
    """half past two"""
    return _clock(hours, 30)


@says("Clock", "[clock|at] [Number] quarter past Hour")
def quarter_past(one: int | None, hours: int) -> Said:
    """kvart over to, et kvarter over to"""
    return _clock(hours, 15 * (one or 1))


@says("Clock", "[clock|at] [Number] quarter to_hour Hour")
def quarter_to(one: int | None, hours: int) -> Said:
    """kvart i 12, et kvarter i 12"""
    return _before(15 * (one or 1), hours)


@says("Clock", "[clock|at] Hour minutes past Hour", "[clock|at] Spelled past Hour", "clock Hour past Hour")
def minutes_past(minutes: int, hours: int) -> Said:
    """ti minutter over to"""
    return _clock(hours, minutes)


@says("Clock", "[clock|at] Hour minutes to_hour Hour")
@says("IfEnds", "[clock|at] Spelled to_hour Spelled", "clock Hour to_hour Hour")
def minutes_to(minutes: int, hours: int) -> Said:
    """ti minutter i tre; not the beginning of ti i tre timer"""
    return _before(minutes, hours) if minutes % 5 == 0 and minutes <= 30 else None


@says("Clock", "[clock|at] Hour minutes past half_to Hour", "[clock|at] Spelled past half_to Hour")
def past_half(minutes: int, hours: int) -> Said:
    """fem minutter over halv tre"""
    return _clock((hours or 24) - 1, 30 + minutes) if minutes < 30 else None


@says("Clock", "[clock|at] Hour minutes to_hour half_to Hour", "[clock|at] Spelled to_hour half_to Hour")
def to_half(minutes: int, hours: int) -> Said:
    """fem i halv tre"""
    return _clock((hours or 24) - 1, 30 - minutes) if minutes < 30 else None


@says("Clock", "[about] Hour dash hourish", "[about] Hour hourish")
def hourish(hours: int) -> Said:
    """ved 14-tiden"""
    return _clock(hours)


@says("Clock", "[about] [clock|at] Hour oclock")
def oclock(hours: int) -> Said:
    """2 o'clock"""
    return _clock(hours)


@says("Clock", "[clock|at|about] noon")
def noon() -> Said:
    """noon"""
    return ClockTime(12 * 60, is_unambiguous=True)


@says("Clock", "[clock|at|about] midnight")
def midnight() -> Said:
    """midnat: the end of the day that is named"""
    return ClockTime(24 * 60, is_unambiguous=True)


@says("Meridian", "[about] [clock|at] [about] Hour Meridiem")
def meridian(hours: int, half: int) -> Said:
    """2pm"""
    return digital_meridian((hours, 0), half)


@says("Meridian", "[about] [clock|at] [about] Colon|Dotted Meridiem")
def digital_meridian(time: tuple[int, int], half: int) -> Said:
    """2:30 pm"""
    hours, minutes = time
    return _clock(hours % 12 + half, minutes, sure=True) if 1 <= hours <= 12 else _NO_SUCH_TIME


@says("Clock", "[clock|at] Spelled to_hour Meridian")
def minutes_to_meridian(minutes: int, said: ClockTime | Invalid) -> Said:
    """five to three pm"""
    return (
        said
        if isinstance(said, Invalid)
        else ClockTime(said.start - minutes, is_unambiguous=True)
        if said.start
        else None
    )


@says("Clock", "[clock|at] half_past past Meridian", "[clock|at] half_past Meridian")
def half_past_meridian(said: ClockTime | Invalid) -> Said:
    """half past two pm"""
    return said if isinstance(said, Invalid) else ClockTime(said.start + 30, is_unambiguous=True)


@says("Clock", "[clock|at] [Number] quarter past Meridian")
def quarter_past_meridian(one: int | None, said: ClockTime | Invalid) -> Said:
    """quarter past two pm"""
    return said if isinstance(said, Invalid) else ClockTime(said.start + 15 * (one or 1), is_unambiguous=True)


@says("Clock", "[clock|at] [Number] quarter to_hour Meridian")
def quarter_to_meridian(one: int | None, said: ClockTime | Invalid) -> Said:
    """quarter to three pm"""
    return minutes_to_meridian(15 * (one or 1), said)


@says("Clock", "[clock|at] Spelled past Meridian", "[clock|at] Hour minutes past Meridian")
def minutes_past_meridian(minutes: int, said: ClockTime | Invalid) -> Said:
    """ten past two pm"""
    return said if isinstance(said, Invalid) else ClockTime(said.start + minutes, is_unambiguous=True)


@says("Clock", "Meridian")
def as_clock(said: Said) -> Said:
    """2pm"""
    return said


@says("Piece", "Clock")
def clock(said: Said) -> Said:
    """kl. 14"""
    return said


@says("Bare", "Hour !Month|Unit")
def bare_hour(hours: int) -> Said:
    """the 16 of kl. 14-16"""
    return _clock(hours) if hours <= 99 else None


@says("Bare", "Dotted|Hhmm")
def bare_digital(time: tuple[int, int]) -> Said:
    """the 16.30 of kl. 14-16.30"""
    return _clock(*time)


@says("Piece", "[from] Clock to|until [about] Clock", "between Clock and Clock", "[from] Clock to glued_dash Clock")
def span(start: ClockTime | Invalid, end: ClockTime | Invalid) -> Said:
    """fra kl. 14 til kl. 16"""
    if isinstance(start, Invalid) or isinstance(end, Invalid):
        return _NO_SUCH_TIME
    return ClockTime(start.start, end.start, is_unambiguous=start.is_unambiguous or end.is_unambiguous)


@says(
    "Piece",
    "[from] Clock glued_dash Bare",
    "between Clock and Bare",
    "between Bare and Clock",
    "from Bare to|until Clock",
)
@says("IfEnds", "[from] Clock to|until [about] Bare")
@says("IfFree", "Bare to Clock")
def span_said_once(start: ClockTime | Invalid, end: ClockTime | Invalid) -> Said:
    """kl. 14-16"""
    joined = span(start, end)
    if isinstance(start, ClockTime) and isinstance(end, ClockTime) and end.is_unambiguous and not start.is_unambiguous:
        return _same_half(start.start, end.start)
    return joined


@says("Piece", "[from] Clock to|until [about] Bare")
def span_forward(start: ClockTime | Invalid, end: ClockTime | Invalid) -> Said:
    """kl. 14 til 16, whatever stands behind it"""
    forward = isinstance(start, ClockTime) and isinstance(end, ClockTime) and start.start < end.start
    return span(start, end) if forward else None


@says("IfEnds", "from [about] Bare to|until [about] Bare", "between [about] Bare and [about] Bare")
@says("IfFree", "Bare to Bare")
def bare_span(start: ClockTime | Invalid, end: ClockTime | Invalid) -> Said:
    """14-16; "3-0" is how a match ended"""
    if not (isinstance(start, ClockTime) and isinstance(end, ClockTime)) or end.start <= start.start < _EARLIEST:
        return None
    return span(start, end)


@says("IfBeside", "Dotted")
@says("IfAfterDay", "Hhmm")
def digital_beside_day(time: tuple[int, int]) -> Said:
    """fredag 14.00"""
    return _clock(*time)


@says("IfAlone", "Dotted")
def digital_alone(time: tuple[int, int]) -> Said:
    """14.30; 12.10 might as well be a date"""
    return None if 1 <= time[1] <= 12 else _clock(*time)


@says("IfAfterDay", "!Ordinal Hour", "from [about] !Ordinal Hour !to|until|through|dash|and|Month|Unit|Meridiem")
def hour_after_day(hours: int) -> Said:
    """fredag 14, fredag fra 14"""
    return _clock(hours) if 6 <= hours <= 23 else None


@says("IfAfterLimit", "Hour")
@says("IfAfterOr", "Hour")
@says("IfBeforePart", "Hour")
@says("IfEnds", "at Hour")
def hour_after_bound(hours: int) -> Said:
    """efter 14"""
    return _clock(hours) if hours <= 24 else None


@says("IfAfterLimit", "Dotted|Hhmm")
@says("IfAfterOr", "Dotted|Hhmm")
def digital_after_bound(time: tuple[int, int]) -> Said:
    """efter 14.30"""
    return _clock(*time)


@says("Piece", "habit PartHabit", "in|on|during [the] PartHabit")
def part_habit(name: str) -> PartOfDay:
    """om aftenen"""
    return PartOfDay(name, is_generic=True)


@says("IfTouching", "[during] [on|in] Part", "PartHabit")
@says("IfAlone", "[in] Part")
def part(name: str) -> PartOfDay:
    """fredag aften"""
    return PartOfDay(name)


@says("Piece", "DayPart|WeekdayPart")
def day_part(said: DayAndPart) -> DayAndPart:
    """i aften, fredagaften"""
    return said


def _before(minutes: int, hours: int) -> Said:
    if hours > 24 or minutes > 59:
        return _NO_SUCH_TIME
    return ClockTime((hours or 24) * 60 - minutes)


def _same_half(start: int, end: int) -> ClockTime:
    """2-4pm begins in the afternoon, 10-2pm does not."""
    afternoon = start % 720 + 720
    return ClockTime(afternoon if end > 720 and afternoon < end else start, end, is_unambiguous=True)
