"""Resolves a phrase without a recurrence. Its clauses make it a moment, a range, a deadline or a choice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import reduce

from bot.parsing.when.clock_time import ClockTime
from bot.parsing.when.components import Month, NthWeek, PartOfDay, SchoolHoliday
from bot.parsing.when.errors import ImpossibleTime, NotUnderstood
from bot.parsing.when.phrase import NO_MOMENT, Clause, Moment, Phrase
from bot.parsing.when.resolve.dates import DAY, resolve_period
from bot.parsing.when.resolve.deadline import resolve_deadline
from bot.parsing.when.resolve.holiday_weekdays import is_weekday_of_holiday, resolve_weekday_of_holiday
from bot.parsing.when.resolve.in_a_row import resolve_rest, resolve_units_in_a_row
from bot.parsing.when.resolve.list import is_list, resolve_list
from bot.parsing.when.resolve.moment import at_minutes, resolve_moment, resolve_single
from bot.parsing.when.resolve.parts_of_day import bounds_of
from bot.parsing.when.resolve.ranges import resolve_range
from bot.parsing.when.resolve.recurrence import resolve_recurrence
from bot.parsing.when.resolve.reference import ReferenceTime
from bot.parsing.when.result import When

#: The latest end of an evening that lasts past midnight, in minutes since midnight.
_LATEST_END_OF_EVENING = 6 * 60

#: "Efter sommerferien" is a time that is chosen in so many days behind it.
_AFTER_HOLIDAY = timedelta(days=14)

_UNTIL = frozenset(("to", "until", "through"))
_BEFORE = frozenset(("before", "prior"))


def resolve_phrase(phrase: Phrase, now: datetime, zone: tzinfo | None = None) -> When:
    """Return the time that a phrase means, as seen from a local, naive present moment.

    When words may mean two times, such as the coming weekday or the one after that, the second is an alternative.
    Raises NotUnderstood when the phrase is not one time, ImpossibleTime when there is no such time.
    """
    reference = ReferenceTime(now, zone=zone)
    if not (phrase.next_duration or any(map(_may_mean_two_times, phrase.moments))):
        return _resolve(phrase, reference)
    other = _resolve_if_possible(phrase, replace(reference, takes_other_meaning=True))
    if other is None:
        return _resolve(phrase, reference)
    when = _resolve_if_possible(phrase, reference)
    return other if when is None else when if other == when else replace(when, alternatives=(other,))


def _may_mean_two_times(moment: Moment) -> bool:
    """Return whether a moment may have a second meaning, which `takes_other_meaning` of the reference time chooses."""
    weekday, period, clock_time = moment.weekday, moment.period, moment.clock_time
    return bool(
        (weekday and (weekday.which in ("next", "in_weeks") or weekday.weeks_ahead))
        or isinstance(period, NthWeek)
        or (isinstance(period, Month) and period.is_next)
        or (clock_time and (clock_time.or_date or clock_time.or_year))
    )


def _resolve_if_possible(phrase: Phrase, reference: ReferenceTime) -> When | None:
    try:
        return _resolve(phrase, reference)
    except (ImpossibleTime, NotUnderstood):
        return None


def _resolve(phrase: Phrase, reference: ReferenceTime) -> When:
    if phrase.recurrence:
        return resolve_recurrence(phrase, reference)
    if phrase.repeat_count or phrase.next_duration or phrase.rest_of_period:
        return _resolve_from_now_on(phrase, reference)
    if phrase.deadline:
        return _resolve_within(phrase, reference)
    return _resolve_clauses(phrase.main, phrase.clauses, reference)


def _resolve_from_now_on(phrase: Phrase, reference: ReferenceTime) -> When:
    """“de næste 3 uger” (the next 3 weeks), “resten af ugen” (the rest of the week)"""
    units = phrase.next_duration.units if phrase.next_duration else None
    if phrase.repeat_count or phrase.deadline or phrase.clauses or not phrase.main.is_empty:
        raise NotUnderstood
    if units and not phrase.rest_of_period:
        return resolve_units_in_a_row(units, reference)
    if phrase.rest_of_period and not phrase.next_duration:
        return resolve_rest(phrase.rest_of_period, reference)
    raise NotUnderstood


def _resolve_within(phrase: Phrase, reference: ReferenceTime) -> When:
    """“inden for en uge” (within a week)"""
    if phrase.deadline is None or phrase.clauses or not phrase.main.is_empty:
        raise NotUnderstood
    duration = phrase.deadline.duration
    end = reference.after(duration)
    return When(None, end, deadline=True, has_day=True, has_clock=duration.has_clock, loose=True)


def _resolve_clauses(main: Moment, clauses: tuple[Clause, ...], reference: ReferenceTime) -> When:
    """Return the time of a main moment with clauses.

    The connectives of the clauses, in order, decide how it is resolved.
    """
    if any(clause.recurrence for clause in clauses):
        raise NotUnderstood
    match clauses:
        case () if is_weekday_of_holiday(main):
            return resolve_weekday_of_holiday(main, reference)
        case ():
            return resolve_list([main], reference) if is_list(main) else resolve_single(main, reference)
        case (Clause("from", first), Clause(connective, last)) if connective in _UNTIL:
            return resolve_range(main, first, last, reference)
        case (Clause("between", first), Clause("and", last)):
            return resolve_range(main, first, last, reference)
        case (Clause("after", first), Clause(connective, last)) if connective in _BEFORE:
            return _resolve_between_clock_times(main, first, last, reference)
        case (Clause("after", first), Clause("and"), Clause(connective, last)) if connective in _BEFORE:
            return _resolve_between_clock_times(main, first, last, reference)
        case _ if all(clause.connective in ("comma", "and", "slash") for clause in clauses):
            is_slash = all(clause.connective == "slash" for clause in clauses)
            return resolve_list([main, *(clause.moment for clause in clauses)], reference, may_be_choice=is_slash)
        case _ if clauses[-1].connective == "or" and all(clause.connective in ("comma", "or") for clause in clauses):
            return _resolve_choice([main, *(clause.moment for clause in clauses)], reference)
        case (Clause(connective, moment),):
            return _resolve_one_clause(main, connective, moment, reference)
        case (Clause(connective, moment), Clause("or", other)) if connective != "or" and other.is_empty:
            return _resolve_one_clause(main, connective, moment, reference)
        case _:
            raise NotUnderstood


def _resolve_one_clause(main: Moment, connective: str, moment: Moment, reference: ReferenceTime) -> When:
    match connective:
        case "to" | "until" | "through" if main.has_day and moment.has_day:
            return resolve_range(NO_MOMENT, main, moment, reference)
        case "to" | "until" if main.part_of_day and not main.clock_time and moment.clock_time and not moment.has_day:
            return _resolve_part_until(main, main.part_of_day, moment.clock_time, connective, reference)
        case "to" | "until" if isinstance(moment.period, SchoolHoliday):  # until the holiday begins
            return resolve_deadline(main, moment, reference, is_before=True)
        case "to":
            when = resolve_single(main.merge(moment), reference)
            return replace(when, ends_on_day=_is_day_and_clock(main, moment))
        case "until" | "through" if _is_day_and_clock(main, moment):
            return _resolve_before(main.merge(moment), reference)
        case "from" if moment.clock_time and moment.clock_time.end is None:
            return resolve_single(main.merge(moment), reference)
        case "from" if moment.has_day and (moment.duration or main.is_duration_alone):
            return resolve_single(main.merge(moment), reference)
        case "after" if isinstance(moment.period, SchoolHoliday) and main.is_empty and not moment.clock_time:
            end = resolve_period(moment.period, reference.today)[1]
            return When(end, end + _AFTER_HOLIDAY, has_day=True, loose=True, open_end=True)
        case "after":
            return _resolve_after(main, moment, reference)
        case "before" if moment.part_of_day and not (moment.has_day or moment.clock_time):
            return _resolve_before(main.merge(_start_of_part(moment.part_of_day, moment)), reference)
        case "before" | "prior" if moment.clock_came_first and (main.has_day or connective == "before"):
            return _resolve_before(main.merge(moment), reference)
        case "before" | "prior":
            return resolve_deadline(main, moment, reference, is_before=True)
        case "by" if main.clock_time and moment.clock_time and not moment.has_day:
            return _resolve_clock_times(main, moment, reference)
        case "by" | "until" | "through":
            return resolve_deadline(main, moment, reference, is_before=False)
        case _:
            raise NotUnderstood


def _is_day_and_clock(main: Moment, moment: Moment) -> bool:
    """Return whether a clause with nothing but a clock time follows a day: "fredag til kl. 12"."""
    has_more = main.clock_time or main.part_of_day or main.duration or moment.has_day or moment.part_of_day
    return bool(main.has_day and moment.clock_time and moment.clock_time.end is None and not has_more)


def _resolve_choice(moments: Sequence[Moment], reference: ReferenceTime) -> When:
    """“fredag eller lørdag kl. 14” → two alternatives. A part that only one of them names counts for both."""
    complete = (
        reduce(_with_missing_from, (other for other in moments if other is not moment), moment) for moment in moments
    )
    first, *others = (resolve_single(moment, reference) for moment in complete)
    return replace(first, alternatives=tuple(others))


def _with_missing_from(moment: Moment, other: Moment) -> Moment:
    if not moment.has_day and not moment.time_from_now:
        moment = replace(moment, weekday=other.weekday, day=other.day, period=other.period, weekend=other.weekend)
    if not moment.clock_time and not moment.part_of_day:
        duration = moment.duration or other.duration
        moment = replace(moment, clock_time=other.clock_time, part_of_day=other.part_of_day, duration=duration)
    return moment


def _resolve_part_until(
    main: Moment, part: PartOfDay, clock_time: ClockTime, connective: str, reference: ReferenceTime
) -> When:
    """“fredag aften til kl. 2” → from the start of the evening

    With "til" and a clock time of the same evening it may also mean to move the evening to that time, so it is not
    understood.
    """
    start = bounds_of(part)[0]
    is_past_midnight = clock_time.start < start and clock_time.start <= _LATEST_END_OF_EVENING
    is_same_evening = connective == "until" and clock_time.start > start
    if clock_time.end is not None or not (is_past_midnight or is_same_evening):
        raise NotUnderstood
    clock_range = ClockTime(start, clock_time.start, is_unambiguous=True)
    return replace(resolve_single(replace(main, part_of_day=None, clock_time=clock_range), reference), loose=True)


def _resolve_after(main: Moment, moment: Moment, reference: ReferenceTime) -> When:
    """“efter kl. 14” → from then to the end of the day"""
    if not moment.clock_came_first or moment.clock_time is None or moment.clock_time.end is not None:
        raise NotUnderstood
    start = _start_alone(main.merge(moment), reference)
    midnight = datetime.combine(start.date() + DAY, time())
    return When(start, midnight, has_day=main.has_day or moment.has_day, has_clock=True, loose=True)


def _resolve_before(moment: Moment, reference: ReferenceTime) -> When:
    """“fredag før kl. 12” → from the start of the day, or of the part of the day that was said"""
    end = _start_alone(moment, reference)
    day = (end - timedelta(minutes=1)).date()
    start = at_minutes(day, (0, None))[0]
    if moment.part_of_day:
        start = _start_of_part_on(day, moment, moment.part_of_day, reference) or start
    if start >= end:
        raise NotUnderstood
    return When(start, end, has_day=moment.has_day, has_clock=True, loose=True, ends_on_day=True)


def _start_of_part_on(day: date, moment: Moment, part: PartOfDay, reference: ReferenceTime) -> datetime | None:
    definite = replace(moment, clock_time=None, part_of_day=replace(part, is_generic=False))
    start = resolve_moment(definite, reference)[0]
    return datetime.combine(day, start.time()) if isinstance(start, datetime) else None


def _start_of_part(part: PartOfDay, moment: Moment) -> Moment:
    """Return the clock time at which a part of the day begins, as a moment: noon for the "middag" of "før middag".

    `moment` is the moment that named the part. The new moment keeps its position in the text.
    """
    clock_time = ClockTime(bounds_of(part)[0], is_unambiguous=True)
    return Moment(clock_time=clock_time, char_start=moment.char_start, char_end=moment.char_end, clock_came_first=True)


def _start_alone(moment: Moment, reference: ReferenceTime) -> datetime:
    """Return the clock time of a moment. Raises NotUnderstood for a range, and for a moment without a clock time."""
    start, end = resolve_moment(moment, reference)
    if end is not None or not isinstance(start, datetime):
        raise NotUnderstood
    return start


def _resolve_clock_times(main: Moment, last: Moment, reference: ReferenceTime) -> When:
    """“søndag kl. 9.30, senest kl. 14” → a window in which a time may be chosen"""
    if main.clock_time is None or last.clock_time is None or last.clock_time.start <= main.clock_time.start:
        raise NotUnderstood
    first = Moment(clock_time=main.clock_time, char_start=main.char_start, char_end=main.char_end)
    return _resolve_between_clock_times(replace(main, clock_time=None), first, last, reference)


def _resolve_between_clock_times(main: Moment, first: Moment, last: Moment, reference: ReferenceTime) -> When:
    """“efter kl. 9 og før kl. 12”"""
    if first.clock_time is None or last.clock_time is None:
        raise NotUnderstood
    if first.clock_time.end is not None or last.clock_time.end is not None:
        raise NotUnderstood
    clock_range = ClockTime(first.clock_time.start, last.clock_time.start)
    moment = main.merge(replace(first, clock_time=None)).merge(replace(last, clock_time=None))
    return replace(resolve_single(replace(moment, clock_time=clock_range), reference), loose=True)
