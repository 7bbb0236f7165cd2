"""Rules for clock times, and ranges of two. Each docstring has an example in Danish or English."""

from dataclasses import replace

from bot.parsing.when.components import ClockTime, Date, Invalid, Vague
from bot.parsing.when.grammar import Context, RuleSet

RULES = RuleSet()

_MaybeClockTime = ClockTime | Invalid | None

_NO_SUCH_TIME = Invalid("when-no-such-time")

#: Minutes since midnight. "14-16" is a range of clock times, "3-0" is how a match ended.
_EARLIEST_WITHOUT_CLOCK_WORD = 6 * 60

#: An hour. What begins before it seldom lasts past midnight: "12-5" is 12 May, or from 12 to 5.
_EARLIEST_EVENING = 17


def _clock_time(hours: int, minutes: int = 0, *, is_unambiguous: bool = False) -> ClockTime | Invalid:
    is_end_of_day = hours == 24 and minutes == 0
    if minutes > 59 or (hours > 23 and not is_end_of_day):
        return _NO_SUCH_TIME
    return ClockTime(hours * 60 + minutes, is_unambiguous=is_unambiguous)


@RULES.nonterminal("ClockTime", "[about] clock [about] Hour")
def hour(hours: int) -> _MaybeClockTime:
    """“kl. 14”, “kl. 930” → 9:30"""
    return _clock_time(*divmod(hours, 100)) if hours > 99 else _clock_time(hours)


@RULES.nonterminal("ClockTime", "[about] clock Hour NumberWord")
def hour_and_minutes_in_words(hours: int, minutes: int) -> _MaybeClockTime:
    """“klokken fjorten tredive” → 14:30"""
    return _clock_time(hours, minutes) if minutes >= 10 else None


@RULES.nonterminal(
    "ClockTime",
    "[about] [clock|at] [about] ColonTime",
    "[about] clock DottedTime",
    "[about] clock Hhmm",
    "[about] at DottedTime|Hhmm",
)
def time_in_figures(time: tuple[int, int]) -> _MaybeClockTime:
    """“14:00”, “kl. 14.00”, “kl 1400”, “at 14.00”"""
    return _clock_time(*time)


@RULES.nonterminal("ClockTime", "[clock|at] half_to Hour")
def half_to(hours: int) -> _MaybeClockTime:
    """“halv tre” → 2:30"""
    return _clock_time((hours or 24) - 1, 30) if hours <= 24 else _NO_SUCH_TIME


@RULES.nonterminal("ClockTime", "[clock|at] half_past [past] Hour")
def half_past(hours: int) -> _MaybeClockTime:
    """“half past two” → 2:30"""
    return _clock_time(hours, 30)


@RULES.nonterminal("ClockTime", "[clock|at] [Number] quarter past Hour")
def quarter_past(quarters: int | None, hours: int) -> _MaybeClockTime:
    """“kvart over to”, “et kvarter over to” → 2:15"""
    return _clock_time(hours, 15 * (quarters or 1))


@RULES.nonterminal("ClockTime", "[clock|at] [Number] quarter to_hour Hour")
def quarter_to(quarters: int | None, hours: int) -> _MaybeClockTime:
    """“kvart i 12”, “et kvarter i 12” → 11:45"""
    return _minutes_before(15 * (quarters or 1), hours)


@RULES.nonterminal(
    "ClockTime", "[clock|at] Hour minutes past Hour", "[clock|at] NumberWord past Hour", "clock Hour past Hour"
)
def minutes_past(minutes: int, hours: int) -> _MaybeClockTime:
    """“ti minutter over to” → 2:10"""
    return _clock_time(hours, minutes)


@RULES.nonterminal("ClockTime", "[clock|at] Hour minutes to_hour Hour")
@RULES.component("[clock|at] NumberWord to_hour NumberWord", "clock Hour to_hour Hour", context=Context.NOT_BEFORE_NOUN)
def minutes_to(minutes: int, hours: int) -> _MaybeClockTime:
    """“ti minutter i tre” → 2:50; not the beginning of “ti i tre timer” (ten for three hours)"""
    return _minutes_before(minutes, hours) if minutes % 5 == 0 and minutes <= 30 else None


