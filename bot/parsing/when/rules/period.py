"""Rules for months, quarters and the days of one, for their ends, and for words too vague to be a time.

Each docstring has an example in Danish or English.
"""

from typing import Literal

from bot.parsing.when.components import (
    Date,
    DateRange,
    DaysOfMonth,
    Duration,
    EndOf,
    Invalid,
    Month,
    MonthRange,
    PartOfMonth,
    Period,
    Quarter,
    SchoolHoliday,
    Vague,
    Weeks,
    WholeYear,
    Year,
)
from bot.parsing.when.grammar import Context, RuleSet
from bot.parsing.when.rules.date import date_with_dash
from bot.parsing.when.series_components import RestOfPeriod

RULES = RuleSet()


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


@RULES.nonterminal(
    "Period",
    "[in] MonthName [month] YearPhrase",
    "in [whole] MonthName [month] [YearPhrase]",
    "whole MonthName [month] [YearPhrase]",
    "MonthName month [YearPhrase]",
    "[in] the_month in|of MonthName [YearPhrase]",
)
@RULES.component("MonthName", context=Context.EDGE_OF_TIME_PHRASE)
@RULES.component("MonthName", context=Context.AFTER_BOUND)
def month(number: int, year: Year | None = None) -> Month:
    """“i juli”, “hele juli” (all of July)"""
    return Month(number, year=year)


@RULES.nonterminal("Period", "[in] [whole] MonthName joined_dash MonthName [YearPhrase]")
def month_range(first: int, last: int, year: Year | None) -> MonthRange | None:
    """“juli-august”"""
    return MonthRange(first, last, year) if first != last else None


@RULES.nonterminal("Period", "[in] [whole] MonthName and [in] [whole] MonthName [YearPhrase]")
def two_months(first: int, second: int, year: Year | None) -> MonthRange | None:
    """“i juli og august”"""
    return MonthRange(first, second, year) if first % 12 + 1 == second else None


@RULES.nonterminal("Period", "[in] MonthName comma MonthName and MonthName [YearPhrase]")
def three_months(first: int, second: int, third: int, year: Year | None) -> MonthRange | None:
    """“juni, juli og august”"""
    return (
        MonthRange(first, third, year) if two_months(first, second, None) and two_months(second, third, None) else None
    )


@RULES.nonterminal("Period", "[in] [the] next MonthName")
def next_month_of_name(number: int) -> Month:
    """“næste marts” (next March)"""
    return Month(number, is_next=True)


@RULES.nonterminal("Period", "PartOfMonth [of|in] MonthPhrase")
def part_of_month(part: Literal["first", "middle", "last"], month: Month) -> PartOfMonth:
    """“primo august”"""
    return PartOfMonth(part, month)


@RULES.nonterminal("Period", "[in] [the|them] Ordinal Number Unit in|of MonthPhrase")
def first_days(ordinal: int, count: int, unit: Duration, month: Month) -> DaysOfMonth | None:
    """“de første 3 dage i juli” (the first 3 days of July)"""
    return _days_of_month(count * unit.days, month) if ordinal == 1 else None


@RULES.nonterminal("Period", "[in] [the|them] last Number Unit in|of MonthPhrase")
def last_days(count: int, unit: Duration, month: Month) -> DaysOfMonth | None:
    """“de sidste to uger af august” (the last two weeks of August)"""
    return _days_of_month(-count * unit.days, month)


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


@RULES.nonterminal("Period", "[in] [whole] [the] SchoolHoliday")
def school_holiday(holiday: SchoolHoliday) -> SchoolHoliday:
    """“i efterårsferien” (in the autumn holiday), where the community has said when that is"""
    return holiday


@RULES.component("[in] [the] UnknownSchoolHoliday")
def unknown_school_holiday(name: str) -> Invalid:
    """“i skoleferien” (in the school holidays), where the community has not said when that is"""
    return Invalid("when-no-school-holiday", name)


@RULES.component("[on] end_of Period", "[on] end_of MonthName")
def end_of(period: Period | int) -> EndOf | None:
    """“udgangen af uge 30”, “the end of July”"""
    period = Month(period) if isinstance(period, int) else period
    return None if isinstance(period, EndOf | SchoolHoliday) else EndOf(period)


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


@RULES.component("[for] rest_of the_day|day", "the_day out")
def rest_of_the_day() -> RestOfPeriod:
    """“resten af dagen”, “dagen ud” (the rest of the day)"""
    return RestOfPeriod(None)


@RULES.component("[in] [for] rest_of the_week|week", "the_week out")
def rest_of_the_week() -> RestOfPeriod:
    """“resten af ugen”, “ugen ud” (the rest of the week)"""
    return RestOfPeriod(Weeks())


@RULES.component("[in] [for] rest_of the_month|month", "the_month out")
def rest_of_the_month() -> RestOfPeriod:
    """“resten af måneden” (the rest of the month)"""
    return RestOfPeriod(Month())


@RULES.component("[in] [for] rest_of MonthName", "MonthName out")
def rest_of_month(number: int) -> RestOfPeriod:
    """“resten af juli”, “juli ud” (the rest of July)"""
    return RestOfPeriod(Month(number))


@RULES.component("[in] [for] rest_of the_year|year", "the_year out")
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


def _days_of_month(count: int, month: Month) -> DaysOfMonth | None:
    return DaysOfMonth(count, month) if 1 <= abs(count) <= 28 else None
