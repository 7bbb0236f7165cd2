"""How weeks, weekends and months are said, and what is too vague to be a time."""

from bot.parsing.when.components import (
    CurrentYear,
    Date,
    DateRange,
    EndOf,
    Invalid,
    Month,
    Period,
    RestOfPeriod,
    Vague,
    Weekend,
    Weeks,
    Year,
)
from bot.parsing.when.rules.grammar import says


def _weeks(numbers: tuple[int, ...], said: Year | None, *, through: bool = False) -> Weeks | Invalid:
    return (
        Weeks(numbers, through, said) if all(1 <= number <= 53 for number in numbers) else Invalid("when-no-such-week")
    )


@says("Period", "[in] week Digits [YearSaid]")
def week(number: int, said: Year | None) -> Weeks | Invalid:
    """i uge 25"""
    return _weeks((number,), said)


@says("Piece", "[in] week Digits or [in] [week] Digits")
def one_of_two_weeks(first: int, second: int) -> Vague:
    """uge 26 eller 27"""
    return Vague()


@says("Period", "[in] week Digits and [week] Digits [YearSaid]")
def two_weeks(first: int, second: int, said: Year | None) -> Weeks | Invalid:
    """uge 28 og 29"""
    return _weeks((first, second), said)


@says("Period", "[in] week Digits comma [week] Digits and [week] Digits [YearSaid]")
def three_weeks(first: int, second: int, third: int, said: Year | None) -> Weeks | Invalid:
    """uge 28, 29 og 30"""
    return _weeks((first, second, third), said)


@says(
    "Period",
    "[from] [in] week Digits to|through [week] Digits [YearSaid]",
    "between week Digits and [week] Digits [YearSaid]",
)
def weeks_through(first: int, last: int, said: Year | None) -> Weeks | Invalid:
    """uge 28-30"""
    if (last - first) % 52 > 26:
        return Invalid("when-no-such-week")
    return _weeks((first, last), said, through=True)


@says("Period", "[in] week Slash")
def weeks_slash(numbers: tuple[int, int]) -> Weeks | Invalid | None:
    """uge 28/29"""
    return _weeks(numbers, None) if numbers[1] == numbers[0] + 1 else None


@says(
    "Period",
    "[from] [on] [the] DayNumber to|through|until [the] DayNumber [of] Month [YearSaid]",
    "between [the] DayNumber and [the] DayNumber [of] Month [YearSaid]",
)
def days_of_month(first: int, last: int, month: int, said: Year | None) -> DateRange:
    """12.-14. juni"""
    return DateRange(first, Date(last, month, said))


@says("Period", "[from] [on] MonthFirst DayNumber to|through DayNumber [YearSaid]")
def days_month_first(month: int, first: int, last: int, said: Year | None) -> DateRange:
    """june 12-14"""
    return DateRange(first, Date(last, month, said))


@says(
    "Period",
    "[from] [on] [the] DayNumber to|through [the] Slash|Dotdate [YearSaid]",
    "[from] [on] [the] Ordinal to|through [the] DottedShort|DottedDate [YearSaid]",
)
def days_in_figures(first: int, last: tuple[int, int], said: Year | None) -> DateRange:
    """15.-17/6"""
    return DateRange(first, Date(*last, said))


@says("Period", "[in] this week")
def this_week() -> Weeks:
    """i denne uge"""
    return Weeks()


@says("Period", "[in] [the] next week")
def next_week() -> Weeks:
    """i næste uge"""
    return Weeks(weeks_ahead=1)


@says("Period", "[in] last week")
def last_week() -> Weeks:
    """i sidste uge"""
    return Weeks(weeks_ahead=-1)


@says(
    "Period",
    "[in] MonthName [month] YearSaid",
    "in [whole] MonthName [month] [YearSaid]",
    "whole MonthName [month] [YearSaid]",
    "MonthName month [YearSaid]",
)
@says("IfAlone", "MonthName")
@says("IfAfterBound", "MonthName")
def month(number: int, said: Year | None = None) -> Month:
    """i juli"""
    return Month(number, year=said)


@says("Period", "[in] this month")
def this_month() -> Month:
    """i denne måned"""
    return Month()


@says("Period", "[in] [the] next month")
def next_month() -> Month:
    """i næste måned"""
    return Month(months_ahead=1)


@says("Piece", "[in|on] [the] [this|coming] weekend")
def this_weekend() -> Weekend:
    """i weekenden"""
    return Weekend()


@says("Piece", "[in|on] [the] next weekend")
def next_weekend() -> Weekend:
    """næste weekend"""
    return Weekend(1)


@says("Piece", "[on] end_of Period", "[on] end_of MonthName")
def end_of(period: Period | int) -> EndOf | None:
    """udgangen af uge 30"""
    period = Month(period) if isinstance(period, int) else period
    return None if isinstance(period, EndOf) else EndOf(period)


@says("Piece", "[on] end_of the_week", "[on] end_of_the_week")
def end_of_the_week() -> EndOf:
    """ugens udgang"""
    return EndOf(Weeks())


@says("Piece", "[on] end_of the_month", "[on] end_of_the_month")
def end_of_the_month() -> EndOf:
    """månedens udgang"""
    return EndOf(Month())


@says("Piece", "[on] end_of the_year", "[on] end_of_the_year")
def end_of_the_year() -> EndOf:
    """årets udgang"""
    return EndOf(CurrentYear())


@says("Piece", "[in] [for] rest_of the_week|week")
def rest_of_the_week() -> RestOfPeriod:
    """resten af ugen"""
    return RestOfPeriod(Weeks())


@says("Piece", "[in] [for] rest_of the_month|month")
def rest_of_the_month() -> RestOfPeriod:
    """resten af måneden"""
    return RestOfPeriod(Month())


@says("Piece", "[in] [for] rest_of the_year|year")
def rest_of_the_year() -> RestOfPeriod:
    """resten af året"""
    return RestOfPeriod(CurrentYear())


@says("Piece", "[during] the_week")
def the_week() -> Vague:
    """i løbet af ugen"""
    return Vague()


@says(
    "Piece",
    "[in|before|prior|until|after|by|from|to|except|during|on] [the] vague [of]",
    "in|before|prior|until|after|by|from|to|except|during|on|next|this|last|the|every [the] vague_noun",
)
def vague() -> Vague:
    """i ferien"""
    return Vague()


@says("Piece", "[during] Period")
def period(said: Period) -> Period:
    """any of these"""
    return said