@RULES.nonterminal("ClockTime", "[clock|at] Hour minutes past half_to Hour", "[clock|at] NumberWord past half_to Hour")
def minutes_past_half(minutes: int, hours: int) -> _MaybeClockTime:
    """“fem minutter over halv tre” → 2:35"""
    return _clock_time((hours or 24) - 1, 30 + minutes) if minutes < 30 else None


@RULES.nonterminal(
    "ClockTime", "[clock|at] Hour minutes to_hour half_to Hour", "[clock|at] NumberWord to_hour half_to Hour"
)
def minutes_to_half(minutes: int, hours: int) -> _MaybeClockTime:
    """“fem i halv tre” → 2:25"""
    return _clock_time((hours or 24) - 1, 30 - minutes) if minutes < 30 else None


@RULES.nonterminal("ClockTime", "[about] Hour dash hourish", "[about] Hour hourish")
def about_hour(hours: int) -> _MaybeClockTime:
    """“ved 14-tiden” → 14:00"""
    return _clock_time(hours)


@RULES.nonterminal("ClockTime", "[about] [clock|at] Hour oclock")
def oclock(hours: int) -> _MaybeClockTime:
    """“2 o'clock”"""
    return _clock_time(hours)


@RULES.nonterminal("ClockTime", "[clock|at|about] noon")
def noon() -> _MaybeClockTime:
    """“noon”"""
    return ClockTime(12 * 60, is_unambiguous=True)


@RULES.nonterminal("ClockTime", "[clock|at|about] midnight")
def midnight() -> _MaybeClockTime:
    """“midnat” → 24:00, the end of the day that is named"""
    return ClockTime(24 * 60, is_unambiguous=True)


@RULES.nonterminal("MeridiemTime", "[about] [clock|at] [about] Hour Meridiem")
def meridiem_hour(hours: int, hours_to_add: int) -> _MaybeClockTime:
    """“2pm” → 14:00"""
    return meridiem_time((hours, 0), hours_to_add)


@RULES.nonterminal("MeridiemTime", "[about] [clock|at] [about] ColonTime|DottedTime Meridiem")
def meridiem_time(time: tuple[int, int], hours_to_add: int) -> _MaybeClockTime:
    """“2:30 pm” → 14:30"""
    hours, minutes = time
    return _clock_time(hours % 12 + hours_to_add, minutes, is_unambiguous=True) if 1 <= hours <= 12 else _NO_SUCH_TIME


@RULES.nonterminal("ClockTime", "[clock|at] NumberWord to_hour MeridiemTime")
def minutes_to_meridiem(minutes: int, time: ClockTime | Invalid) -> _MaybeClockTime:
    """“five to three pm” → 14:55"""
    if isinstance(time, Invalid):
        return time
    return ClockTime(time.start - minutes, is_unambiguous=True) if time.start else None


@RULES.nonterminal("ClockTime", "[clock|at] half_past past MeridiemTime", "[clock|at] half_past MeridiemTime")
def half_past_meridiem(time: ClockTime | Invalid) -> _MaybeClockTime:
    """“half past two pm” → 14:30"""
    return minutes_past_meridiem(30, time)


@RULES.nonterminal("ClockTime", "[clock|at] [Number] quarter past MeridiemTime")
def quarter_past_meridiem(quarters: int | None, time: ClockTime | Invalid) -> _MaybeClockTime:
    """“quarter past two pm” → 14:15"""
    return minutes_past_meridiem(15 * (quarters or 1), time)


