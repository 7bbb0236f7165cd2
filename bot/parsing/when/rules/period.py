"""Rules for weeks, weekends, months and their ends, and for words too vague to be a time.

Each docstring has an example in Danish or English.
"""

from typing import Literal

from bot.parsing.when.components import (
    Date,
    DateRange,
    EndOf,
    Invalid,
    Month,
    NthWeek,
    PartOfMonth,
    Period,
    Quarter,
    RestOfPeriod,
    Vague,
    Weekend,
    Weeks,
    WholeYear,
    Year,
)
from bot.parsing.when.grammar import Context, RuleSet
from bot.parsing.when.rules.day import date_with_dash

RULES = RuleSet()

_NO_SUCH_WEEK = Invalid("when-no-such-week")


def _weeks(numbers: tuple[int, ...], year: Year | None, *, is_range: bool = False) -> Weeks | Invalid:
    return Weeks(numbers, is_range, year) if all(1 <= number <= 53 for number in numbers) else _NO_SUCH_WEEK


@RULES.nonterminal("Period", "[in] week Digits [YearPhrase]")
def week(number: int, year: Year | None) -> Weeks | Invalid:
    """“i uge 25” (in week 25)"""
    return _weeks((number,), year)


@RULES.component("[in] week Digits or [in] [week] Digits")
def one_of_two_weeks(_first: int, _second: int) -> Vague:
    """“uge 26 eller 27” (week 26 or 27)"""
    return Vague()


@RULES.nonterminal("Period", "[in] week Digits and [week] Digits [YearPhrase]")
def two_weeks(first: int, second: int, year: Year | None) -> Weeks | Invalid:
    """“uge 28 og 29”"""
    return _weeks((first, second), year)


@RULES.nonterminal("Period", "[in] week Digits comma|and [week] Digits comma|and [week] Digits [YearPhrase]")
def three_weeks(first: int, second: int, third: int, year: Year | None) -> Weeks | Invalid:
    """“uge 28, 29 og 30”, “uge 28+29+30”"""
    return _weeks((first, second, third), year)


@RULES.nonterminal(
    "Period", "[in] week Digits comma|and [week] Digits comma|and [week] Digits comma|and [week] Digits [YearPhrase]"
)
def four_weeks(first: int, second: int, third: int, fourth: int, year: Year | None) -> Weeks | Invalid:
    """“uge 28, 29, 30 og 32”"""
    return _weeks((first, second, third, fourth), year)


@RULES.nonterminal(
    "Period",
    "[from] [in] week Digits to|through [week] Digits [YearPhrase]",
    "between week Digits and [week] Digits [YearPhrase]",
)
def week_range(first: int, last: int, year: Year | None) -> Weeks | Invalid:
    """“uge 28-30”; it may go over New Year, but not be longer than half a year"""
    if (last - first) % 52 > 26:
        return _NO_SUCH_WEEK
    return _weeks((first, last), year, is_range=True)


@RULES.nonterminal("Period", "[in] week SlashPair")
def weeks_with_slash(numbers: tuple[int, int]) -> Weeks | Invalid | None:
    """“uge 28/29”"""
    return _weeks(numbers, None) if numbers[1] == numbers[0] + 1 else None


@RULES.nonterminal("Period", "[in] week WeekChain [YearPhrase]")
def week_chain(numbers: tuple[int, ...], year: Year | None) -> Weeks | Invalid:
    """“uge 42-43-44”"""
    return _weeks(numbers, year)


@RULES.nonterminal("Period", "[in] [the] OrdinalInMonth week in|of MonthPhrase")
def nth_week(ordinal: int, month: Month) -> NthWeek:
    """“første uge i oktober” (the first week of October)"""
    return NthWeek(ordinal, month)


@RULES.nonterminal(
    "Period",
    "[from] [on] [the] DayNumber to|through|until [the] DayNumber [of] Month [YearPhrase]",
    "between [the] DayNumber and [the] DayNumber [of] Month [YearPhrase]",
)
def days_of_month(first: int, last: int, month: int, year: Year | None) -> DateRange:
    """“12.-14. juni”"""
    return DateRange(first, Date(last, month, year))


@RULES.nonterminal("Period", "[from] [on] MonthBeforeDay DayNumber to|through DayNumber [YearPhrase]")
def days_after_month(month: int, first: int, last: int, year: Year | None) -> DateRange:
    """“june 12-14”"""
    return DateRange(first, Date(last, month, year))


@RULES.nonterminal(
    "Period",
    "[from] [on] [the] DayNumber to|through [the] SlashPair|DottedDate [YearPhrase]",
    "[from] [on] [the] Ordinal to|through [the] DottedShort|DottedPair [YearPhrase]",
)
def days_in_figures(first: int, last: tuple[int, int], year: Year | None) -> DateRange:
    """“15.-17/6”"""
    return DateRange(first, Date(*last, year))


@RULES.nonterminal(
    "Period", "[from] [the] Figures joined_dash Figures to|through|until [the] Figures joined_dash Figures"
)
def dates_with_dashes(first: str, first_month: str, last: str, last_month: str) -> DateRange | None:
    """“01-04 til 30-09”"""
    dates = date_with_dash(first, first_month), date_with_dash(last, last_month)
    return DateRange(dates[0], dates[1]) if dates[0] and dates[1] else None


@RULES.nonterminal("Period", "[in] this week")
def this_week() -> Weeks:
    """“i denne uge” (this week)"""
    return Weeks()


@RULES.nonterminal("Period", "[in] [the] next week")
def next_week() -> Weeks:
    """“i næste uge” (next week)"""
    return Weeks(weeks_ahead=1)


