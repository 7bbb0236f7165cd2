"""Rules for single days other than plain dates. Each docstring has an example in Danish or English."""

from bot.parsing.when.components import (
    Date,
    Day,
    DayAndPart,
    Duration,
    FollowingDay,
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
from bot.parsing.when.grammar import Context, RuleSet

RULES = RuleSet()


@RULES.nonterminal("Day", "[now] [on|of] [the] [coming] Weekday", "[on] Weekday coming", "[on] this [coming] Weekday")
def weekday(number: int) -> Weekday:
    """“på fredag”, “this Friday” → the coming Friday"""
    return Weekday(number)


@RULES.nonterminal("Day", "[on|in] [the] next Weekday")
def next_weekday(number: int) -> Weekday:
    """“næste tirsdag” (next Tuesday)"""
    return Weekday(number, "next")


@RULES.nonterminal("Day", "[on] last Weekday", "in PastWeekday")
def last_weekday(number: int) -> Weekday:
    """“i fredags” (last Friday)"""
    return Weekday(number, "last")


@RULES.nonterminal("Day", "[on] Weekday in_future Duration", "[now] [on] Weekday in_future Duration")
def weekday_in_weeks(number: int, duration: Duration) -> Weekday | None:
    """“fredag om 14 dage” → 14 days after the coming Friday"""
    return Weekday(number, weeks_ahead=duration.whole_weeks) if duration.whole_weeks else None


@RULES.nonterminal("Day", "[now] [on] [the] Weekday Duration")
def weekday_and_duration(number: int, duration: Duration) -> Weekday | None:
    """“fredag 8 dage” → the Friday after the coming one: people count both ends"""
    weeks = _weeks_with_both_ends(duration)
    return Weekday(number, weeks_ahead=weeks) if weeks else None


@RULES.nonterminal("Day", "[on] whole DefiniteWeekday")
@RULES.component("[on|during] DefiniteWeekday", context=Context.NOT_IN_RECURRENCE)
def definite_weekday(number: int) -> Weekday:
    """“lørdagen”, “hele lørdagen” (all Saturday) → the coming Saturday"""
    return Weekday(number)


@RULES.nonterminal("Day", "[on] Weekday week !Digits")
def weekday_week(number: int) -> Weekday:
    """“friday week” → a week after the coming Friday"""
    return Weekday(number, weeks_ahead=1)


@RULES.nonterminal("Day", "[on] Weekday fortnight")
def weekday_fortnight(number: int) -> Weekday:
    """“friday fortnight” → two weeks after the coming Friday"""
    return Weekday(number, weeks_ahead=2)


@RULES.nonterminal("Day", "in_future [about] Duration [now] [on] [the] Weekday")
def weekday_of_week_ahead(duration: Duration, number: int) -> Weekday | None:
    """“om 3 uger på fredag” → the Friday of that week, or 3 weeks after the coming Friday"""
    return Weekday(number, "in_weeks", weeks_ahead=duration.whole_weeks) if duration.whole_weeks else None


@RULES.nonterminal("Day", "Duration from_day Weekday")
def duration_from_weekday(duration: Duration, number: int) -> ShiftedDay | None:
    """“2 uger fra fredag” (2 weeks from Friday) → 2 weeks after the coming Friday"""
    return ShiftedDay(Weekday(number), 7 * duration.whole_weeks) if duration.whole_weeks else None


@RULES.nonterminal("Day", "RelativeDay")
def relative_day(day: RelativeDay) -> RelativeDay:
    """“i morgen” (tomorrow)"""
    return day


@RULES.nonterminal("Day", "RelativeDay in_future Duration")
def relative_day_in_weeks(day: RelativeDay, duration: Duration) -> RelativeDay | None:
    """“i morgen om en uge” → a week after tomorrow"""
    return RelativeDay(day.duration + duration) if duration.whole_weeks and not day.is_past else None


@RULES.nonterminal("Day", "[on] RelativeDay Duration")
def relative_day_and_duration(day: RelativeDay, duration: Duration) -> RelativeDay | None:
    """“i dag 8 dage” → a week from today: people count both ends"""
    weeks = _weeks_with_both_ends(duration)
    return relative_day_in_weeks(day, Duration(days=7 * weeks)) if weeks else None


@RULES.nonterminal("Day", "RelativeDay week !Digits")
def relative_day_week(day: RelativeDay) -> RelativeDay | None:
    """“tomorrow week” → a week after tomorrow"""
    return relative_day_in_weeks(day, Duration(days=7))


@RULES.nonterminal("Day", "Duration from_day RelativeDay")
def duration_from_relative_day(duration: Duration, day: RelativeDay) -> RelativeDay | None:
    """“a week from tomorrow”"""
    return None if duration.has_clock or day.is_past else RelativeDay(day.duration + duration)


@RULES.nonterminal("OrdinalInMonth", "Ordinal")
def ordinal_in_month(number: int) -> int | None:
    """The “første” (first) of “første mandag i juli”"""
    return number if 1 <= number <= 5 else None


@RULES.nonterminal("OrdinalInMonth", "last")
def last_in_month() -> int:
    """The “sidste” (last) of “sidste fredag i juli” → -1"""
    return -1


@RULES.nonterminal("Day", "[on] [the] OrdinalInMonth Weekday in|of MonthName [YearPhrase]")
def nth_weekday(ordinal: int, weekday_number: int, month: int, in_year: Year | None) -> NthWeekday:
    """“første mandag i juli” (first Monday in July)"""
    return NthWeekday(ordinal, weekday_number, month=month, year=in_year)


@RULES.nonterminal("Day", "[on] [the] OrdinalInMonth Weekday in|of this month")
def nth_weekday_of_this_month(ordinal: int, weekday_number: int) -> NthWeekday:
    """“sidste fredag i denne måned” (last Friday of this month)"""
    return NthWeekday(ordinal, weekday_number)


@RULES.nonterminal("Day", "[on] [the] OrdinalInMonth Weekday [in|of] next month")
def nth_weekday_of_next_month(ordinal: int, weekday_number: int) -> NthWeekday:
    """“første mandag i næste måned” (first Monday of next month)"""
    return NthWeekday(ordinal, weekday_number, months_ahead=1)


@RULES.nonterminal("Day", "[on] [the] NamedDay [YearPhrase]")
def named_day(name: str, in_year: Year | None) -> NamedDay:
    """“2. påskedag” (Easter Monday)"""
    return NamedDay(name, in_year)


@RULES.nonterminal("Day", "[on] [the] FixedNamedDay [YearPhrase]")
def fixed_named_day(day: Date, in_year: Year | None) -> Date:
    """“grundlovsdag” (Constitution Day) → 5 June"""
    return Date(day.day, day.month, in_year)


@RULES.component("[on] [the] next day", "day_after")
def following_day() -> FollowingDay:
    """The “dagen efter” of “fredag kl. 16 til kl. 10 dagen efter”."""
    return FollowingDay()


@RULES.component("day_after Day")
def day_after(day: Day) -> ShiftedDay:
    """“dagen efter 2. påskedag” (the day after Easter Monday)"""
    return ShiftedDay(day, 1)


@RULES.component("day_before Day")
def day_before(day: Day) -> ShiftedDay:
    """“dagen før juleaften” (the day before Christmas Eve)"""
    return ShiftedDay(day, -1)


@RULES.component("night_to Day")
def night_before(day: Day) -> DayAndPart:
    """“natten til lørdag” → Friday night"""
    return DayAndPart(ShiftedDay(day, -1), PartOfDay("night"))


@RULES.component("night_between Weekday and Weekday")
def night_between(evening: int, morning: int) -> DayAndPart | None:
    """“natten mellem fredag og lørdag” → Friday night"""
    return night_before(Weekday(morning)) if (evening + 1) % 7 == morning else None


@RULES.component(
    "Misspelling",
    "in MisspellingAfterIn",
    "[the] DayNumber MisspelledMonth",
    "in|from|until|to|through|before|prior|by MisspelledMonth",
)
def misspelling(*captured: str | int) -> Invalid:
    """“freedag”, “i mrogen”, “12. agust”: the person is asked. A month's name is only one where a month can stand"""
    return Invalid("when-slip", str(captured[-1]))


@RULES.component("Ordinal NamedDay", "Ordinal FixedNamedDay")
def named_day_with_wrong_number(*_captured: object) -> Vague:
    """“fjerde juledag” (fourth day of Christmas), which nobody has a date for"""
    return Vague()


@RULES.component("roughly Day")
def roughly(_day: Day) -> Vague:
    """“omkring fredag” (around Friday)"""
    return Vague()


@RULES.component("[during] Day")
def any_day(day: Day) -> Day:
    """Any of these days by itself."""
    return day


def _weeks_with_both_ends(duration: Duration) -> int | None:
    """Return 1 for 8 days and 2 for 14 days, None for anything else."""
    return {8: 1, 14: 2}.get(duration.days) if duration == Duration(days=duration.days) else None