@RULES.nonterminal("ClockTime", "[clock|at] [Number] quarter to_hour MeridiemTime")
def quarter_to_meridiem(quarters: int | None, time: ClockTime | Invalid) -> _MaybeClockTime:
    """“quarter to three pm” → 14:45"""
    return minutes_to_meridiem(15 * (quarters or 1), time)


@RULES.nonterminal("ClockTime", "[clock|at] NumberWord past MeridiemTime", "[clock|at] Hour minutes past MeridiemTime")
def minutes_past_meridiem(minutes: int, time: ClockTime | Invalid) -> _MaybeClockTime:
    """“ten past two pm” → 14:10"""
    return time if isinstance(time, Invalid) else ClockTime(time.start + minutes, is_unambiguous=True)


@RULES.nonterminal("ClockTime", "MeridiemTime")
@RULES.component("ClockTime")
def clock_time(time: _MaybeClockTime) -> _MaybeClockTime:
    """“2pm”, “kl. 14”"""
    return time


@RULES.component("ClockTime TimeZone")
def time_of_zone(time: ClockTime | Invalid, utc_offset: int) -> _MaybeClockTime:
    """“kl. 16 CET”"""
    return time if isinstance(time, Invalid) else replace(time, utc_offset=utc_offset)


@RULES.component("Hour TimeZone")
def hour_of_zone(hours: int, utc_offset: int) -> _MaybeClockTime:
    """“16 CET”"""
    return time_of_zone(_clock_time(hours), utc_offset)


@RULES.nonterminal("BareTime", "Hour !Month|Unit")
def bare_hour(hours: int) -> _MaybeClockTime:
    """The 16 of “kl. 14-16”."""
    return _clock_time(hours) if hours <= 99 else None


@RULES.nonterminal("BareTime", "DottedTime|Hhmm")
def bare_time_in_figures(time: tuple[int, int]) -> _MaybeClockTime:
    """The 16.30 of “kl. 14-16.30”."""
    return _clock_time(*time)


@RULES.nonterminal("AtHour", "at Hour")
def at_hour(hours: int) -> _MaybeClockTime:
    """The “at 14” of “at 14 until 16”."""
    return _clock_time(hours) if hours <= 24 else None


@RULES.component(
    "[from] ClockTime to|until [about] ClockTime",
    "between ClockTime and ClockTime",
    "[from] ClockTime to joined_dash ClockTime",
)
def clock_range(start: ClockTime | Invalid, end: ClockTime | Invalid) -> _MaybeClockTime:
    """“fra kl. 14 til kl. 16”"""
    if isinstance(start, Invalid) or isinstance(end, Invalid):
        return _NO_SUCH_TIME
    return ClockTime(start.start, end.start, is_unambiguous=start.is_unambiguous or end.is_unambiguous)


@RULES.component(
    "[from] ClockTime joined_dash BareTime",
    "between ClockTime and BareTime",
    "between BareTime and ClockTime",
    "from BareTime to|until ClockTime",
)
@RULES.component("[from] ClockTime|AtHour to|until [about] BareTime", context=Context.NOT_BEFORE_NOUN)
@RULES.component("BareTime to ClockTime", context=Context.NOT_BESIDE_NOUN)
def clock_range_with_one_clock_word(start: ClockTime | Invalid, end: ClockTime | Invalid) -> _MaybeClockTime:
    """“kl. 14-16”, “2-4pm”"""
    if isinstance(start, ClockTime) and isinstance(end, ClockTime) and end.is_unambiguous and not start.is_unambiguous:
        return _start_in_half_of_end(start.start, end.start)
    return clock_range(start, end)


@RULES.component("[from] ClockTime to|until [about] BareTime")
def clock_range_forwards(start: ClockTime | Invalid, end: ClockTime | Invalid) -> _MaybeClockTime:
    """“kl. 14 til 16”, whatever stands behind it, where the end is later than the start"""
    is_forwards = isinstance(start, ClockTime) and isinstance(end, ClockTime) and start.start < end.start
    return clock_range(start, end) if is_forwards else None


