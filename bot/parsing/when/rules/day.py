"""How days are said. The docstring of a rule is an example of it."""

from bot.parsing.when.components import (
    Date,
    Day,
    DayAndPart,
    Duration,
    Invalid,
    NamedDay,
    NthWeekday,
    PartOfDay,
    RelativeDay,
    ShiftedDay,
    Vague,
    Weekday,
    Year,
)
from bot.parsing.when.rules.grammar import says

FIRST_YEAR = 2000

_NO_SUCH_DATE = Invalid("when-no-such-date")


@says("YearSaid", "[in] Year", "[comma] Year")
def year(number: int) -> Year:
    """2027"""
    return Year(number)


@says("YearSaid", "[in] next year")
def next_year() -> Year:
    """næste år"""
    return Year(years_ahead=1)


@says("YearSaid", "this_year", "this year")
def this_year() -> Year:
    """i år"""
    return Year()


@says("Day", "[now] [on|of] [the] [coming] Weekday", "[on] Weekday coming", "[on] this [coming] Weekday")
def weekday(number: int) -> Weekday:
    """på fredag"""
    return Weekday(number)


@says("Day", "[on|in] [the] next Weekday")
def next_weekday(number: int) -> Weekday:
    """næste tirsdag"""
    return Weekday(number, "next")


@says("Day", "[on] last Weekday", "in WeekdayPast")
def last_weekday(number: int) -> Weekday:
    """i fredags"""
    return Weekday(number, "last")


@says("Day", "[on] Weekday ahead Length", "[now] [on] Weekday ahead Length")
def weekday_ahead(number: int, length: Duration) -> Weekday | None:
    """fredag om 14 dage"""
    return Weekday(number, weeks_ahead=length.whole_weeks) if length.whole_weeks else None


@says("Day", "[now] [on] [the] Weekday Length")
def weekday_length(number: int, length: Duration) -> Weekday | None:
    """fredag 8 dage: the Friday after the coming one, counted as people count, with both ends"""
    weeks = {8: 1, 14: 2}.get(length.days) if length == Duration(days=length.days) else None
    return Weekday(number, weeks_ahead=weeks) if weeks else None


@says("Day", "[on] whole WeekdayHabit")
@says("IfNoHabit", "[on] WeekdayHabit")
def that_weekday(number: int) -> Weekday:
    """lørdagen, hele lørdagen"""
    return Weekday(number)


@says("Day", "[on] Weekday week !Digits")
def weekday_week(number: int) -> Weekday:
    """friday week"""
    return Weekday(number, weeks_ahead=1)


@says("Day", "[on] Weekday fortnight")
def weekday_fortnight(number: int) -> Weekday:
    """friday fortnight"""
    return Weekday(number, weeks_ahead=2)


@says("Day", "ahead [about] Length [now] [on] [the] Weekday")
def weekday_after_length(length: Duration, number: int) -> Weekday | None:
    """om 3 uger på fredag: of that week, or that long after the coming Friday"""
    return Weekday(number, "away", weeks_ahead=length.whole_weeks) if length.whole_weeks else None


@says("Day", "Length from_day Weekday")
def ahead_of_weekday(length: Duration, number: int) -> Weekday | None:
    """a week from friday"""
    return weekday_ahead(number, length)


@says("Day", "Counted")
def counted(day: RelativeDay) -> RelativeDay:
    """i morgen"""
    return day


@says("Day", "Counted ahead Length")
def counted_ahead(day: RelativeDay, length: Duration) -> RelativeDay | None:
    """i morgen om en uge"""
    return RelativeDay(day.duration + length) if length.whole_weeks and not day.is_past else None


@says("Day", "[on] Counted Length")
def counted_length(day: RelativeDay, length: Duration) -> RelativeDay | None:
    """i dag 8 dage: a week from today, counted with both ends"""
    weeks = {8: 1, 14: 2}.get(length.days) if length == Duration(days=length.days) else None
    return counted_ahead(day, Duration(days=7 * weeks)) if weeks else None


@says("Day", "Counted week !Digits")
def counted_week(day: RelativeDay) -> RelativeDay | None:
    """tomorrow week"""
    return counted_ahead(day, Duration(days=7))


@says("Day", "Length from_day Counted")
def ahead_of_counted(length: Duration, day: RelativeDay) -> RelativeDay | None:
    """a week from tomorrow"""
    return None if length.minutes or day.is_past else RelativeDay(day.duration + length)


@says("DayNumber", "Ordinal|Digits")
def day_number(number: int) -> int:
    """the 12. of den 12."""
    return number


@says("Day", "[on|of] [the] DayNumber [of] Month [YearSaid]")
def date(number: int, month: int, said: Year | None) -> Date:
    """den 12. juni"""
    return Date(number, month, said)


