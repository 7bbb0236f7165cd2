"""Rules for dates, days counted within a month, and years. Each docstring has an example in Danish or English."""

from bot.parsing.when.components import Date, Month, NthDay, Vague, Year
from bot.parsing.when.grammar import Context, RuleSet

RULES = RuleSet()

_CENTURY = 2000
_FIRST_SHORT_YEAR = 25  # "12. juni 24" may be an hour


@RULES.nonterminal("YearPhrase", "[in] Year", "[comma] Year")
def year(number: int) -> Year:
    """“2027”"""
    return Year(number)


@RULES.nonterminal("NamedYear", "[in] next year")
def next_year() -> Year:
    """“næste år” (next year)"""
    return Year(years_ahead=1)


@RULES.nonterminal("NamedYear", "this_year", "this year")
def this_year() -> Year:
    """“i år” (this year)"""
    return Year()


@RULES.nonterminal("YearPhrase", "NamedYear")
def named_year(in_year: Year) -> Year:
    """“næste år”, as well as “2027”"""
    return in_year


@RULES.nonterminal("DayNumber", "Ordinal|Digits")
def day_number(number: int) -> int:
    """The “12.” of “den 12.”"""
    return number


@RULES.nonterminal("Day", "[on|of] [the] DayNumber [of] Month [YearPhrase]")
def date(number: int, month: int, in_year: Year | None) -> Date:
    """“den 12. juni”, “12 June 2027”"""
    return Date(number, month, in_year)


@RULES.nonterminal("Day", "[on|of] [the] MonthBeforeDay [the] Ordinal [YearPhrase]")
@RULES.component("[on|of] MonthBeforeDay DayNumber [YearPhrase]", context=Context.NOT_BEFORE_NOUN)
def date_after_month(month: int, number: int, in_year: Year | None) -> Date:
    """“june 12th”"""
    return Date(number, month, in_year)


@RULES.nonterminal("Day", "[on] [the] DayNumber [of] Month Digits")
def date_with_short_year(day: int, month: int, short_year: int) -> Date | None:
    """“12. juni 27” → 2027, where the number can be no hour"""
    return Date(day, month, Year(_CENTURY + short_year)) if _FIRST_SHORT_YEAR <= short_year <= 99 else None


@RULES.nonterminal(
    "Day",
    "[on] the SlashPair|DottedPair|DottedDate [YearPhrase]",
    "on SlashPair|DottedDate [YearPhrase]",
    "DottedDate [YearPhrase]",
)
@RULES.component("SlashPair [YearPhrase]", "on DottedPair", context=Context.NOT_BEFORE_NOUN)
@RULES.component("DottedPair", context=Context.BEFORE_CLOCK)
@RULES.component("DottedShort|DottedDate", context=Context.EDGE_OF_TIME_PHRASE)
def date_in_figures(day_and_month: tuple[int, int], in_year: Year | None = None) -> Date:
    """“d. 12/6”, “12.6.”"""
    return Date(day_and_month[0], day_and_month[1], in_year)


@RULES.nonterminal("Day", "[on] the Figures joined_dash Figures")
def date_with_dash(day: str, month: str) -> Date | None:
    """“d. 03-09”; “d. 3-9” may as well be the days from the 3rd to the 9th"""
    return _date_with_dash(day, month) if "0" in (day[0], month[0]) or int(day) > int(month) else None


@RULES.component("[on] Figures joined_dash Figures", context=Context.BEFORE_CLOCK_NOT_AFTER_NOUN)
def date_with_dash_before_clock(day: str, month: str) -> Date | None:
    """The “12-5” of “12-5 kl. 8”."""
    return _date_with_dash(day, month)


@RULES.component("the Figures joined_dash Figures")
def days_of_any_month(first: str, last: str) -> Vague | None:
    """“d. 3-9”, the days of no month or 3 September"""
    return Vague() if date_with_dash(first, last) is None and int(first) < int(last) else None


@RULES.nonterminal("Day", "[on] [the] FullDate")
def full_date(day_month_year: tuple[int, int, int]) -> Date:
    """“12-06-2026”, “2026-06-12”"""
    return Date(day_month_year[0], day_month_year[1], Year(day_month_year[2]))


@RULES.component("[on|of] the DayNumber !Weekday", context=Context.NOT_BEFORE_NOUN)
def day_of_any_month(day: int) -> Date:
    """“den 12.” → the next 12th"""
    return Date(day)


@RULES.component("Ordinal", context=Context.AFTER_DAY)
def day_after_weekday(day: int) -> Date:
    """The “12.” of “fredag 12.”"""
    return Date(day)


@RULES.nonterminal("MonthPhrase", "MonthName [month] [YearPhrase]")
def named_month(number: int, in_year: Year | None) -> Month:
    """The “august 2027” of “den sidste dag i august 2027”."""
    return Month(number, year=in_year)


@RULES.nonterminal("MonthPhrase", "this month")
def this_month() -> Month:
    """“denne måned” (this month)"""
    return Month()


@RULES.nonterminal("MonthPhrase", "[the] next month")
def next_month() -> Month:
    """“næste måned” (next month)"""
    return Month(months_ahead=1)


@RULES.nonterminal("Day", "[on] [the] Ordinal day in|of MonthPhrase")
def nth_day(ordinal: int, month: Month) -> NthDay | None:
    """“den anden dag i juli” (the second day of July)"""
    return NthDay(ordinal, month) if 1 <= ordinal <= 31 else None


@RULES.nonterminal("Day", "[on] [the] last day in|of MonthPhrase")
def last_day(month: Month) -> NthDay:
    """“den sidste dag i august” (the last day of August)"""
    return NthDay(-1, month)


def _date_with_dash(day: str, month: str) -> Date | None:
    return Date(int(day), int(month)) if 1 <= int(day) <= 31 and 1 <= int(month) <= 12 else None
