"""Computes a time relative to the agreed time: "en halv time tidligere", "en uge senere"."""

from datetime import date, datetime, timedelta

from bot.api import Ask, Option, Refused, Request, Terms, When
from bot.api.arguments import Direction, TimeShift, on_day


def shift_terms(request: Request, terms: Terms, shift: TimeShift, arguments: dict[str, object]) -> When:
    """Return the terms moved by a shift, as a time that somebody could have written.

    Raises Ask when the shift does not say which way: the options are both times. `arguments` are those of the command
    so far.
    """
    if shift.direction is not Direction.UNCLEAR:
        return _move(request, terms, shift, shift.direction)
    times = [_move(request, terms, shift, direction) for direction in (Direction.EARLIER, Direction.LATER)]
    options = [Option(_describe(request, time), time) for time in times]
    raise Ask("time", "ask-which-time", options, instead=("counter", dict(arguments)))


def move_to_day_of(shifted: When, time: When, moved_from: date) -> When:
    """Return a shifted time on the day of another time, when that names a day.

    `moved_from` is the day before the shift, which only says what is moved: "udskyd fredag til ugen efter". Another
    weekday is one in the week of the shifted time: "torsdag ugen efter".
    """
    if time.start is None or not time.has_day or not isinstance(shifted.start, datetime):
        return shifted
    day = time.start.date() if isinstance(time.start, datetime) else time.start
    if day == moved_from:
        return shifted
    if time.any_week and shifted.start.date() != moved_from:
        day = shifted.start.date() + timedelta(days=day.weekday() - shifted.start.weekday())
    return on_day(shifted, day)


def _move(request: Request, terms: Terms, shift: TimeShift, direction: Direction) -> When:
    start = shift.apply(request.local(terms.start), direction)
    if start is None:
        raise Refused("no-such-time-ever")
    return When(start, start + (terms.end - terms.start), has_day=True, has_clock=True)


def _describe(request: Request, time: When) -> str:
    assert time.start is not None, "a shifted time has a start"
    return request.local_time(time.start, time.end).full