@RULES.nonterminal("Period", "[in] last week")
def last_week() -> Weeks:
    """“i sidste uge” (last week)"""
    return Weeks(weeks_ahead=-1)


@RULES.nonterminal(
    "Period",
    "[in] MonthName [month] YearPhrase",
    "in [whole] MonthName [month] [YearPhrase]",
    "whole MonthName [month] [YearPhrase]",
    "MonthName month [YearPhrase]",
)
@RULES.component("MonthName", context=Context.EDGE_OF_TIME_PHRASE)
@RULES.component("MonthName", context=Context.AFTER_BOUND)
def month(number: int, year: Year | None = None) -> Month:
    """“i juli”, “hele juli” (all of July)"""
    return Month(number, year=year)


@RULES.nonterminal("Period", "[in] [the] next MonthName")
def next_month_of_name(number: int) -> Month:
    """“næste marts” (next March)"""
    return Month(number, is_next=True)


@RULES.nonterminal("Period", "PartOfMonth [of|in] MonthPhrase")
def part_of_month(part: Literal["first", "middle", "last"], month: Month) -> PartOfMonth:
    """“primo august”"""
    return PartOfMonth(part, month)


@RULES.nonterminal("Period", "[in] [the] Ordinal quarter_of_year [YearPhrase]")
def quarter(number: int, year: Year | None) -> Quarter | None:
    """“3. kvartal 2027”"""
    return Quarter(number, year=year) if 1 <= number <= 4 else None


@RULES.nonterminal("Period", "[in] this quarter_of_year")
def this_quarter() -> Quarter:
    """“dette kvartal” (this quarter)"""
    return Quarter()


@RULES.nonterminal("Period", "[in] [the] next quarter_of_year")
def next_quarter() -> Quarter:
    """“næste kvartal” (next quarter)"""
    return Quarter(quarters_ahead=1)


@RULES.nonterminal("Period", "[in] last quarter_of_year")
def last_quarter() -> Quarter:
    """“sidste kvartal” (last quarter)"""
    return Quarter(quarters_ahead=-1)


@RULES.nonterminal("Period", "[in] last month")
def last_month() -> Month:
    """“sidste måned” (last month)"""
    return Month(months_ahead=-1)


@RULES.component("NamedYear", context=Context.EDGE_OF_TIME_PHRASE)
def whole_year(year: Year) -> WholeYear:
    """“næste år” (next year), as an answer and nothing else"""
    return WholeYear(year)


@RULES.component("last year", context=Context.EDGE_OF_TIME_PHRASE)
def last_year() -> WholeYear:
    """“sidste år” (last year), as an answer and nothing else"""
    return WholeYear(Year(years_ahead=-1))


@RULES.nonterminal("Period", "[in] this month")
def this_month() -> Month:
    """“i denne måned” (this month)"""
    return Month()


@RULES.nonterminal("Period", "[in] [the] next month")
def next_month() -> Month:
    """“i næste måned” (next month)"""
    return Month(months_ahead=1)


@RULES.component("[in|on] [the] [this|coming] weekend")
def this_weekend() -> Weekend:
    """“i weekenden” (at the weekend)"""
    return Weekend()


@RULES.component("[in|on] last weekend")
def last_weekend() -> Weekend:
    """“sidste weekend” (last weekend)"""
    return Weekend(-1)


@RULES.component("[in|on] [the] next weekend")
def next_weekend() -> Weekend:
    """“næste weekend”"""
    return Weekend(1)


@RULES.component("[on] end_of Period", "[on] end_of MonthName")
def end_of(period: Period | int) -> EndOf | None:
    """“udgangen af uge 30”, “the end of July”"""
    period = Month(period) if isinstance(period, int) else period
    return None if isinstance(period, EndOf) else EndOf(period)


@RULES.component("[on] end_of the_week", "[on] end_of_the_week")
def end_of_the_week() -> EndOf:
    """“ugens udgang” (the end of the week)"""
    return EndOf(Weeks())


@RULES.component("[on] end_of the_month", "[on] end_of_the_month")
def end_of_the_month() -> EndOf:
    """“månedens udgang” (the end of the month)"""
    return EndOf(Month())


@RULES.component("[on] end_of the_year", "[on] end_of_the_year")
def end_of_the_year() -> EndOf:
    """“årets udgang” (the end of the year)"""
    return EndOf(WholeYear(Year()))


@RULES.component("[in] [for] rest_of the_week|week")
def rest_of_the_week() -> RestOfPeriod:
    """“resten af ugen” (the rest of the week)"""
    return RestOfPeriod(Weeks())


@RULES.component("[in] [for] rest_of the_month|month")
def rest_of_the_month() -> RestOfPeriod:
    """“resten af måneden” (the rest of the month)"""
    return RestOfPeriod(Month())


@RULES.component("[in] [for] rest_of the_year|year")
def rest_of_the_year() -> RestOfPeriod:
    """“resten af året” (the rest of the year)"""
    return RestOfPeriod(WholeYear(Year()))


@RULES.component("[during] Period")
def any_period(period: Period) -> Period:
    """Any of these periods by itself."""
    return period


@RULES.component("[during] the_week")
def during_the_week() -> Vague:
    """“i løbet af ugen” (during the week)"""
    return Vague()


@RULES.component(
    "[in|before|prior|until|after|by|from|to|except|during|on] [the] vague [of]",
    "in|before|prior|until|after|by|from|to|except|during|on|next|this|last|the|every [the] vague_noun",
)
def vague() -> Vague:
    """“i ferien” (in the holidays), “før jul” (before Christmas)"""
    return Vague()
