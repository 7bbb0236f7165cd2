"""How it is said that something comes again. The docstring of a rule is an example of it."""

from bot.parsing.when.components import (
    DayAndPart,
    Duration,
    NextDuration,
    PartOfDay,
    Recurrence,
    RepeatCount,
    Vague,
    Weekday,
)
from bot.parsing.when.rules.grammar import says

WORKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)


@says("Piece", "every Weekday", "[on|all|in] Weekdays", "all [the] Weekdays", "habit WeekdayHabit")
def every_weekday(number: int) -> Recurrence:
    """hver fredag, fredage, om fredagen"""
    return Recurrence("week", weekdays=(number,))


@says("IfHabit", "WeekdayHabit")
def more_habit(number: int) -> Recurrence:
    """the second of om mandagen og onsdagen"""
    return Recurrence("week", weekdays=(number,))


@says("Piece", "every Part")
def every_part(part: str) -> Recurrence:
    """hver aften"""
    return Recurrence("day", part=PartOfDay(part))


@says("Piece", "every WeekdayPart")
def every_weekday_part(said: DayAndPart) -> Recurrence | None:
    """hver fredagaften"""
    return Recurrence("week", weekdays=(said.day.number,), part=said.part) if isinstance(said.day, Weekday) else None


@says("Piece", "every Ordinal Weekday")
def every_nth_week(interval: int, number: int) -> Recurrence:
    """hver anden torsdag"""
    return Recurrence("week", interval, (number,))


@says("Piece", "every other Weekday", "every_other Weekday")
def every_other_weekday(number: int) -> Recurrence:
    """every other thursday"""
    return Recurrence("week", 2, (number,))


@says("Piece", "every Ordinal|Number Weekdays")
def every_few_weekdays(interval: int, number: int) -> Recurrence:
    """every second friday"""
    return Recurrence("week", interval, (number,))


@says("Piece", "[in|of] every Unit")
def every_unit(unit: Duration) -> Recurrence | None:
    """hver måned"""
    return _every(unit, 1)


@says("Piece", "[in|of] every other Unit", "[in|of] every_other Unit")
def every_other_unit(unit: Duration) -> Recurrence | None:
    """every other week"""
    return _every(unit, 2)


@says("Piece", "[in|of] every Ordinal|Number Unit")
def every_few_units(interval: int, unit: Duration) -> Recurrence | None:
    """hver fjortende dag"""
    return _every(unit, interval)


@says("Piece", "every_day", "all day")
def daily() -> Recurrence:
    """dagligt, alle dage"""
    return Recurrence("day")


@says("Piece", "every_week")
def weekly() -> Recurrence:
    """ugentligt"""
    return Recurrence("week")


@says("Piece", "every_fortnight")
def fortnightly() -> Recurrence:
    """fortnightly"""
    return Recurrence("week", 2)


@says("Piece", "every_month")
def monthly() -> Recurrence:
    """månedligt"""
    return Recurrence("month")


@says("Piece", "every_year")
def yearly() -> Recurrence:
    """årligt"""
    return Recurrence("year")


@says("Piece", "[on|all|every|in] [the] workdays", "habit workdays_habit")
def every_workday() -> Recurrence:
    """alle hverdage"""
    return Recurrence("week", weekdays=WORKDAYS)


@says("Piece", "every weekend", "[on|in|all] weekends", "all weekends")
def every_weekend() -> Recurrence:
    """hver weekend"""
    return Recurrence("week", weekdays=WEEKEND)


@says("Piece", "every other weekend", "every_other weekend")
def every_other_weekend() -> Recurrence:
    """every other weekend"""
    return Recurrence("week", 2, WEEKEND)


@says("Piece", "every Ordinal weekend")
def every_nth_weekend(interval: int) -> Recurrence:
    """hver anden weekend"""
    return Recurrence("week", interval, WEEKEND)


@says("InTheMonth", "in|of the_month", "the_month", "[in|of] every month")
def in_the_month() -> bool:
    """i måneden"""
    return True


