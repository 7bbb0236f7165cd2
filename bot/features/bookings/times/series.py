"""A booking that comes again: what is taken and what is a holiday is said before anything is promised."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from bot.api import (
    A_FEW,
    Agreement,
    Ask,
    Obstacle,
    Option,
    Refused,
    Request,
    State,
    Task,
    Terms,
    Thing,
    When,
    Which,
    as_said,
    holidays_in,
    in_brief,
    obstacles,
    part,
    without,
)
from bot.features.bookings.card import refresh
from bot.features.bookings.clash import ask_unless, hit_by

#: The answers about holidays.
KEEP, SKIP = "keep", "skip"


async def settle_series(
    request: Request, thing: Thing, terms: Terms, task: Task, holidays: str | None, anyway: str | None
) -> tuple[Terms, list[Obstacle]]:
    """The times that will be asked for, and what to warn of.

    Asks about those that are taken, and about holidays where nobody has said.
    """
    warnings = await check_series(request, thing, terms, task, anyway)
    feasts = holidays_in(request, terms)
    if not feasts or holidays == KEEP:
        return terms, warnings
    rest = without(request, terms, feasts)
    if rest is None:
        return terms, warnings  # it is about holidays, and nothing else
    if holidays == SKIP:
        return rest, warnings
    count, all_of_them = len(feasts), len(terms.spans)
    options = [
        Option(request.text("holidays-skip", count=len(rest.spans)), SKIP),
        Option(request.text("holidays-keep", count=all_of_them), KEEP),
    ]
    named = [request.text("holiday", day=request.time(start, None).day, name=name) for start, name in feasts.items()]
    days = in_brief(request, named, most=A_FEW)
    raise Ask("holidays", "ask-holidays", options, count=count, all=all_of_them, days=days)


async def check_series(
    request: Request, thing: Thing, terms: Terms, task: Task, anyway: str | None, *, besides: Agreement | None = None
) -> list[Obstacle]:
    """Lists every time that is taken, by others than `besides`, or clashes, and offers the others.

    Returns what to warn of.
    """
    found = await obstacles(request, thing, terms, task=task, besides=besides)
    in_the_way = [one for one in found if one.forbids]
    if not in_the_way:
        if question := ask_unless(request, thing, terms, found, anyway):
            raise question
        return [one for one in found if not one.asks]
    rest = without(request, terms, hit_by(terms, in_the_way))
    values: dict[str, Any] = {
        "thing": thing.name,
        "taken": len(terms.spans) - (len(rest.spans) if rest else 0),
        "all": len(terms.spans),
        "held": all(one.agreement for one in in_the_way),  # else some are closed, or out of season
        "lines": in_brief(request, [one.why for one in in_the_way], most=A_FEW),
    }
    if rest is None:
        raise Refused("series-all-taken", **values)
    said = request.text("series-rest", count=len(rest.spans))
    raise Ask("time", "series-taken", [Option(said, as_said(request, rest))], **values)


async def times_meant(request: Request, agreement: Agreement, which: Which | None, ask: str) -> list[datetime]:
    """The times of a series that a step is about. Asks with the next ones where nobody has said."""
    starts = [span.start for span in agreement.negotiation.terms.spans]
    if which is None:
        days = [Option(_day(request, start), Which(_on(request, start))) for start in starts[:A_FEW]]
        every = [Option(request.text("all-of-them", count=len(starts)), Which(every=True))]
        raise Ask("which", ask, days + every, number=agreement.number)
    meant = which.among([request.local(start) for start in starts])
    if not meant:
        raise Refused("no-such-time", number=agreement.number, time=agreement.negotiation.terms)
    return [request.moment(start) for start in meant]


async def take_apart(request: Request, agreement: Agreement, which: Which | None, ask: str) -> Agreement:
    """The times that are meant as an agreement of their own, to be moved; the card of the series shows the rest."""
    if agreement.state is not State.AGREED:
        raise Refused("answer-all-first", number=agreement.number)
    rest, own = await part(request, agreement, await times_meant(request, agreement, which, ask))
    await refresh(request, rest)
    return own


def days_of(request: Request, starts: Collection[datetime]) -> dict[str, Any]:
    """The days of some times in the room's language, as many as people read, and how many more there are."""
    language = request.community.language
    days = [request.time(start, None, language).day for start in starts]
    return {"days": days[:A_FEW], "more": max(len(days) - A_FEW, 0)}


def _day(request: Request, start: datetime) -> str:
    return request.time(start, None).day


def _on(request: Request, start: datetime) -> When:
    return When(request.local(start).date(), None, has_day=True)
