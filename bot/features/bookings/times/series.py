"""Times of a series: checks before the booking which are free or on holidays, and finds those that somebody means."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from bot.api import (
    FEW_LINES,
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
    shorten_list,
)
from bot.api.agreements import detach_occurrences, drop_occurrences, find_holidays
from bot.api.arguments import Occurrences
from bot.api.availability import check_time
from bot.features.bookings.card import update_card
from bot.features.bookings.making.clash_questions import find_overlapping_starts, make_series_question

#: Values of the argument `holidays`: whether the times of a series on public holidays are kept or skipped.
KEEP_HOLIDAYS, SKIP_HOLIDAYS = "keep", "skip"


async def check_new_series(
    request: Request, thing: Thing, terms: Terms, task: Task | None, holidays: str | None, anyway: str | None
) -> tuple[Terms, list[Obstacle]]:
    """Return the terms to propose, and the obstacles to warn of.

    Raises Ask about times that are not free, and about holidays when `holidays` is not set.
    """
    warnings = await check_series(request, thing, terms, task, anyway)
    by_start = find_holidays(request, terms)
    if not by_start or holidays == KEEP_HOLIDAYS:
        return terms, warnings
    remaining = drop_occurrences(request, terms, by_start)
    if remaining is None:
        return terms, warnings  # every time is on a holiday, so the person means holidays
    if holidays == SKIP_HOLIDAYS:
        return remaining, warnings
    count = len(terms.spans)
    options = [
        Option(request.text("holidays-skip", count=len(remaining.spans)), SKIP_HOLIDAYS),
        Option(request.text("holidays-keep", count=count), KEEP_HOLIDAYS),
    ]
    lines = [request.text("holiday", day=_describe_day(request, start), name=name) for start, name in by_start.items()]
    days = shorten_list(request, lines, max_lines=FEW_LINES)
    raise Ask("holidays", "ask-holidays", options, count=len(by_start), all=count, days=days)


async def check_series(
    request: Request,
    thing: Thing,
    terms: Terms,
    task: Task | None,
    anyway: str | None,
    *,
    exclude: Agreement | None = None,
) -> list[Obstacle]:
    """Return the obstacles to warn of. Raise Ask when times are not free or clash, to offer the series without them.

    Raises Refused when no time is free. `exclude` is the agreement that would be moved.
    """
    check = await check_time(request, thing, terms, task=task, exclude=exclude)
    forbidding = check.forbidding
    if not forbidding:
        if question := make_series_question(request, thing, terms, check, anyway):
            raise question
        return check.warnings
    remaining = drop_occurrences(request, terms, find_overlapping_starts(terms, forbidding))
    values: dict[str, Any] = {
        "thing": thing.name,
        "taken": len(terms.spans) - (len(remaining.spans) if remaining else 0),
        "all": len(terms.spans),
        "held": all(obstacle.agreement for obstacle in forbidding),  # False when an obstacle is a closure or the season
        "lines": shorten_list(request, [obstacle.why for obstacle in forbidding], max_lines=FEW_LINES),
    }
    if remaining is None:
        raise Refused("series-all-taken", **values)
    label = request.text("series-rest", count=len(remaining.spans))
    raise Ask("time", "series-taken", [Option(label, request.to_when(remaining))], **values)


async def find_meant_starts(
    request: Request, agreement: Agreement, which: Occurrences | None, question: str
) -> list[datetime]:
    """Return the starts of the times of a series that somebody means.

    Raises Ask with the text `question` when the message names no times, Refused when the series has no such time.
    """
    starts = [span.start for span in agreement.negotiation.terms.spans]
    if which is None:
        days = [
            Option(_describe_day(request, start), Occurrences(_time_on_day_of(request, start)))
            for start in starts[:FEW_LINES]
        ]
        every = [Option(request.text("all-of-them", count=len(starts)), Occurrences(every=True))]
        raise Ask("which", question, days + every, number=agreement.number)
    meant = which.select([request.local(start) for start in starts])
    if not meant:
        raise Refused("no-such-time", number=agreement.number, time=agreement.negotiation.terms)
    return [request.moment(start) for start in meant]


async def detach_meant(request: Request, agreement: Agreement, which: Occurrences | None, question: str) -> Agreement:
    """Detach the times that somebody means as a new agreement and return it. The series keeps the other times.

    Raises Refused when the series is not agreed yet.
    """
    if agreement.state is not State.AGREED:
        raise Refused("answer-all-first", number=agreement.number)
    starts = await find_meant_starts(request, agreement, which, question)
    remaining, parted = await detach_occurrences(request, agreement, starts)
    await update_card(request, remaining)
    return parted


def describe_days(request: Request, starts: Collection[datetime]) -> dict[str, Any]:
    """Return values for a text: `days` (the first ones, in the room's language) and `more` (how many more)."""
    language = request.community.language
    days = [request.time(start, None, language).dated for start in starts]
    return {"days": days[:FEW_LINES], "more": max(len(days) - FEW_LINES, 0)}


def _describe_day(request: Request, start: datetime) -> str:
    return request.time(start, None).dated


def _time_on_day_of(request: Request, start: datetime) -> When:
    return When(request.local(start).date(), None, has_day=True)
