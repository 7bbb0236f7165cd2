"""Says what a phrase means: a moment, a span, a deadline or a choice; what comes again is `repeat`'s."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo

from bot.parsing.when.days import DAY, resolve_period
from bot.parsing.when.found import When
from bot.parsing.when.moment import Moment, Seen, on_day, resolve, resolve_days
from bot.parsing.when.parts import window
from bot.parsing.when.phrase import Phrase, Tied
from bot.parsing.when.repeat import repeat
from bot.parsing.when.said import Beside, Clock, Date, EndOf, Impossible, Month, NotUnderstood, Offset, Part, Weeks

#: Until then, in minutes, an evening may last.
_LATEST = 6 * 60
_UNTIL = frozenset(("to", "until", "through"))
_BEFORE = frozenset(("before", "prior"))


def mean(phrase: Phrase, now: datetime, zone: tzinfo | None = None) -> When:
    """The time a phrase says. Raises NotUnderstood, or Impossible with what cannot be."""
    when = _mean(phrase, Seen(now, zone=zone))
    if all(moment.weekday is None or moment.weekday.which not in ("next", "away") for moment in phrase.moments):
        return when
    later = _mean(phrase, Seen(now, later=True, zone=zone))
    return when if later == when else replace(when, alternatives=(later,))


def _mean(phrase: Phrase, seen: Seen) -> When:
    if phrase.every:
        return repeat(phrase, seen)
    if phrase.times or phrase.length or phrase.rest:
        raise NotUnderstood
    if phrase.within:
        return _within(phrase, seen)
    return _tied(phrase.main, phrase.tied, seen)


def _within(phrase: Phrase, seen: Seen) -> When:
    if phrase.within is None or phrase.tied or not phrase.main.is_empty:
        raise NotUnderstood
    end = seen.ahead(phrase.within.length)
    return When(None, end, deadline=True, has_day=True, has_clock=bool(phrase.within.length.minutes), loose=True)


def _tied(main: Moment, tied: tuple[Tied, ...], seen: Seen) -> When:
    """By the ties in the order they were said."""
    if any(one.every for one in tied):
        raise NotUnderstood
    match tied:
        case ():
            return _plain(main, seen)
        case (Tied("from", first), Tied(tie, last)) if tie in _UNTIL:
            return _range(main, first, last, seen)
        case (Tied("between", first), Tied("and", last)):
            return _range(main, first, last, seen)
        case (Tied("after", first), Tied(tie, last)) if tie in _BEFORE and first.clock and last.clock:
            return _between_clocks(main, first, last, seen)
        case (Tied("after", first), Tied("and"), Tied(tie, last)) if tie in _BEFORE and first.clock and last.clock:
            return _between_clocks(main, first, last, seen)
        case (Tied(tie, moment),):
            return _one_tie(main, tie, moment, seen)
        case (Tied(tie, moment), Tied("or", other)) if tie != "or":
            return _one_tie(main, tie, moment, seen) if other.is_empty else _refuse()
        case _:
            raise NotUnderstood


def _refuse() -> When:
    raise NotUnderstood


def _one_tie(main: Moment, tie: str, moment: Moment, seen: Seen) -> When:
    match tie:
        case "or":
            return _choice(main, moment, seen)
        case "and":
            return _days_in_a_row(main, moment, seen)
        case "to" | "until" | "through" if main.has_day and moment.has_day:
            return _range(Moment(), main, moment, seen)
        case "to" | "until" if main.part and not main.clock and moment.clock and not moment.has_day:
            return _part_until(main, main.part, moment.clock, tie, seen)
        case "to":
            return _plain(main.join(moment), seen)
        case "from" if moment.clock and moment.clock.end is None:
            return _plain(main.join(moment), seen)
        case "after":
            return _after(main, moment, seen)
        case "before" | "prior" if moment.part and not (moment.has_day or moment.clock) and tie == "before":
            return _before(main.join(_beginning(moment.part, moment)), seen)
        case "before" | "prior" if moment.clock_first and (main.has_day or tie == "before"):
            return _before(main.join(moment), seen)
        case "before" | "prior":
            return _deadline(main, moment, seen, start=True)
        case "by" | "until" | "through":
            return _deadline(main, moment, seen, start=False)
        case _:
            raise NotUnderstood


def _plain(moment: Moment, seen: Seen) -> When:
    start, end = resolve(moment, seen)
    exact, has_day = bool(moment.clock or moment.instant), moment.has_day or bool(moment.instant)
    any_week = moment.is_weekday_alone
    return When(start, end, has_day=has_day, has_clock=exact, loose=not exact, any_week=any_week)


def _choice(main: Moment, other: Moment, seen: Seen) -> When:
    """fredag eller lørdag kl. 14: what only one of them says counts for both."""
    first, second = _plain(_share(main, other), seen), _plain(_share(other, main), seen)
    return replace(first, alternatives=(second,))


def _share(moment: Moment, other: Moment) -> Moment:
    if not moment.has_day and not moment.instant:
        moment = replace(moment, weekday=other.weekday, day=other.day, period=other.period, weekend=other.weekend)
    if not moment.clock and not moment.part:
        moment = replace(moment, clock=other.clock, part=other.part, length=moment.length or other.length)
    return moment


def _days_in_a_row(main: Moment, other: Moment, seen: Seen) -> When:
    """lørdag og søndag; days that do not follow each other are two times."""
    if main.clock or other.clock or main.part or other.part or not (main.has_day and other.has_day):
        raise NotUnderstood
    first = resolve_days(main, seen) or _nothing()
    last = resolve_days(other, seen.at(first[0])) or _nothing()
    if last[0] != (first[1] or first[0] + DAY):
        raise NotUnderstood
    return _window(first[0], last[1] or last[0] + DAY)


def _part_until(main: Moment, part: Part, clock: Clock, tie: str, seen: Seen) -> When:
    """fredag aften til kl. 2; with a "til" to a time of the same evening it may as well be moved there"""
    begin = window(part)[0]
    past_midnight = clock.start < begin and clock.start <= _LATEST
    if clock.end is not None or not (past_midnight or (tie == "until" and clock.start > begin)):
        raise NotUnderstood
    span = Clock(begin, clock.start, sure=True)
    return replace(_plain(replace(main, part=None, clock=span), seen), loose=True)


def _nothing() -> tuple[date, date | None]:
    raise NotUnderstood


def _window(start: datetime | date, end: datetime | date) -> When:
    return When(start, end, has_day=True, loose=True)


def _range(main: Moment, first: Moment, last: Moment, seen: Seen) -> When:
    """fra fredag til søndag, fra fredag kl. 14 til lørdag kl. 10"""
    first, last = _complete(main, first, last)
    if not (first.has_day and last.has_day):
        raise NotUnderstood
    start, first_end = resolve(first, seen)
    end = _end_of_range(last, seen if _counts_from_now(last) else seen.at(_day_of(start)))
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise NotUnderstood
    if first.clock and first.clock.end is not None:
        raise NotUnderstood
    if end <= (first_end or start) and end <= start:
        raise Impossible("when-no-such-date", said=(first.start, last.end))
    has_clock = bool(first.clock or last.clock)
    return When(start, end, has_day=True, has_clock=has_clock, loose=not (first.clock and last.clock))


def _counts_from_now(moment: Moment) -> bool:
    """i næste uge, om 14 dage: not seen from the beginning of the span."""
    period = moment.period
    relative = (isinstance(period, Weeks) and not period.numbers) or (isinstance(period, Month) and not period.number)
    return bool(relative or moment.weekend or isinstance(moment.day, Offset | Beside))


def _complete(main: Moment, first: Moment, last: Moment) -> tuple[Moment, Moment]:
    """What was said once for both ends: the week of fra mandag til onsdag i uge 25, the month of 12. til 14. juni."""
    period = main.period or last.period
    if not replace(main, period=None).is_empty:
        raise NotUnderstood
    if period and first.weekday and not first.period:
        first = replace(first, period=period)
    if main.period and last.weekday and not last.period:
        last = replace(last, period=period)
    if isinstance(first.day, Date) and isinstance(last.day, Date) and first.day.month is None and last.day.month:
        earlier = first.day.day > last.day.day
        month = (last.day.month - 2) % 12 + 1 if earlier else last.day.month
        first = replace(first, day=Date(first.day.day, month, last.day.year))
    return first, last


def _end_of_range(last: Moment, seen: Seen) -> datetime | date:
    if last.clock and last.clock.end is not None:
        raise NotUnderstood
    start, end = resolve(last, seen)
    if end is not None:
        return end
    return start if isinstance(start, datetime) else start + DAY


def _day_of(start: datetime | date) -> date:
    return start.date() if isinstance(start, datetime) else start


def _after(main: Moment, moment: Moment, seen: Seen) -> When:
    """efter kl. 14: from then to the end of the day"""
    if not moment.clock_first or moment.clock is None or moment.clock.end is not None:
        raise NotUnderstood
    start = _only_start(main.join(moment), seen)
    midnight = datetime.combine(start.date() + DAY, time())
    return When(start, midnight, has_day=main.has_day or moment.has_day, has_clock=True, loose=True)


def _before(moment: Moment, seen: Seen) -> When:
    """fredag før kl. 12: from the beginning of the day, or of the part of the day that is said"""
    end = _only_start(moment, seen)
    day = (end - timedelta(minutes=1)).date()
    start = on_day(day, (0, None))[0]
    if moment.part:
        part_start = resolve(replace(moment, clock=None, part=replace(moment.part, habit=False)), seen)[0]
        start = datetime.combine(day, part_start.time()) if isinstance(part_start, datetime) else start
    if start >= end:
        raise NotUnderstood
    return When(start, end, has_day=moment.has_day, has_clock=True, loose=True)


def _beginning(part: Part, moment: Moment) -> Moment:
    """The before of før middag."""
    clock = Clock(window(part)[0], sure=True)
    return Moment(clock=clock, start=moment.start, end=moment.end, clock_first=True)


def _only_start(moment: Moment, seen: Seen) -> datetime:
    start, end = resolve(moment, seen)
    if end is not None or not isinstance(start, datetime):
        raise NotUnderstood
    return start


def _between_clocks(main: Moment, first: Moment, last: Moment, seen: Seen) -> When:
    """efter kl. 9 og før kl. 12"""
    if first.clock is None or last.clock is None or first.clock.end is not None or last.clock.end is not None:
        raise NotUnderstood
    clock = Clock(first.clock.start, last.clock.start)
    moment = main.join(replace(first, clock=None)).join(replace(last, clock=None))
    return replace(_plain(replace(moment, clock=clock), seen), loose=True)


def _deadline(main: Moment, moment: Moment, seen: Seen, *, start: bool) -> When:
    """inden fredag (its `start`), senest fredag (its end)"""
    if not main.is_empty:
        if moment.has_day or main.clock or main.part or main.length:
            raise NotUnderstood
        moment = main.join(moment)
    if moment.clock and moment.clock.end is not None:
        raise NotUnderstood
    has_clock = bool(moment.clock or moment.instant)
    has_day = moment.has_day or bool(moment.instant)
    return When(None, _edge(moment, seen, start), deadline=True, has_day=has_day, has_clock=has_clock, loose=True)


def _next_year(begin: datetime | date) -> datetime | date:
    """In June, "inden juni" is about another June than this one, which has begun."""
    return begin.replace(year=begin.year + 1)


def _edge(moment: Moment, seen: Seen, start: bool) -> datetime | date:
    if isinstance(moment.period, EndOf):
        if not replace(moment, period=None).is_empty:
            raise NotUnderstood
        return resolve_period(moment.period, seen.today)[1]
    begin, end = resolve(moment, seen)
    if start:
        month = isinstance(moment.period, Month) and moment.period.number and not moment.period.year
        return _next_year(begin) if month and _day_of(begin) <= seen.today else begin
    return end if end is not None else begin if isinstance(begin, datetime) else begin + DAY
