"""The templates (`str.format`) with which a language writes times, series and reminders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TimeWriting:
    """How numbers, dates and clock times are written.

    `date` and `short_date` have `{weekday}`, `{day}` and `{month}`; `day_of_year` has `{day}` and `{month}`. A year is
    written behind a date. `clock` has `{hour}` and `{minute}`, `whole_hour` has `{hour}`; `midnight` is the end of a
    day. `lone_clock` has a `{clock}` without a date before it, `at` has a `{clock}` behind a date. `span` has `{start}`
    and `{end}`, `week` has `{week}`, `weeks` has `{first}` and `{last}`.
    """

    decimal_sign: str
    date: str
    short_date: str
    short_weekdays: tuple[str, ...]
    day_of_year: str
    clock: str
    whole_hour: str
    midnight: str
    lone_clock: str
    at: str
    span: str
    week: str
    weeks: str
    conjunction: str  # the "and" before the last word of a list


@dataclass(frozen=True)
class SeriesWriting:
    """How recurring times are written. The examples are those of the Danish language.

    `every` has three forms for each of "day", "week", "month", "year" and "weekday": each one ("hver dag"), each second
    one ("hver anden dag"), and each `{number}` or `{ordinal}` one ("hver {ordinal} dag"). Those of a weekday have its
    `{weekday}`.

    `each_weekday` has the `{weekdays}` of a series in every week ("hver {weekdays}"). `weeks_on` is for other intervals
    and has `{every}`, written with `every`, and the `{weekdays}`, written with `definite_weekdays` ("hver anden uge om
    mandagen"). `even_weeks` and `odd_weeks` have `{days}`, written with `each_weekday`. `nth_weekday` has `{counts}`
    and a `{weekday}` ("den første og tredje fredag i måneden"). `month_days` and `months_on` have `{days}`, the numbers
    of days in a month; `year_on` has a `{date}`. `months_on` and `year_on` also have `{every}`.

    `ordinals` are words for the first, second and so on, as far as there are words; `number_ordinal` writes higher
    ordinals with figures. `last` is the word for the last.
    """

    every: Mapping[str, tuple[str, str, str]]
    ordinals: tuple[str, ...]
    number_ordinal: Callable[[int], str]
    last: str
    workdays: str
    each_weekday: str
    weeks_on: str
    definite_weekdays: tuple[str, ...]
    even_weeks: str
    odd_weeks: str
    nth_weekday: str
    last_day: str
    month_days: str
    months_on: str
    year_on: str
    start: str  # of a series, with its first {date}
    end: str  # of a series, with its last {date}
    exceptions: str  # of a series, with the {dates} left out


@dataclass(frozen=True)
class ReminderWriting:
    """How it is written when somebody is reminded.

    `units` has the singular and plural of "days", "hours" and "minutes". `before` has a `{duration}`, `days_before` has
    `{days}`. The other fields name the day of the reminder.
    """

    units: Mapping[str, tuple[str, str]]
    before: str
    same_day: str
    evening_before: str
    day_before: str
    days_before: str


@dataclass(frozen=True)
class Writing:
    """All texts that a language writes without a sentence of a catalogue."""

    time: TimeWriting
    series: SeriesWriting
    reminders: ReminderWriting
