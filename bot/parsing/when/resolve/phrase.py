"""Says what a phrase means: a moment, a span, a deadline or a choice; what comes again is `repeat`'s."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo

from bot.parsing.when.assemble import Clause, Phrase
from bot.parsing.when.components import (
    ClockTime,
    EndOf,
    Month,
    NotUnderstood,
    PartOfDay,
)
from bot.parsing.when.moment import Moment, ReferenceTime, on_day, resolve, resolve_days
from bot.parsing.when.resolve.dates import DAY, resolve_period
from bot.parsing.when.resolve.parts_of_day import window
from bot.parsing.when.resolve.ranges import day_of, resolve_range
from bot.parsing.when.resolve.recurrence import resolve_recurrence
from bot.parsing.when.result import When

#: Until then, in minutes, an evening may last.
_LATEST = 6 * 60
_UNTIL = frozenset(("to", "until", "through"))
_BEFORE = frozenset(("before", "prior"))


def resolve_phrase(phrase: Phrase, now: datetime, zone: tzinfo | None = None) -> When:
    """The time a phrase says. Raises NotUnderstood, or Impossible with what cannot be."""
    when = _mean(phrase, ReferenceTime(now, zone=zone))
    if all(moment.weekday is None or moment.weekday.which not in ("next", "away") for moment in phrase.moments):
        return when
    later = _mean(phrase, ReferenceTime(now, next_is_later=True, zone=zone))
    return when if later == when else replace(when, alternatives=(later,))


def _mean(phrase: Phrase, seen: ReferenceTime) -> When:
    if phrase.recurrence:
        return resolve_recurrence(phrase, seen)
    if phrase.repeat_count or phrase.next_duration or phrase.rest_of_period:
        raise NotUnderstood
    if phrase.deadline:
        return _within(phrase, seen)
    return _tied(phrase.main, phrase.clauses, seen)


def _within(phrase: Phrase, seen: ReferenceTime) -> When:
    if phrase.deadline is None or phrase.clauses or not phrase.main.is_empty:
        raise NotUnderstood
    end = seen.after(phrase.deadline.duration)
    return When(None, end, deadline=True, has_day=True, has_clock=bool(phrase.deadline.duration.minutes), loose=True)


def _tied(main: Moment, tied: tuple[Clause, ...], seen: ReferenceTime) -> When:
    """By the ties in the order they were said."""
    if any(one.recurrence for one in tied):
        raise NotUnderstood
    match tied:
        case ():
            return _plain(main, seen)
        case (Clause("from", first), Clause(tie, last)) if tie in _UNTIL:
            return resolve_range(main, first, last, seen)
        case (Clause("between", first), Clause("and", last)):
            return resolve_range(main, first, last, seen)
        case (Clause("after", first), Clause(tie, last)) if tie in _BEFORE and first.clock_time and last.clock_time:
            return _between_clocks(main, first, last, seen)
        case (Clause("after", first), Clause("and"), Clause(tie, last)) if (
            tie in _BEFORE and first.clock_time and last.clock_time
        ):
            return _between_clocks(main, first, last, seen)
        case (Clause(tie, moment),):
            return _one_tie(main, tie, moment, seen)
        case (Clause(tie, moment), Clause("or", other)) if tie != "or":
            return _one_tie(main, tie, moment, seen) if other.is_empty else _refuse()
        case _:
            raise NotUnderstood


def _refuse() -> When:
    raise NotUnderstood


def _one_tie(main: Moment, tie: str, moment: Moment, seen: ReferenceTime) -> When:
    match tie:
        case "or":
            return _choice(main, moment, seen)
        case "and":
            return _days_in_a_row(main, moment, seen)
        case "to" | "until" | "through" if main.has_day and moment.has_day:
            return resolve_range(Moment(), main, moment, seen)
        case "to" | "until" if main.part_of_day and not main.clock_time and moment.clock_time and not moment.has_day:
            return _part_until(main, main.part_of_day, moment.clock_time, tie, seen)
        case "to":
            return _plain(main.merge(moment), seen)
        case "from" if moment.clock_time and moment.clock_time.end is None:
            return _plain(main.merge(moment), seen)
        case "after":
            return _after(main, moment, seen)
        case "before" | "prior" if moment.part_of_day and not (moment.has_day or moment.clock_time) and tie == "before":
            return _before(main.merge(_beginning(moment.part_of_day, moment)), seen)
        case "before" | "prior" if moment.clock_came_first and (main.has_day or tie == "before"):
            return _before(main.merge(moment), seen)
        case "before" | "prior":
            return _deadline(main, moment, seen, start=True)
        case "by" | "until" | "through":
            return _deadline(main, moment, seen, start=False)
        case _:
            raise NotUnderstood


def _plain(moment: Moment, seen: ReferenceTime) -> When:
    start, end = resolve(moment, seen)
    exact, has_day = bool(moment.clock_time or moment.time_from_now), moment.has_day or bool(moment.time_from_now)
    any_week = moment.is_weekday_alone
    return When(start, end, has_day=has_day, has_clock=exact, loose=not exact, any_week=any_week)


def _choice(main: Moment, other: Moment, seen: ReferenceTime) -> When:
    """fredag eller lørdag kl. 14: what only one of them says counts for both."""
    first, second = _plain(_share(main, other), seen), _plain(_share(other, main), seen)
    return replace(first, alternatives=(second,))


def _share(moment: Moment, other: Moment) -> Moment:
    if not moment.has_day and not moment.time_from_now:
        moment = replace(moment, weekday=other.weekday, day=other.day, period=other.period, weekend=other.weekend)
    if not moment.clock_time and not moment.part_of_day:
        moment = replace(
            moment,
            clock_time=other.clock_time,
            part_of_day=other.part_of_day,
            duration=moment.duration or other.duration,
        )
    return moment


def _days_in_a_row(main: Moment, other: Moment, seen: ReferenceTime) -> When:
    """lørdag og søndag; days that do not follow each other are two times."""
    if (
        main.clock_time
        or other.clock_time
        or main.part_of_day
        or other.part_of_day
        or not (main.has_day and other.has_day)
    ):
        raise NotUnderstood
    first = resolve_days(main, seen) or _nothing()
    last = resolve_days(other, seen.moved_to(first[0])) or _nothing()
    if last[0] != (first[1] or first[0] + DAY):
        raise NotUnderstood
    return _window(first[0], last[1] or last[0] + DAY)


def _part_until(main: Moment, part: PartOfDay, clock: ClockTime, tie: str, seen: ReferenceTime) -> When:
    """fredag aften til kl. 2; with a "til" to a time of the same evening it may as well be moved there"""
    begin = window(part)[0]
    past_midnight = clock.start < begin and clock.start <= _LATEST
    if clock.end is not None or not (past_midnight or (tie == "until" and clock.start > begin)):
        raise NotUnderstood
    span = ClockTime(begin, clock.start, is_unambiguous=True)
    return replace(_plain(replace(main, part_of_day=None, clock_time=span), seen), loose=True)


def _nothing() -> tuple[date, date | None]:
    raise NotUnderstood


def _window(start: datetime | date, end: datetime | date) -> When:
    return When(start, end, has_day=True, loose=True)


def _after(main: Moment, moment: Moment, seen: ReferenceTime) -> When:
    """efter kl. 14: from then to the end of the day"""
    if not moment.clock_came_first or moment.clock_time is None or moment.clock_time.end is not None:
        raise NotUnderstood
    start = _only_start(main.merge(moment), seen)
    midnight = datetime.combine(start.date() + DAY, time())
    return When(start, midnight, has_day=main.has_day or moment.has_day, has_clock=True, loose=True)


def _before(moment: Moment, seen: ReferenceTime) -> When:
    """fredag før kl. 12: from the beginning of the day, or of the part of the day that is said"""
    end = _only_start(moment, seen)
    day = (end - timedelta(minutes=1)).date()
    start = on_day(day, (0, None))[0]
    if moment.part_of_day:
        part_start = resolve(
            replace(moment, clock_time=None, part_of_day=replace(moment.part_of_day, is_generic=False)), seen
        )[0]
        start = datetime.combine(day, part_start.time()) if isinstance(part_start, datetime) else start
    if start >= end:
        raise NotUnderstood
    return When(start, end, has_day=moment.has_day, has_clock=True, loose=True)


def _beginning(part: PartOfDay, moment: Moment) -> Moment:
    """The before of før middag."""
    clock = ClockTime(window(part)[0], is_unambiguous=True)
    return Moment(clock_time=clock, char_start=moment.char_start, char_end=moment.char_end, clock_came_first=True)


def _only_start(moment: Moment, seen: ReferenceTime) -> datetime:
    start, end = resolve(moment, seen)
    if end is not None or not isinstance(start, datetime):
        raise NotUnderstood
    return start


def _between_clocks(main: Moment, first: Moment, last: Moment, seen: ReferenceTime) -> When:
    """efter kl. 9 og før kl. 12"""
    if (
        first.clock_time is None
        or last.clock_time is None
        or first.clock_time.end is not None
        or last.clock_time.end is not None
    ):
        raise NotUnderstood
    clock = ClockTime(first.clock_time.start, last.clock_time.start)
    moment = main.merge(replace(first, clock_time=None)).merge(replace(last, clock_time=None))
    return replace(_plain(replace(moment, clock_time=clock), seen), loose=True)


def _deadline(main: Moment, moment: Moment, seen: ReferenceTime, *, start: bool) -> When:
    """inden fredag (its `start`), senest fredag (its end)"""
    if not main.is_empty:
        if moment.has_day or main.clock_time or main.part_of_day or main.duration:
            raise NotUnderstood
        moment = main.merge(moment)
    if moment.clock_time and moment.clock_time.end is not None:
        raise NotUnderstood
    has_clock = bool(moment.clock_time or moment.time_from_now)
    has_day = moment.has_day or bool(moment.time_from_now)
    return When(None, _edge(moment, seen, start), deadline=True, has_day=has_day, has_clock=has_clock, loose=True)


def _next_year(begin: datetime | date) -> datetime | date:
    """In June, "inden juni" is about another June than this one, which has begun."""
    return begin.replace(year=begin.year + 1)


def _edge(moment: Moment, seen: ReferenceTime, start: bool) -> datetime | date:
    if isinstance(moment.period, EndOf):
        if not replace(moment, period=None).is_empty:
            raise NotUnderstood
        return resolve_period(moment.period, seen.today)[1]
    begin, end = resolve(moment, seen)
    if start:
        month = isinstance(moment.period, Month) and moment.period.number and not moment.period.year
        return _next_year(begin) if month and day_of(begin) <= seen.today else begin
    return end if end is not None else begin if isinstance(begin, datetime) else begin + DAY
