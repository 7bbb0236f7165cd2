"""Rules for what comes again, how often and how many times. Each docstring has an example in Danish or English."""

from bot.parsing.when.components import WEEKEND_DAYS, WORKING_DAYS, DayAndPart, Duration, PartOfDay, Vague, Weekday
from bot.parsing.when.grammar import Context, RuleSet
from bot.parsing.when.rules.duration import multiply
from bot.parsing.when.series_components import NextDuration, Recurrence, RepeatCount, UnitsInARow

RULES = RuleSet()


@RULES.component("every Weekday", "[on|all|in] PluralWeekday", "all [the] PluralWeekday", "on_each DefiniteWeekday")
def every_weekday(number: int) -> Recurrence:
    """“hver fredag”, “fredage”, “om fredagen”, “on Fridays”"""
    return Recurrence("week", weekdays=(number,))


@RULES.component("DefiniteWeekday", context=Context.IN_RECURRENCE)
def further_weekday(number: int) -> Recurrence:
    """The “onsdagen” of “om mandagen og onsdagen” (on Mondays and Wednesdays)"""
    return Recurrence("week", weekdays=(number,))


@RULES.component("every PartOfDay")
def every_part_of_day(name: str) -> Recurrence:
    """“hver aften” (every evening)"""
    return Recurrence("day", part_of_day=PartOfDay(name))


@RULES.component("every WeekdayAndPart")
def every_weekday_and_part(day: DayAndPart) -> Recurrence | None:
    """“hver fredagaften” (every Friday evening)"""
    if not isinstance(day.day, Weekday):
        return None
    return Recurrence("week", weekdays=(day.day.number,), part_of_day=day.part)


@RULES.component("every Ordinal Weekday")
def every_nth_week(interval: int, number: int) -> Recurrence:
    """“hver anden torsdag” (every other Thursday)"""
    return Recurrence("week", interval, (number,))


@RULES.component("every other Weekday", "every_other Weekday")
def every_other_weekday(number: int) -> Recurrence:
    """“every other thursday”"""
    return Recurrence("week", 2, (number,))


@RULES.component("every Ordinal|Number PluralWeekday")
def every_few_weekdays(interval: int, number: int) -> Recurrence:
    """“every 3 fridays”"""
    return Recurrence("week", interval, (number,))


@RULES.component("[in|of] every Unit")
def every_unit(unit: Duration) -> Recurrence | None:
    """“hver måned” (every month)"""
    return _every(unit, 1)


@RULES.component("[in|of] every other Unit", "[in|of] every_other Unit")
def every_other_unit(unit: Duration) -> Recurrence | None:
    """“every other week”"""
    return _every(unit, 2)


@RULES.component("[in|of] every Ordinal|Number Unit")
def every_few_units(interval: int, unit: Duration) -> Recurrence | None:
    """“hver fjortende dag” (every 14th day), “every 3 weeks”"""
    return _every(unit, interval)


@RULES.component("every_day", "all day")
def daily() -> Recurrence:
    """“dagligt” (daily), “alle dage”"""
    return Recurrence("day")


@RULES.component("every_week")
def weekly() -> Recurrence:
    """“ugentligt” (weekly)"""
    return Recurrence("week")


@RULES.component("every_fortnight")
def fortnightly() -> Recurrence:
    """“fortnightly”"""
    return Recurrence("week", 2)


@RULES.component("every_month")
def monthly() -> Recurrence:
    """“månedligt” (monthly)"""
    return Recurrence("month")


@RULES.component("every_year")
def yearly() -> Recurrence:
    """“årligt” (yearly)"""
    return Recurrence("year")


@RULES.component("[on|all|every|in] [the] workdays", "on_each definite_workdays")
def every_workday() -> Recurrence:
    """“alle hverdage” (every weekday)"""
    return Recurrence("week", weekdays=WORKING_DAYS)


@RULES.component("every weekend", "[on|in|all] weekends", "all weekends")
def every_weekend() -> Recurrence:
    """“hver weekend”"""
    return Recurrence("week", weekdays=WEEKEND_DAYS)


@RULES.component("every other weekend", "every_other weekend")
def every_other_weekend() -> Recurrence:
    """“every other weekend”"""
    return Recurrence("week", 2, WEEKEND_DAYS)


@RULES.component("every Ordinal weekend")
def every_nth_weekend(interval: int) -> Recurrence:
    """“hver anden weekend” (every other weekend)"""
    return Recurrence("week", interval, WEEKEND_DAYS)


@RULES.nonterminal("OfTheMonth", "in|of the_month", "the_month", "[in|of] every month")
def of_the_month() -> bool:
    """“i måneden” (of the month)"""
    return True


@RULES.component("every month [on] [the] OrdinalInMonth Weekday")
def every_month_on_nth_weekday(ordinal: int, number: int) -> Recurrence:
    """“hver måned den første mandag” (every month on the first Monday)"""
    return Recurrence("month", weekdays=(number,), ordinals=(ordinal,))


