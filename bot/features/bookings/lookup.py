"""Answers questions about agreements: who does something, when, and what is agreed. Nothing is changed."""

from dataclasses import replace
from datetime import timedelta

from bot.api import TIME, Agreement, Ask, Request, State, Task, Thing, When, find_agreement, list_agreements
from bot.api.arguments import WordKind, latest_meaning
from bot.features.bookings.choose_agreement import SaidOfAgreement, fits, is_within, window_of
from bot.features.bookings.overview import OPEN_STATES, describe_agreements

#: Words that ask about what was done. The value is "past".
PAST = WordKind({"past": {"da": ("sidst", "senest", "sidste gang", "blev"), "en": ("last", "was", "last time")}})

#: States of agreements whose work was done, or was to be done.
_HELD_STATES = OPEN_STATES | {State.CONFIRMED, State.MISSED}


async def look_up(
    request: Request, past: str | None, thing: Thing | None, task: Task | None, time: When | None
) -> None:
    """`!hvem slår bane 1 fredag`, `!hvornår blev bane 2 sidst gødet`: list the agreements that fit.

    `past` is set when the question is about what was done. Without a time it is about what comes, or came last. In
    the thread of a card, a question that names nothing is about its agreement.
    """
    if request.subject and not (past or thing or task or time):  # asked in the thread of a card
        found = [await find_agreement(request, request.subject)]
        lines = describe_agreements(request, found)
        await request.say("looked-up", lines=lines, thing="", task="", time="", past=False)
        return
    if time is not None:
        time = await _choose_meaning(request, thing, task, time)
    window = window_of(request, time)
    said = SaidOfAgreement(thing=thing, task=task)
    found = [a for a in await list_agreements(request, _HELD_STATES) if fits(request, a, said)]
    if window is not None:
        found = [agreement for agreement in found if is_within(agreement, window)]
    elif past:
        found = [agreement for agreement in found if agreement.negotiation.terms.start <= request.now][-1:]
    else:
        found = [agreement for agreement in found if _is_still_open(request, agreement)]
    found.sort(key=lambda agreement: agreement.negotiation.terms.start)
    await request.say(
        "looked-up",
        lines=describe_agreements(request, found),
        thing=thing.name if thing else "",
        task=task.name if task else "",
        time=request.local_time(time.start, time.end) if time is not None and time.start is not None else "",
        past=bool(past),
    )


async def _choose_meaning(request: Request, thing: Thing | None, task: Task | None, time: When) -> When:
    """Return the meaning of a time in which there are agreements that fit; without any, the one that is lately over.

    Raises Ask when there are in several, and where none is over.
    """
    if not time.alternatives:
        return time
    meanings = [replace(each, alternatives=()) for each in (time, *time.alternatives)]
    found = [
        a
        for a in await list_agreements(request, _HELD_STATES)
        if fits(request, a, SaidOfAgreement(thing=thing, task=task))
    ]
    filled = [each for each in meanings if any(is_within(agreement, window_of(request, each)) for agreement in found)]
    meant = filled[0] if len(filled) == 1 else latest_meaning(time, request.local(request.now))
    if len(filled) > 1 or meant.alternatives:
        raise Ask("time", TIME.meaning_question, TIME.meanings(time, request.reading_context))
    return meant


def _is_still_open(request: Request, agreement: Agreement) -> bool:
    is_over = agreement.negotiation.terms.spans[-1].end <= request.now - timedelta(days=1)
    return agreement.state in OPEN_STATES and not (is_over and agreement.state is State.AGREED)
