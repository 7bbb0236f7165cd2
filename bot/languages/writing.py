"""How times, series and reminders are written in a language: templates for `str.format`, one for each form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TimeWriting:
    """How numbers, dates and clock times are written.

    `date` and `short_date` have `{weekday}`, `{day}` and `{month}`; `day_of_year` has `{day}` and `{month}`. A year
    is put behind a date. `clock` has `{hour}` and `{minute}`, `whole_hour` has `{hour}`; `midnight` is the end of a
    day. `lone_clock` is a `{clock}` where no date stands before it, `at` is one behind a date. `span` has `{start}`
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
    """How it is written that something comes again.

    `every` has for "day", "week", "month", "year" and "weekday" how each one, each second one and each `{number}` or
    `{ordinal}` one is written; that of a weekday has its `{weekday}`. `each_weekday` has the `{weekdays}` of every
    week, and `weeks_on` those of some weeks, which are `definite_weekdays`. `even_weeks` and `odd_weeks` have `{days}`,
    written as those of every week. `nth_weekday` has `{counts}` and a `{weekday}`, `month_days` and `months_on` have
    the numbered `{days}` of a month, `year_on` has a `{date}`. `{every}` is written with `every`.

    `ordinals` are words for the first, second and so on, as far as there are words; `number_ordinal` writes any
    other with figures. `last` is the ordinal of the last one.
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
    """How it is written when somebody is reminded of something.

    `units` are "days", "hours" and "minutes", in the singular and in the plural. `before` has a `{duration}`,
    `days_before` has `{days}`; the others say which day it is.
    """

    units: Mapping[str, tuple[str, str]]
    before: str
    same_day: str
    evening_before: str
    day_before: str
    days_before: str


@dataclass(frozen=True)
class Writing:
    """All that is written in a language without a sentence of a catalogue."""

    time: TimeWriting
    series: SeriesWriting
    reminders: ReminderWriting