@says("Piece", "every month [on] [the] Count Weekday")
def every_month_on_nth_weekday(count: int, number: int) -> Recurrence:
    """hver måned den første mandag"""
    return Recurrence("month", weekdays=(number,), ordinals=(count,))


@says("Piece", "[every] [on] [the] Count Weekday InTheMonth")
def every_nth_weekday(count: int, number: int, _month: bool) -> Recurrence:
    """den første mandag i måneden"""
    return Recurrence("month", weekdays=(number,), ordinals=(count,))


@says("Piece", "[every] [on] [the] Count and [the] Count Weekday InTheMonth")
def every_two_nth_weekdays(first: int, second: int, number: int, _month: bool) -> Recurrence:
    """første og tredje mandag i måneden"""
    return Recurrence("month", weekdays=(number,), ordinals=(first, second))


@says("Piece", "[every] [on] [the] DayNumber InTheMonth")
def every_monthday(day: int, _month: bool) -> Recurrence | None:
    """den 1. i hver måned"""
    return Recurrence("month", month_days=(day,)) if 1 <= day <= 31 else None


@says("Piece", "[every] [on] [the] DayNumber and [the] DayNumber InTheMonth")
def every_two_monthdays(first: int, second: int, _month: bool) -> Recurrence | None:
    """den 1. og 15. i hver måned"""
    return Recurrence("month", month_days=(first, second)) if 1 <= first < second <= 31 else None


@says("Piece", "[every] [on] [the] last [day] InTheMonth")
def every_last_day(_month: bool) -> Recurrence:
    """den sidste dag i måneden"""
    return Recurrence("month", month_days=(-1,))


@says("Piece", "[in] even weeks")
def even_weeks() -> Recurrence:
    """i lige uger"""
    return Recurrence("week", week_parity=0)


@says("Piece", "[in] odd weeks")
def odd_weeks() -> Recurrence:
    """i ulige uger"""
    return Recurrence("week", week_parity=1)


@says("Piece", "[in_all] Number times [in_all]")
def times(count: int) -> RepeatCount:
    """10 gange"""
    return RepeatCount(count)


@says("Piece", "Number Weekdays [in_a_row]", "Number Weekday in_a_row")
def so_many_weekdays(count: int, number: int) -> Recurrence:
    """5 torsdage i træk"""
    return Recurrence("week", weekdays=(number,), count=count)


@says("Piece", "Number times habit|in|for the_week [comma] [habit|on] WeekdayHabit|Weekdays|Weekday")
def once_a_week(count: int, number: int) -> Recurrence | Vague:
    """en gang om ugen om fredagen"""
    return Recurrence("week", weekdays=(number,)) if count == 1 else Vague()


@says(
    "Piece",
    "Number times habit|in|ahead|for|every the_week|the_month|the_year|week|month|year|day",
    "Number times Number Unit",
)
def so_often(*_said: object) -> Vague:
    """3 gange om ugen: on which days?"""
    return Vague()


@says("Piece", "[in|for] [the] [them] next|coming Length")
def the_next(length: Duration) -> NextDuration | None:
    """de næste 4 uger"""
    return NextDuration(length)


@says("Piece", "[in|on|for] [the] [them] next|coming Number Weekdays")
def next_weekdays(count: int, number: int) -> Recurrence:
    """de næste 4 fredage"""
    return Recurrence("week", weekdays=(number,), count=count)


def _every(unit: Duration, interval: int) -> Recurrence | None:
    """Whole weeks are weeks however they are said, so that they can have weekdays."""
    if unit.months:
        whole_years = unit.months % 12 == 0
        return (
            Recurrence("year", interval * unit.months // 12)
            if whole_years
            else Recurrence("month", interval * unit.months)
        )
    days = unit.days * interval
    if not days:
        return None
    return Recurrence("week", days // 7) if days % 7 == 0 else Recurrence("day", days)