@says("Day", "[on|of] [the] MonthFirst [the] Ordinal [YearSaid]")
@says("IfEnds", "[on|of] MonthFirst DayNumber [YearSaid]")
def date_month_first(month: int, number: int, said: Year | None) -> Date:
    """june 12th"""
    return Date(number, month, said)


@says("Day", "[on] [the] DayNumber [of] Month Digits")
def date_short_year(day: int, month: int, short: int) -> Date | None:
    """12. juni 27, where 27 can be no hour"""
    return Date(day, month, Year(FIRST_YEAR + short)) if 25 <= short <= 99 else None


@says("Day", "[on] the Slash|DottedDate|Dotdate [YearSaid]", "on Slash|Dotdate [YearSaid]", "Dotdate [YearSaid]")
@says("IfEnds", "Slash [YearSaid]", "on DottedDate")
@says("IfBeforeClock", "DottedDate")
@says("IfAlone", "DottedShort|Dotdate")
def date_in_figures(said: tuple[int, int], in_year: Year | None = None) -> Date:
    """d. 12/6"""
    return Date(said[0], said[1], in_year)


@says("Day", "[on] [the] Dmy")
def date_with_year(said: tuple[int, int, int]) -> Date:
    """12-06-2026"""
    return Date(said[0], said[1], Year(said[2]))


@says("IfEnds", "[on|of] the DayNumber !Weekday")
def day_of_some_month(day: int) -> Date:
    """den 12."""
    return Date(day)


@says("IfAfterDay", "Ordinal")
def day_after_weekday(day: int) -> Date:
    """fredag 12."""
    return Date(day)


@says("Count", "Ordinal")
def count(number: int) -> int | None:
    """the first of første mandag"""
    return number if 1 <= number <= 5 else None


@says("Count", "last")
def last() -> int:
    """the last of sidste fredag"""
    return -1


@says("Day", "[on] [the] Count Weekday in|of MonthName [YearSaid]")
def nth_weekday(number: int, weekday_number: int, month: int, said: Year | None) -> NthWeekday:
    """første mandag i juli"""
    return NthWeekday(number, weekday_number, month=month, year=said)


@says("Day", "[on] [the] Count Weekday in|of this month")
def nth_weekday_of_this_month(number: int, weekday_number: int) -> NthWeekday:
    """sidste fredag i denne måned"""
    return NthWeekday(number, weekday_number)


@says("Day", "[on] [the] Count Weekday [in|of] next month")
def nth_weekday_of_next_month(number: int, weekday_number: int) -> NthWeekday:
    """første mandag i næste måned"""
    return NthWeekday(number, weekday_number, months_ahead=1)


@says("Day", "[on] [the] Feast [YearSaid]")
def feast(name: str, said: Year | None) -> NamedDay:
    """2. påskedag"""
    return NamedDay(name, said)


@says("Day", "[on] [the] FixedFeast [YearSaid]")
def fixed_feast(day: Date, said: Year | None) -> Date:
    """grundlovsdag"""
    return Date(day.day, day.month, said)


@says("Piece", "day_after Day")
def day_after(day: Day) -> ShiftedDay:
    """dagen efter 2. påskedag"""
    return ShiftedDay(day, 1)


@says("Piece", "day_before Day")
def day_before(day: Day) -> ShiftedDay:
    """dagen før juleaften"""
    return ShiftedDay(day, -1)


@says("Piece", "night_to Day")
def night_before(day: Day) -> DayAndPart:
    """natten til lørdag"""
    return DayAndPart(ShiftedDay(day, -1), PartOfDay("night"))


@says("Piece", "night_between Weekday and Weekday")
def night_between(evening: int, morning: int) -> DayAndPart | None:
    """natten mellem fredag og lørdag"""
    return DayAndPart(ShiftedDay(Weekday(morning), -1), PartOfDay("night")) if (evening + 1) % 7 == morning else None


@says(
    "Piece",
    "Slip",
    "in SlipAfterIn",
    "[the] DayNumber SlipOfMonth",
    "in|from|until|to|through|before|prior|by SlipOfMonth",
)
def slip(*said: str | int) -> Invalid:
    """freedag, i mrogen, 12. agust: asked about, never guessed; a month's only where a month can stand"""
    return Invalid("when-slip", str(said[-1]))


@says("Piece", "Ordinal Feast", "Ordinal FixedFeast")
def feast_counted_wrong(*_said: object) -> Vague:
    """fjerde juledag"""
    return Vague()


@says("Piece", "roughly Day")
def roughly(_day: Day) -> Vague:
    """omkring fredag"""
    return Vague()


@says("Piece", "[during] Day")
def day(said: Day) -> Day:
    """any of these"""
    return said
