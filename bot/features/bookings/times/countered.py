"""Makes the terms of a counter-offer, and asks which of several times to offer."""

from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as clock
from typing import Any

from bot.api import Agreement, Ask, Option, Request, Span, Task, Terms, Thing, When, find_free_times
from bot.features.bookings.times.exact import MAX_OFFERED_TIMES, make_exact_terms
from bot.features.bookings.times.moved import move_terms, move_to_week_of


async def ask_which_time(request: Request, agreement: Agreement, time: When, arguments: dict[str, Any]) -> Ask:
    """Return the question which of several times to offer: "kl. 16 eller 17" on the day of the agreement."""
    options = []
    for meaning in (replace(time, alternatives=()), *time.alternatives):
        terms = await make_counter_terms(request, agreement, meaning, arguments)
        options.append(Option(request.time_of(terms).full, request.to_when(terms)))
    return Ask("time", "ask-which-offer", options, instead=("counter", arguments))


async def make_counter_terms(request: Request, agreement: Agreement, time: When, arguments: dict[str, Any]) -> Terms:
    """Return the terms of the counter-offer. Raise Ask when the time leaves a choice.

    `arguments` are the arguments of the command so far, for the question. The agreement may have been detached from a
    series in this transaction. The question rolls that back, so it has to name the series and the times that were
    meant.
    """
    before = agreement.negotiation.newest_terms
    time = _limit_to_day(request, move_to_week_of(request, time, before), before)
    terms = move_terms(request, before, time)
    if terms is None:
        thing = request.community.thing(agreement.thing or "")
        assert thing is not None, "a booking is of a thing"
        try:
            task = request.community.task(agreement.task or "")
            terms = await make_exact_terms(request, thing, time, before.end - before.start, task)
        except Ask as question:
            await _offer_same_weekday(request, thing, task, time, before, question)
            # the time may come from a message in a thread, which is no command that the answer could complete
            question.instead = ("counter", arguments)
            raise
    return terms


def _limit_to_day(request: Request, time: When, before: Terms) -> When:
    """Return a clock time by which the work is to be done as one on the day of the terms: "senest kl. 12"."""
    if not time.deadline or time.has_day or not isinstance(time.end, datetime):
        return time
    day = request.local(before.start).date()
    start, end = datetime.combine(day, clock()), datetime.combine(day, time.end.time())
    return replace(time, start=start, end=end, deadline=False, has_day=True, loose=True, ends_on_day=True)


async def _offer_same_weekday(
    request: Request, thing: Thing, task: Task | None, time: When, before: Terms, question: Ask
) -> None:
    """Put the same weekday and clock time first among the offered ones, where it is free: "samme tid i næste uge"."""
    if question.key != "ask-clock" or time.start is None or time.has_clock:
        return
    first, end = time.dates
    local, duration = request.local(before.start), before.end - before.start
    day = first + timedelta(days=(local.weekday() - first.weekday()) % 7)
    start = request.moment(datetime.combine(day, local.time()))
    span = Span(start, start + duration)
    if day >= end or not await find_free_times(request, thing, span, duration, 1, task=task):
        return
    same = Option(request.time(span.start, span.end).full, request.to_when(span))
    others = [option for option in question.options if option.value != same.value]
    question.options = [same, *others][:MAX_OFFERED_TIMES]