@RULES.component("Figures joined_dash Figures", context=Context.NOT_BESIDE_NOUN)
def range_or_date(first: str, second: str) -> ClockTime | Date | None:
    """“08-12” → a range, or 8 December; “8-12” is a range only, and so is “10-12”"""
    day, month = int(first), int(second)
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    has_zero, has_two_figures = "0" in (first[0], second[0]), len(first) == len(second) == 2
    clock_range = bare_range(_clock_time(day), _clock_time(month))
    if not isinstance(clock_range, ClockTime):
        return Date(day, month) if has_zero or has_two_figures else None
    is_long = month <= day < _EARLIEST_EVENING or (has_two_figures and month <= day)
    return replace(clock_range, or_date=Date(day, month)) if has_zero or is_long else None


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
def bare_range(start: ClockTime | Invalid, end: ClockTime | Invalid) -> _MaybeClockTime:
    """“14-16”; “3-0” is how a match ended"""
    if isinstance(start, Invalid) or isinstance(end, Invalid):
        return None
    if end.start <= start.start < _EARLIEST_WITHOUT_CLOCK_WORD:
        return None
    return clock_range(start, end)


@RULES.component(
    "ClockTime|AtHour and !Ordinal BareTime", "ClockTime|AtHour and ColonTime", context=Context.NOT_BEFORE_NOUN
)
def two_clock_times(*_times: object) -> Invalid:
    """“kl. 9 og 14”: two times, or the time between them"""
    return Invalid("when-two-clock-times")


@RULES.component("DottedTime", context=Context.BESIDE_TIME_NOT_BEFORE_NOUN)
@RULES.component("Hhmm", context=Context.AFTER_DAY)
def time_in_figures_beside_day(time: tuple[int, int]) -> _MaybeClockTime:
    """“fredag 14.00”"""
    return _clock_time(*time)


@RULES.component("DottedTime", context=Context.EDGE_OF_TIME_PHRASE)
def time_in_figures_alone(time: tuple[int, int]) -> _MaybeClockTime:
    """“14.30”; “12.10” may as well be a date, and is none of both"""
    return None if 1 <= time[1] <= 12 else _clock_time(*time)


@RULES.component(
    "!Ordinal Hour",
    "from [about] !Ordinal Hour !to|until|through|dash|and|Month|Unit|Meridiem",
    context=Context.AFTER_DAY,
)
def hour_after_day(hours: int) -> _MaybeClockTime:
    """“fredag 14”, “fredag fra 14”"""
    return _clock_time(hours) if 6 <= hours <= 23 else None


@RULES.component("Hour", context=Context.AFTER_LIMIT)
@RULES.component("Hour", context=Context.AFTER_OR)
@RULES.component("Hour", context=Context.BEFORE_PART_OF_DAY)
@RULES.component("at Hour", context=Context.NOT_BEFORE_NOUN)
def bare_hour_in_context(hours: int) -> _MaybeClockTime:
    """The 14 of “efter 14”, the 8 of “8 om aftenen”."""
    return _clock_time(hours) if hours <= 24 else None


@RULES.component("DottedTime|Hhmm", context=Context.AFTER_LIMIT)
@RULES.component("DottedTime|Hhmm", context=Context.AFTER_OR)
def bare_time_in_context(time: tuple[int, int]) -> _MaybeClockTime:
    """The 14.30 of “efter 14.30”."""
    return _clock_time(*time)


def _minutes_before(minutes: int, hours: int) -> _MaybeClockTime:
    if hours > 24 or minutes > 59:
        return _NO_SUCH_TIME
    return ClockTime((hours or 24) * 60 - minutes)


def _start_in_half_of_end(start: int, end: int) -> ClockTime:
    """Return a range whose start has no “pm”: “2-4pm” begins in the afternoon, “10-2pm” does not."""
    afternoon = start % 720 + 720
    return ClockTime(afternoon if end > 720 and afternoon < end else start, end, is_unambiguous=True)
