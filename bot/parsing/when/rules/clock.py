"""Rules for clock times. Each docstring has an example in Danish or English."""

from dataclasses import replace

from bot.parsing.when.clock_time import ClockTime
from bot.parsing.when.components import Invalid
from bot.parsing.when.grammar import Context, RuleSet

RULES = RuleSet()

MaybeClockTime = ClockTime | Invalid | None

_CENTURY = 2000
NO_SUCH_TIME = Invalid("when-no-such-time")


def to_clock_time(hours: int, minutes: int = 0, *, is_unambiguous: bool = False) -> ClockTime | Invalid:
    """Return a clock time, or an error for "kl. 25"."""
    is_end_of_day = hours == 24 and minutes == 0
    if minutes > 59 or (hours > 23 and not is_end_of_day):
        return NO_SUCH_TIME
    return ClockTime(hours * 60 + minutes, is_unambiguous=is_unambiguous)


@RULES.nonterminal("ClockTime", "[about] clock [about] Hour")
def hour(hours: int) -> MaybeClockTime:
    """“kl. 14”, “kl. 930” → 9:30"""
    return to_clock_time(*divmod(hours, 100)) if hours > 99 else to_clock_time(hours)


@RULES.nonterminal("ClockTime", "[about] clock Hour NumberWord")
def hour_and_minutes_in_words(hours: int, minutes: int) -> MaybeClockTime:
    """“klokken fjorten tredive” → 14:30"""
    return to_clock_time(hours, minutes) if minutes >= 10 else None


@RULES.nonterminal(
    "ClockTime",
    "[about] [clock|at] [about] ColonTime",
    "[about] clock DottedTime",
    "[about] clock Hhmm",
    "[about] at DottedTime|Hhmm",
)
def time_in_figures(time: tuple[int, int]) -> MaybeClockTime:
    """“14:00”, “kl. 14.00”, “kl 1400”, “at 14.00”"""
    return to_clock_time(*time)


@RULES.nonterminal("ClockTime", "[clock|at] half_to Hour")
def half_to(hours: int) -> MaybeClockTime:
    """“halv tre” → 2:30"""
    return to_clock_time((hours or 24) - 1, 30) if hours <= 24 else NO_SUCH_TIME


@RULES.nonterminal("ClockTime", "[clock|at] half_past [past] Hour")
def half_past(hours: int) -> MaybeClockTime:
    """“half past two” → 2:30"""
    return to_clock_time(hours, 30)


@RULES.nonterminal("ClockTime", "[clock|at] [Number] quarter past Hour")
def quarter_past(quarters: int | None, hours: int) -> MaybeClockTime:
    """“kvart over to”, “et kvarter over to” → 2:15"""
    return to_clock_time(hours, 15 * (quarters or 1))


@RULES.nonterminal("ClockTime", "[clock|at] [Number] quarter to_hour Hour")
def quarter_to(quarters: int | None, hours: int) -> MaybeClockTime:
    """“kvart i 12”, “et kvarter i 12” → 11:45"""
    return _minutes_before(15 * (quarters or 1), hours)


@RULES.nonterminal(
    "ClockTime", "[clock|at] Hour minutes past Hour", "[clock|at] NumberWord past Hour", "clock Hour past Hour"
)
def minutes_past(minutes: int, hours: int) -> MaybeClockTime:
    """“ti minutter over to” → 2:10"""
    return to_clock_time(hours, minutes)


@RULES.nonterminal("ClockTime", "[clock|at] Hour minutes to_hour Hour")
@RULES.component("[clock|at] NumberWord to_hour NumberWord", "clock Hour to_hour Hour", context=Context.NOT_BEFORE_NOUN)
def minutes_to(minutes: int, hours: int) -> MaybeClockTime:
    """“ti minutter i tre” → 2:50; not the beginning of “ti i tre timer” (ten for three hours)"""
    return _minutes_before(minutes, hours) if minutes % 5 == 0 and minutes <= 30 else None


@RULES.nonterminal("ClockTime", "[clock|at] Hour minutes past half_to Hour", "[clock|at] NumberWord past half_to Hour")
def minutes_past_half(minutes: int, hours: int) -> MaybeClockTime:
    """“fem minutter over halv tre” → 2:35"""
    return to_clock_time((hours or 24) - 1, 30 + minutes) if minutes < 30 else None


@RULES.nonterminal(
    "ClockTime", "[clock|at] Hour minutes to_hour half_to Hour", "[clock|at] NumberWord to_hour half_to Hour"
)
def minutes_to_half(minutes: int, hours: int) -> MaybeClockTime:
    """“fem i halv tre” → 2:25"""
    return to_clock_time((hours or 24) - 1, 30 - minutes) if minutes < 30 else None


@RULES.nonterminal("ClockTime", "[about] Hour dash hourish", "[about] Hour hourish")
def about_hour(hours: int) -> MaybeClockTime:
    """“ved 14-tiden” → 14:00"""
    return to_clock_time(hours)


@RULES.nonterminal("ClockTime", "[about] [clock|at] Hour oclock")
def oclock(hours: int) -> MaybeClockTime:
    """“2 o'clock”"""
    return to_clock_time(hours)


@RULES.nonterminal("ClockTime", "[clock|at|about] noon")
def noon() -> MaybeClockTime:
    """“noon”"""
    return ClockTime(12 * 60, is_unambiguous=True)


@RULES.nonterminal("ClockTime", "[clock|at|about] midnight")
def midnight() -> MaybeClockTime:
    """“midnat” → 24:00, the end of the day that is named"""
    return ClockTime(24 * 60, is_unambiguous=True)


