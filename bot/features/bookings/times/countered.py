"""Makes the terms of a counter-offer, and asks which of several times to offer."""

from dataclasses import replace
from typing import Any

from bot.api import Agreement, Ask, Option, Request, Terms, When
from bot.features.bookings.times.exact import make_exact_terms
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
    time = move_to_week_of(request, time, before)
    terms = move_terms(request, before, time)
    if terms is None:
        thing = request.community.thing(agreement.thing or "")
        assert thing is not None, "a booking is of a thing"
        try:
            task = request.community.task(agreement.task or "")
            terms = await make_exact_terms(request, thing, time, before.end - before.start, task)
        except Ask as question:
            # the time may come from a message in a thread, which is no command that the answer could complete
            question.instead = ("counter", arguments)
            raise
    return terms
