"""Answers questions about agreements: who does something, when, and what is agreed. Nothing is changed."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.api import (
    TIME,
    Agreement,
    Ask,
    Person,
    Request,
    Span,
    State,
    Task,
    Thing,
    When,
    find_agreement,
    list_agreements,
)
from bot.api.arguments import WordKind, latest_meaning
from bot.features.bookings.choose_agreement import MAX_READ_AGREEMENTS, is_within, window_of
from bot.features.bookings.overview import OPEN_STATES, describe_agreements, list_first

#: Words that ask about what was done. The value is "past".
PAST = WordKind({"past": {"da": ("sidst", "senest", "sidste gang", "blev"), "en": ("last", "was", "last time")}})

#: States of agreements whose work was done, or was to be done.
_HELD_STATES = OPEN_STATES | {State.CONFIRMED, State.MISSED}

#: How long after its time an agreed work is still shown as coming.
_STILL_SHOWN = timedelta(days=1)
#: How far back is read first for the last agreement, and then.
_RECENT, _A_YEAR = timedelta(weeks=5), timedelta(days=366)


@dataclass(frozen=True)
class _Asked:
    """The work that a question is about: `party` is the handle of one of its sides."""

    thing: Thing | None
    task: Task | None
    party: str | None


async def look_up(
    request: Request,
    past: str | None,
    thing: Thing | None,
    task: Task | None,
    person: Person | None,
    time: When | None,
) -> None:
    """`!hvem slår bane 1 fredag`, `!hvad har Hylke IF`, `!hvornår blev bane 2 sidst gødet`: list what fits.

    `past` is set when the question is about what was done. Without a time it is about what comes, or came last. In
    the thread of a card, a question that names nothing is about its agreement.
    """
    if request.subject and not (past or thing or task or person or time):  # asked in the thread of a card
        found = [await find_agreement(request, request.subject)]
        lines = describe_agreements(request, found)
        await request.say("looked-up", lines=lines, thing="", task="", person="", time="", past=False)
        return
    asked = _Asked(thing, task, person.handle if person else None)
    if time is not None:
        time = await _choose_meaning(request, asked, time)
    window = window_of(request, time)
    if window is not None:
        found = await _find_within(request, asked, window)
        total = len(found)
    elif past:
        found = await _find_last(request, asked)
        total = len(found)
    else:
        found, total = await _find_coming(request, asked)
    found.sort(key=lambda agreement: agreement.negotiation.terms.start)
    await request.say(
        "looked-up",
        lines=describe_agreements(request, found, total=total),
        thing=thing.name if thing else "",
        task=task.name if task else "",
        person=person.name if person else "",
        time=request.local_time(time.start, time.end) if time is not None and time.start is not None else "",
        past=bool(past),
    )


async def _choose_meaning(request: Request, asked: _Asked, time: When) -> When:
    """Return the meaning of a time in which agreements fit; when none fits, the meaning that has begun last.

    Raises Ask when there are in several, and where none is over.
    """
    if not time.alternatives:
        return time
    meanings = [replace(each, alternatives=()) for each in (time, *time.alternatives)]
    filled = [each for each in meanings if await _find_within(request, asked, window_of(request, each))]
    meant = filled[0] if len(filled) == 1 else latest_meaning(time, request.local(request.now))
    if len(filled) > 1 or meant.alternatives:
        raise Ask("time", TIME.meaning_question, TIME.meanings(time, request.reading_context))
    return meant


async def _find_within(request: Request, asked: _Asked, window: Span | None) -> list[Agreement]:
    """Return the agreements with a time in a window; without a window, the newest agreements."""
    limit = MAX_READ_AGREEMENTS if window is None else None
    found = await list_agreements(
        request,
        _HELD_STATES,
        asked.party,
        order="newest",
        limit=limit,
        thing=asked.thing,
        task=asked.task,
        window=window,
    )
    return [agreement for agreement in found if is_within(agreement, window)]


async def _find_coming(request: Request, asked: _Asked) -> tuple[list[Agreement], int]:
    """Return the coming agreements and the unanswered ones, at most some of the soonest, and the number of all."""
    agreed, unsettled = frozenset({State.AGREED}), OPEN_STATES - {State.AGREED}
    window = Span.since(request.now - _STILL_SHOWN)
    found: list[Agreement] = []
    total = 0
    for states, within in ((agreed, window), (unsettled, None)):
        some, count = await list_first(
            request,
            states,
            asked.party,
            order="soonest",
            limit=MAX_READ_AGREEMENTS,
            thing=asked.thing,
            task=asked.task,
            window=within,
        )
        found, total = [*found, *some], total + count
    return found, total


async def _find_last(request: Request, asked: _Asked) -> list[Agreement]:
    """Return the agreement whose time began last, in a list; an empty list when none has begun.

    The last weeks are read first, because a room can have years of finished agreements.
    """
    now = request.now
    for window in (Span(now - _RECENT, now), Span(now - _A_YEAR, now), Span.before(now)):
        found = await list_agreements(
            request, _HELD_STATES, asked.party, thing=asked.thing, task=asked.task, window=window
        )
        begun = [agreement for agreement in found if _last_start(agreement, now) >= window.start]
        if begun:
            return [max(begun, key=lambda agreement: _last_start(agreement, now))]
    return []


def _last_start(agreement: Agreement, now: datetime) -> datetime:
    """Return the start of the latest time of an agreement that has begun; the smallest datetime when none has."""
    starts = (span.start for span in agreement.negotiation.terms.spans)
    return max((start for start in starts if start <= now), default=datetime.min.replace(tzinfo=UTC))
