"""How it is said that something comes again. The docstring of a rule is an example of it."""

from bot.parsing.when.rules.grammar import says
from bot.parsing.when.said import DayPart, Every, Length, Next, Part, Times, Vague, Weekday

WORKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)


@says("Piece", "every Weekday", "[on|all|in] Weekdays", "all [the] Weekdays", "habit WeekdayHabit")
def every_weekday(number: int) -> Every:
    """hver fredag, fredage, om fredagen"""
    return Every("week", weekdays=(number,))


@says("IfHabit", "WeekdayHabit")
def more_habit(number: int) -> Every:
    """the second of om mandagen og onsdagen"""
    return Every("week", weekdays=(number,))


@says("Piece", "every Part")
def every_part(part: str) -> Every:
    """hver aften"""
    return Every("day", part=Part(part))


@says("Piece", "every WeekdayPart")
def every_weekday_part(said: DayPart) -> Every | None:
    """hver fredagaften"""
    return Every("week", weekdays=(said.day.number,), part=said.part) if isinstance(said.day, Weekday) else None


@says("Piece", "every Ordinal Weekday")
def every_nth_week(interval: int, number: int) -> Every:
    """hver anden torsdag"""
    return Every("week", interval, (number,))


@says("Piece", "every other Weekday", "every_other Weekday")
def every_other_weekday(number: int) -> Every:
    """every other thursday"""
    return Every("week", 2, (number,))


@says("Piece", "every Ordinal|Number Weekdays")
def every_few_weekdays(interval: int, number: int) -> Every:
    """every second friday"""
    return Every("week", interval, (number,))


@says("Piece", "[in|of] every Unit")
def every_unit(unit: Length) -> Every | None:
    """hver måned"""
    return _every(unit, 1)


@says("Piece", "[in|of] every other Unit", "[in|of] every_other Unit")
def every_other_unit(unit: Length) -> Every | None:
    """every other week"""
    return _every(unit, 2)


@says("Piece", "[in|of] every Ordinal|Number Unit")
def every_few_units(interval: int, unit: Length) -> Every | None:
    """hver fjortende dag"""
    return _every(unit, interval)


@says("Piece", "every_day", "all day")
def daily() -> Every:
    """dagligt, alle dage"""
    return Every("day")


@says("Piece", "every_week")
def weekly() -> Every:
    """ugentligt"""
    return Every("week")


@says("Piece", "every_fortnight")
def fortnightly() -> Every:
    """fortnightly"""
    return Every("week", 2)


@says("Piece", "every_month")
def monthly() -> Every:
    """månedligt"""
    return Every("month")


@says("Piece", "every_year")
def yearly() -> Every:
    """årligt"""
    return Every("year")


@says("Piece", "[on|all|every|in] [the] workdays", "habit workdays_habit")
def every_workday() -> Every:
    """alle hverdage"""
    return Every("week", weekdays=WORKDAYS)


@says("Piece", "every weekend", "[on|in|all] weekends", "all weekends")
def every_weekend() -> Every:
    """hver weekend"""
    return Every("week", weekdays=WEEKEND)


@says("Piece", "every other weekend", "every_other weekend")
def every_other_weekend() -> Every:
    """every other weekend"""
    return Every("week", 2, WEEKEND)


@says("Piece", "every Ordinal weekend")
def every_nth_weekend(interval: int) -> Every:
    """hver anden weekend"""
    return Every("week", interval, WEEKEND)


@says("InTheMonth", "in|of the_month", "the_month", "[in|of] every month")
def in_the_month() -> bool:
    """i måneden"""
    return True


@says("Piece", "every month [on] [the] Count Weekday")
def every_month_on_nth_weekday(count: int, number: int) -> Every:
    """hver måned den første mandag"""
    return Every("month", weekdays=(number,), counts=(count,))


@says("Piece", "[every] [on] [the] Count Weekday InTheMonth")
def every_nth_weekday(count: int, number: int, _month: bool) -> Every:
    """den første mandag i måneden"""
    return Every("month", weekdays=(number,), counts=(count,))


@says("Piece", "[every] [on] [the] Count and [the] Count Weekday InTheMonth")
def every_two_nth_weekdays(first: int, second: int, number: int, _month: bool) -> Every:
    """første og tredje mandag i måneden"""
    return Every("month", weekdays=(number,), counts=(first, second))


@says("Piece", "[every] [on] [the] DayNumber InTheMonth")
def every_monthday(day: int, _month: bool) -> Every | None:
    """den 1. i hver måned"""
    return Every("month", monthdays=(day,)) if 1 <= day <= 31 else None


@says("Piece", "[every] [on] [the] DayNumber and [the] DayNumber InTheMonth")
def every_two_monthdays(first: int, second: int, _month: bool) -> Every | None:
    """den 1. og 15. i hver måned"""
    return Every("month", monthdays=(first, second)) if 1 <= first < second <= 31 else None


@says("Piece", "[every] [on] [the] last [day] InTheMonth")
def every_last_day(_month: bool) -> Every:
    """den sidste dag i måneden"""
    return Every("month", monthdays=(-1,))


@says("Piece", "[in] even weeks")
def even_weeks() -> Every:
    """i lige uger"""
    return Every("week", parity=0)


@says("Piece", "[in] odd weeks")
def odd_weeks() -> Every:
    """i ulige uger"""
    return Every("week", parity=1)


@says("Piece", "[in_all] Number times [in_all]")
def times(count: int) -> Times:
    """10 gange"""
    return Times(count)


@says("Piece", "Number Weekdays [in_a_row]", "Number Weekday in_a_row")
def so_many_weekdays(count: int, number: int) -> Every:
    """5 torsdage i træk"""
    return Every("week", weekdays=(number,), times=count)


@says("Piece", "Number times habit|in|for the_week [comma] [habit|on] WeekdayHabit|Weekdays|Weekday")
def once_a_week(count: int, number: int) -> Every | Vague:
    """en gang om ugen om fredagen"""
    return Every("week", weekdays=(number,)) if count == 1 else Vague()


@says(
    "Piece",
    "Number times habit|in|ahead|for|every the_week|the_month|the_year|week|month|year|day",
    "Number times Number Unit",
)
def so_often(*_said: object) -> Vague:
    """3 gange om ugen: on which days?"""
    return Vague()


@says("Piece", "[in|for] [the] [them] next|coming Length")
def the_next(length: Length) -> Next | None:
    """de næste 4 uger"""
    return Next(length)


@says("Piece", "[in|on|for] [the] [them] next|coming Number Weekdays")
def next_weekdays(count: int, number: int) -> Every:
    """de næste 4 fredage"""
    return Every("week", weekdays=(number,), times=count)


def _every(unit: Length, interval: int) -> Every | None:
    """Whole weeks are weeks however they are said, so that they can have weekdays."""
    if unit.months:
        whole_years = unit.months % 12 == 0
        return Every("year", interval * unit.months // 12) if whole_years else Every("month", interval * unit.months)
    days = unit.days * interval
    if not days:
        return None
    return Every("week", days // 7) if days % 7 == 0 else Every("day", days)
