"""Asks about a time that is odd for the work: in the night, ending before it begins, or much too long or short."""

from datetime import datetime, time, timedelta
from typing import Any

from bot.api import Ask, Option, Request, Span, Task, Terms, Thing
from bot.api.availability import opening_hours
from bot.features.bookings.making.clash_questions import make_anyway_value

_HALF_A_DAY = timedelta(hours=12)
#: How many times as long, or as short, as usual work may last before it is asked about.
_MAX_FACTOR = 3


def ask_about_odd_time(
    request: Request,
    thing: Thing,
    terms: Terms,
    task: Task | None,
    anyway: str | None,
    instead: tuple[str, dict[str, Any]] | None = None,
) -> None:
    """Raise Ask when a time is odd and the person has not confirmed it.

    The options are the time that was probably meant, and the time as it was said. `instead` is the command that the
    answer completes, with its arguments so far.
    """
    confirmed = (_odd_value(terms), make_anyway_value(terms))
    if anyway in confirmed or (key := _find_oddity(request, thing, terms, task)) is None:
        return
    options = [Option(_describe(request, span), request.to_when(span)) for span in _guess(request, thing, terms, task)]
    label = request.text("as-written", time=request.time_of(terms))
    kept = Option(label, request.to_when(terms), {"anyway": _odd_value(terms)}, keeps=True)
    opens, closes = opening_hours(request, thing)
    raise Ask(
        "time",
        key,
        [*options, kept],
        instead=instead,
        thing=thing.name,
        time=terms,
        task=task.name if task else "",
        opens=request.local_time(datetime.combine(_day_of(request, terms), opens), None).clock,
        closes=request.local_time(datetime.combine(_day_of(request, terms), closes), None).clock,
    )


def _odd_value(terms: Terms) -> str:
    return f"odd {make_anyway_value(terms)}"


def _find_oddity(request: Request, thing: Thing, terms: Terms, task: Task | None) -> str | None:
    """Return the key of the question about what is odd; None for a time like others."""
    duration = terms.end - terms.start
    if task is not None and (duration > task.duration * _MAX_FACTOR or duration * _MAX_FACTOR < task.duration):
        return "odd-length"
    if duration > _HALF_A_DAY and task is None:
        return "odd-length"
    return None if _is_in_hours(request, thing, request.local(terms.start).time()) else "odd-hours"


def _is_in_hours(request: Request, thing: Thing, clock: time) -> bool:
    opens, closes = opening_hours(request, thing)
    if opens < closes:
        return opens <= clock < closes
    return clock >= opens or clock < closes or opens == closes


def _guess(request: Request, thing: Thing, terms: Terms, task: Task | None) -> list[Span]:
    """Return the times that may be meant instead: twelve hours later, or with the usual length."""
    if terms.is_series:
        return []
    duration = terms.end - terms.start
    usual = task.duration if task else timedelta(hours=1)
    lasts = duration if duration <= usual * _MAX_FACTOR else usual
    start = terms.start
    if not _is_in_hours(request, thing, request.local(start).time()):
        later = start + _HALF_A_DAY
        if _is_in_hours(request, thing, request.local(later).time()):
            return [Span(later, later + lasts)]
        return []
    return [Span(start, start + usual)]


def _describe(request: Request, span: Span) -> str:
    return request.time(span.start, span.end).full


def _day_of(request: Request, terms: Terms) -> Any:
    return request.local(terms.start).date()
