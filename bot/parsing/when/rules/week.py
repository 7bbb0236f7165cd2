"""Rules for weeks and weekends. Each docstring has an example in Danish or English."""

from bot.parsing.when.components import Invalid, Month, NthWeek, Vague, Weekend, Weeks, Year
from bot.parsing.when.grammar import RuleSet

RULES = RuleSet()

_MONTHS = 12
_NO_SUCH_WEEK = Invalid("when-no-such-week")


def _weeks(numbers: tuple[int, ...], year: Year | None, *, is_range: bool = False) -> Weeks | Invalid:
    return Weeks(numbers, is_range, year) if all(1 <= number <= 53 for number in numbers) else _NO_SUCH_WEEK


@RULES.nonterminal("Period", "[in] week Digits [YearPhrase]", "[in] week Digits joined_dash holiday_end")
def week(number: int, year: Year | None = None) -> Weeks | Invalid:
    """“i uge 25” (in week 25), “uge 42-ferien”"""
    return _weeks((number,), year)


@RULES.component("[in] week Digits or [in] [week] Digits")
def one_of_two_weeks(_first: int, _second: int) -> Vague:
    """“uge 26 eller 27” (week 26 or 27)"""
    return Vague()


@RULES.nonterminal("Period", "[in] week Digits and [week] Digits [YearPhrase]")
def two_weeks(first: int, second: int, year: Year | None) -> Weeks | Invalid:
    """“uge 28 og 29” (weeks 28 and 29)"""
    return _weeks((first, second), year)


@RULES.nonterminal("Period", "[in] week Digits comma|and [week] Digits comma|and [week] Digits [YearPhrase]")
def three_weeks(first: int, second: int, third: int, year: Year | None) -> Weeks | Invalid:
    """“uge 28, 29 og 30” (weeks 28, 29 and 30), “uge 28+29+30”"""
    return _weeks((first, second, third), year)


@RULES.nonterminal(
    "Period", "[in] week Digits comma|and [week] Digits comma|and [week] Digits comma|and [week] Digits [YearPhrase]"
)
def four_weeks(first: int, second: int, third: int, fourth: int, year: Year | None) -> Weeks | Invalid:
    """“uge 28, 29, 30 og 32” (weeks 28, 29, 30 and 32)"""
    return _weeks((first, second, third, fourth), year)


@RULES.nonterminal(
    "Period",
    "[from] [in] week Digits to|through [week] Digits [YearPhrase]",
    "between week Digits and [week] Digits [YearPhrase]",
)
def week_range(first: int, last: int, year: Year | None) -> Weeks | Invalid:
    """“uge 28-30” (weeks 28 to 30); the range may go over New Year, but not be longer than half a year"""
    if (last - first) % 52 > 26:
        return _NO_SUCH_WEEK
    return _weeks((first, last), year, is_range=True)


@RULES.nonterminal("Period", "[in] week SlashPair")
def weeks_with_slash(numbers: tuple[int, int]) -> Weeks | Invalid | None:
    """“uge 28/29” (weeks 28 and 29), “uge 33/35” (weeks 33 and 35); not “uge 3/6”, which may name the date 3 June"""
    return _weeks(numbers, None) if numbers[1] == numbers[0] + 1 or numbers[1] > _MONTHS else None


@RULES.nonterminal("Period", "[in] week WeekChain [YearPhrase]")
def week_chain(numbers: tuple[int, ...], year: Year | None) -> Weeks | Invalid:
    """“uge 42-43-44” (weeks 42, 43 and 44)"""
    return _weeks(numbers, year)


@RULES.nonterminal("Period", "[in] [the] OrdinalInMonth week in|of MonthPhrase")
def nth_week(ordinal: int, month: Month) -> NthWeek:
    """“første uge i oktober” (the first week of October)"""
    return NthWeek(ordinal, month)


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


@RULES.component("[in|on] [the] [this|coming] weekend [throughout]", "whole weekend")
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
