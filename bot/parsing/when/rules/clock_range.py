"""Rules for the time from one clock time to another. Each docstring has an example in Danish or English."""

from dataclasses import replace

from bot.parsing.when.clock_time import ClockTime
from bot.parsing.when.components import Date, Invalid, Vague
from bot.parsing.when.grammar import Context, RuleSet
from bot.parsing.when.rules.clock import NO_SUCH_TIME, MaybeClockTime, to_clock_time

RULES = RuleSet()

#: Minutes since midnight. "14-16" is a range of clock times, "3-0" is how a match ended.
_EARLIEST_WITHOUT_CLOCK_WORD = 6 * 60

#: An hour. What begins before it seldom lasts past midnight: "12-5" is 12 May, or from 12 to 5.
_EARLIEST_EVENING = 17


@RULES.nonterminal("BareTime", "Hour !Month|Unit")
def bare_hour(hours: int) -> MaybeClockTime:
    """The 16 of “kl. 14-16”."""
    return to_clock_time(hours) if hours <= 99 else None


@RULES.nonterminal("BareTime", "DottedTime|Hhmm")
def bare_time_in_figures(time: tuple[int, int]) -> MaybeClockTime:
    """The 16.30 of “kl. 14-16.30”."""
    return to_clock_time(*time)


@RULES.nonterminal("AtHour", "at Hour")
def at_hour(hours: int) -> MaybeClockTime:
    """The “at 14” of “at 14 until 16”."""
    return to_clock_time(hours) if hours <= 24 else None


@RULES.component(
    "[from] ClockTime to|until [about] ClockTime",
    "between ClockTime and ClockTime",
    "[from] ClockTime to joined_dash ClockTime",
)
def clock_range(start: ClockTime | Invalid, end: ClockTime | Invalid) -> MaybeClockTime:
    """“fra kl. 14 til kl. 16”"""
    if isinstance(start, Invalid) or isinstance(end, Invalid):
        return NO_SUCH_TIME
    return ClockTime(start.start, end.start, is_unambiguous=start.is_unambiguous or end.is_unambiguous)


@RULES.component(
    "[from] ClockTime joined_dash BareTime",
    "between ClockTime and BareTime",
    "between BareTime and ClockTime",
    "from BareTime to|until ClockTime",
)
@RULES.component("[from] ClockTime|AtHour to|until [about] BareTime", context=Context.NOT_BEFORE_NOUN)
@RULES.component("BareTime to ClockTime", context=Context.NOT_BESIDE_NOUN)
def clock_range_with_one_clock_word(start: ClockTime | Invalid, end: ClockTime | Invalid) -> MaybeClockTime:
    """“kl. 14-16”, “2-4pm”"""
    if isinstance(start, ClockTime) and isinstance(end, ClockTime) and end.is_unambiguous and not start.is_unambiguous:
        return _start_in_half_of_end(start.start, end.start)
    return clock_range(start, end)


@RULES.component("[from] ClockTime to|until [about] BareTime")
def clock_range_forwards(start: ClockTime | Invalid, end: ClockTime | Invalid) -> MaybeClockTime:
    """“kl. 14 til 16”, whatever stands behind it, where the end is later than the start"""
    is_forwards = isinstance(start, ClockTime) and isinstance(end, ClockTime) and start.start < end.start
    return clock_range(start, end) if is_forwards else None


@RULES.component("[from] ClockTime to|until ClockTime|BareTime TimeZone")
def clock_range_of_zone(start: ClockTime | Invalid, end: ClockTime | Invalid, utc_offset: int) -> MaybeClockTime:
    """“14:00-16:00 GMT”"""
    found = clock_range(start, end)
    return replace(found, utc_offset=utc_offset) if isinstance(found, ClockTime) else found


@RULES.component("[from] ClockTime|AtHour to|until PartOfDay", "[from] BareTime to|until PartOfDay")
def clock_range_to_midday(start: ClockTime | Invalid, part: str) -> MaybeClockTime | Vague:
    """“fra kl. 8 til middag” → until 12; “fra kl. 14 til aften” names no clock time"""
    return clock_range(start, ClockTime(12 * 60)) if part == "midday" else Vague()


@RULES.component("from PartOfDay to|until ClockTime|BareTime")
def clock_range_from_midday(part: str, end: ClockTime | Invalid) -> MaybeClockTime | Vague:
    """“fra middag til kl. 15”"""
    return clock_range(ClockTime(12 * 60), end) if part == "midday" else Vague()


@RULES.component("Figures joined_dash Figures", context=Context.NOT_BESIDE_NOUN)
def range_or_date(first: str, second: str) -> ClockTime | Date | None:
    """“08-12” → a range, or 8 December; “8-12” is a range only, and so is “10-12”"""
    day, month = int(first), int(second)
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    has_zero, has_two_figures = "0" in (first[0], second[0]), len(first) == len(second) == 2
    clock_range = bare_range(to_clock_time(day), to_clock_time(month))
    if not isinstance(clock_range, ClockTime):
        return Date(day, month) if has_zero or has_two_figures else None
    is_long = month <= day < _EARLIEST_EVENING or (has_two_figures and month <= day)
    return replace(clock_range, or_date=Date(day, month)) if has_zero or is_long else None


@RULES.component("Year joined_dash Year")
def two_years(first: int, second: int) -> Vague | None:
    """“sæson 2026-2027”, which is not from 20:26 to 20:27"""
    return Vague() if second == first + 1 else None


@RULES.component("from Figures joined_dash Figures", context=Context.NOT_BEFORE_NOUN)
def from_date(first: str, second: str) -> Vague | None:
    """“fra 03-09”, which begins on 3 September, and has no end"""
    found = range_or_date(first, second)
    return Vague() if isinstance(found, Date) or (found and found.is_date_more_likely) else None


@RULES.component(
    "from [about] BareTime to|until [about] BareTime",
    "between [about] BareTime and [about] BareTime",
    context=Context.NOT_BEFORE_NOUN,
)
@RULES.component("BareTime to BareTime", context=Context.NOT_BESIDE_NOUN)
def bare_range(start: ClockTime | Invalid, end: ClockTime | Invalid) -> MaybeClockTime:
    """“14-16”; “3-0” is how a match ended"""
    if isinstance(start, Invalid) or isinstance(end, Invalid):
        return None
    if end.start <= start.start < _EARLIEST_WITHOUT_CLOCK_WORD:
        return None
    return clock_range(start, end)


@RULES.component(
    "ClockTime|AtHour and !Ordinal BareTime",
    "ClockTime|AtHour and ColonTime",
    "ClockTime|AtHour comma !Ordinal BareTime and BareTime",
    "ClockTime|AtHour comma !Ordinal BareTime comma BareTime and BareTime",
    context=Context.NOT_BEFORE_NOUN,
)
def two_clock_times(*_times: object) -> Invalid:
    """“kl. 9 og 14”: two times, or the time between them"""
    return Invalid("when-two-clock-times")


def _start_in_half_of_end(start: int, end: int) -> ClockTime:
    """Return a range whose start has no “pm”: “2-4pm” begins in the afternoon, “10-2pm” does not."""
    afternoon = start % 720 + 720
    return ClockTime(afternoon if end > 720 and afternoon < end else start, end, is_unambiguous=True)