@RULES.nonterminal("MeridiemTime", "[about] [clock|at] [about] Hour Meridiem")
def meridiem_hour(hours: int, hours_to_add: int) -> MaybeClockTime:
    """“2pm” → 14:00"""
    return meridiem_time((hours, 0), hours_to_add)


@RULES.nonterminal("MeridiemTime", "[about] [clock|at] [about] ColonTime|DottedTime Meridiem")
def meridiem_time(time: tuple[int, int], hours_to_add: int) -> MaybeClockTime:
    """“2:30 pm” → 14:30"""
    hours, minutes = time
    return to_clock_time(hours % 12 + hours_to_add, minutes, is_unambiguous=True) if 1 <= hours <= 12 else NO_SUCH_TIME


@RULES.nonterminal("ClockTime", "[clock|at] NumberWord to_hour MeridiemTime")
def minutes_to_meridiem(minutes: int, time: ClockTime | Invalid) -> MaybeClockTime:
    """“five to three pm” → 14:55"""
    if isinstance(time, Invalid):
        return time
    return ClockTime(time.start - minutes, is_unambiguous=True) if time.start else None


@RULES.nonterminal("ClockTime", "[clock|at] half_past past MeridiemTime", "[clock|at] half_past MeridiemTime")
def half_past_meridiem(time: ClockTime | Invalid) -> MaybeClockTime:
    """“half past two pm” → 14:30"""
    return minutes_past_meridiem(30, time)


@RULES.nonterminal("ClockTime", "[clock|at] [Number] quarter past MeridiemTime")
def quarter_past_meridiem(quarters: int | None, time: ClockTime | Invalid) -> MaybeClockTime:
    """“quarter past two pm” → 14:15"""
    return minutes_past_meridiem(15 * (quarters or 1), time)


@RULES.nonterminal("ClockTime", "[clock|at] [Number] quarter to_hour MeridiemTime")
def quarter_to_meridiem(quarters: int | None, time: ClockTime | Invalid) -> MaybeClockTime:
    """“quarter to three pm” → 14:45"""
    return minutes_to_meridiem(15 * (quarters or 1), time)


@RULES.nonterminal("ClockTime", "[clock|at] NumberWord past MeridiemTime", "[clock|at] Hour minutes past MeridiemTime")
def minutes_past_meridiem(minutes: int, time: ClockTime | Invalid) -> MaybeClockTime:
    """“ten past two pm” → 14:10"""
    return time if isinstance(time, Invalid) else ClockTime(time.start + minutes, is_unambiguous=True)


@RULES.nonterminal("ClockTime", "MeridiemTime")
@RULES.component("ClockTime")
def clock_time(time: MaybeClockTime) -> MaybeClockTime:
    """“2pm”, “kl. 14”"""
    return time


@RULES.component("ClockTime TimeZone")
def time_of_zone(time: ClockTime | Invalid, utc_offset: int) -> MaybeClockTime:
    """“kl. 16 CET”"""
    return time if isinstance(time, Invalid) else replace(time, utc_offset=utc_offset)


@RULES.component("Hour TimeZone")
def hour_of_zone(hours: int, utc_offset: int) -> MaybeClockTime:
    """“16 CET”"""
    return time_of_zone(to_clock_time(hours), utc_offset)


@RULES.component("DottedTime", context=Context.BESIDE_TIME_NOT_BEFORE_NOUN)
@RULES.component("Hhmm", context=Context.AFTER_DAY)
def time_in_figures_beside_day(time: tuple[int, int]) -> MaybeClockTime:
    """“fredag 14.00”"""
    return to_clock_time(*time)


@RULES.component("DottedTime", context=Context.EDGE_OF_TIME_PHRASE)
def time_in_figures_alone(time: tuple[int, int]) -> MaybeClockTime:
    """“14.30”; “12.10” may as well be a date, and is none of both"""
    return None if 1 <= time[1] <= 12 else to_clock_time(*time)


@RULES.component("Hour hour_sign", context=Context.AFTER_DAY)
@RULES.component("Hour hour_sign", context=Context.EDGE_OF_TIME_PHRASE)
def hour_with_sign(hours: int) -> MaybeClockTime:
    """“15h”; behind anything but a day, “2h” is how long something lasts"""
    return to_clock_time(hours)


@RULES.component(
    "!Ordinal Hour",
    "from [about] !Ordinal Hour !to|until|through|dash|and|Month|Unit|Meridiem",
    context=Context.AFTER_DAY,
)
def hour_after_day(hours: int) -> MaybeClockTime:
    """“fredag 14”, “fredag fra 14”"""
    found = to_clock_time(hours)
    return replace(found, or_year=_CENTURY + hours) if 6 <= hours <= 23 and isinstance(found, ClockTime) else None


@RULES.component("Hour", context=Context.AFTER_LIMIT)
@RULES.component("Hour", context=Context.AFTER_OR)
@RULES.component("Hour", context=Context.BEFORE_PART_OF_DAY)
@RULES.component("at Hour", context=Context.NOT_BEFORE_NOUN)
def bare_hour_in_context(hours: int) -> MaybeClockTime:
    """The 14 of “efter 14”, the 8 of “8 om aftenen”."""
    return to_clock_time(hours) if hours <= 24 else None


@RULES.component("DottedTime|Hhmm", context=Context.AFTER_LIMIT)
@RULES.component("DottedTime|Hhmm", context=Context.AFTER_OR)
def bare_time_in_context(time: tuple[int, int]) -> MaybeClockTime:
    """The 14.30 of “efter 14.30”."""
    return to_clock_time(*time)


def _minutes_before(minutes: int, hours: int) -> MaybeClockTime:
    if hours > 24 or minutes > 59:
        return NO_SUCH_TIME
    return ClockTime((hours or 24) * 60 - minutes)