@RULES.component("[every] [on] [the] OrdinalInMonth Weekday OfTheMonth")
def every_nth_weekday(ordinal: int, number: int, _month: bool) -> Recurrence:
    """“den første mandag i måneden” (the first Monday of the month)"""
    return Recurrence("month", weekdays=(number,), ordinals=(ordinal,))


@RULES.component("[every] [on] [the] OrdinalInMonth and [the] OrdinalInMonth Weekday OfTheMonth")
def every_two_nth_weekdays(first: int, second: int, number: int, _month: bool) -> Recurrence:
    """“første og tredje mandag i måneden” (the first and third Monday of the month)"""
    return Recurrence("month", weekdays=(number,), ordinals=(first, second))


@RULES.component("[every] [on] [the] DayNumber OfTheMonth")
def every_month_day(day: int, _month: bool) -> Recurrence | None:
    """“den 1. i hver måned” (the 1st of every month)"""
    return Recurrence("month", month_days=(day,)) if 1 <= day <= 31 else None


@RULES.component("[every] [on] [the] DayNumber and [the] DayNumber OfTheMonth")
def every_two_month_days(first: int, second: int, _month: bool) -> Recurrence | None:
    """“den 1. og 15. i hver måned” (the 1st and 15th of every month)"""
    return Recurrence("month", month_days=(first, second)) if 1 <= first < second <= 31 else None


@RULES.component("[every] [on] [the] last [day] OfTheMonth")
def every_last_day(_month: bool) -> Recurrence:
    """“den sidste dag i måneden” (the last day of the month)"""
    return Recurrence("month", month_days=(-1,))


@RULES.component("[in] even weeks")
def even_weeks() -> Recurrence:
    """“i lige uger” (in even weeks)"""
    return Recurrence("week", week_parity=0)


@RULES.component("[in] odd weeks")
def odd_weeks() -> Recurrence:
    """“i ulige uger” (in odd weeks)"""
    return Recurrence("week", week_parity=1)


@RULES.component("[in_all] Number times [in_all]")
def number_of_times(count: int) -> RepeatCount:
    """“10 gange” (10 times)"""
    return RepeatCount(count)


@RULES.component("Number PluralWeekday [in_a_row]", "Number Weekday in_a_row")
def number_of_weekdays(count: int, number: int) -> Recurrence:
    """“5 torsdage i træk” (5 Thursdays in a row)"""
    return Recurrence("week", weekdays=(number,), count=count)


@RULES.component("Number times on_each|in|for the_week [comma] [on_each|on] DefiniteWeekday|PluralWeekday|Weekday")
def once_a_week(count: int, number: int) -> Recurrence | Vague:
    """“en gang om ugen om fredagen” (once a week on Fridays)"""
    return Recurrence("week", weekdays=(number,)) if count == 1 else Vague()


@RULES.component(
    "Number times on_each|in|in_future|for|every the_week|the_month|the_year|week|month|year|day",
    "Number times Number Unit",
)
def times_in_period(*_captured: object) -> Vague:
    """“3 gange om ugen” (3 times a week): on which days?"""
    return Vague()


@RULES.component("[in|for] the|them next|coming Number Unit")
def next_units_from_now(count: int, unit: Duration) -> NextDuration | None:
    """“de næste 4 uger” (the next 4 weeks)"""
    return _units_in_a_row(UnitsInARow(count, unit, is_from_now=True))


@RULES.component("next|coming Number Unit")
def next_units(count: int, unit: Duration) -> NextDuration | None:
    """“næste 3 uger” (next 3 weeks)"""
    return _units_in_a_row(UnitsInARow(count, unit))


@RULES.component("[in|for] [the] [them] last Number Unit")
def last_units(count: int, unit: Duration) -> NextDuration | None:
    """“de sidste 2 dage” (the last 2 days)"""
    return _units_in_a_row(UnitsInARow(count, unit, is_past=True))


@RULES.component("[in|for] [the] [them] next|coming Duration")
def next_duration(duration: Duration) -> NextDuration:
    """“de næste halvanden time” (the next one and a half hours)"""
    return NextDuration(duration)


@RULES.component("[in|on|for] [the] [them] next|coming Number PluralWeekday")
def next_weekdays(count: int, number: int) -> Recurrence:
    """“de næste 4 fredage” (the next 4 Fridays)"""
    return Recurrence("week", weekdays=(number,), count=count)


def _units_in_a_row(units: UnitsInARow) -> NextDuration | None:
    duration = multiply(units.unit, units.count)
    return NextDuration(duration, units) if units.count and duration else None


def _every(unit: Duration, interval: int) -> Recurrence | None:
    """Return the recurrence of a unit: in weeks where they are whole weeks, so that it can have weekdays."""
    if unit.months:
        is_whole_years = unit.months % 12 == 0
        months = interval * unit.months
        return Recurrence("year", months // 12) if is_whole_years else Recurrence("month", months)
    days = unit.days * interval
    if not days:
        return None
    return Recurrence("week", days // 7) if days % 7 == 0 else Recurrence("day", days)
