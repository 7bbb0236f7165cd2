"""Asks before a booking whose time is possible but has obstacles, and offers better times."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.api import FEW_LINES, Agreement, Ask, Obstacle, Option, Request, Task, Terms, Thing, shorten_list
from bot.api.agreements import drop_occurrences
from bot.api.availability import TimeCheck, find_best_times


def make_anyway_value(terms: Terms) -> str:
    """Return the value of the argument `anyway` that confirms these terms, and no other terms."""
    return f"{terms.start.isoformat()} {len(terms.spans)}"


async def ask_about_clashes(
    request: Request,
    thing: Thing,
    terms: Terms,
    task: Task | None,
    check: TimeCheck,
    *,
    anyway: str | None,
    exclude: Agreement | None = None,
    instead: tuple[str, Mapping[str, Any]] | None = None,
) -> list[Obstacle]:
    """Raise Ask when obstacles have to be confirmed. It offers better times and, if nothing forbids the time, "anyway".

    Returns the obstacles to warn of. `instead` is the command that the answer completes, with its arguments so far;
    `exclude` is the agreement that would be moved.
    """
    asking = check.asking
    forbidden = any(obstacle.forbids for obstacle in asking)
    if not asking or (not forbidden and anyway == make_anyway_value(terms)):
        return check.warnings
    better = await find_best_times(request, thing, terms.span, task, exclude=exclude) if task else []
    options = [Option(request.time(time.start, time.end).full, request.to_when(time)) for time in better]
    if not forbidden:
        label = request.text("book-anyway" if exclude is None else "move-anyway", time=request.time_of(terms).short)
        options.append(Option(label, request.to_when(terms), {"anyway": make_anyway_value(terms)}, keeps=True))
    raise Ask(
        "time",
        "not-good" if forbidden else "clashes",
        options,
        instead=(instead[0], dict(instead[1])) if instead else None,
        thing=thing.name,
        time=terms,
        lines=shorten_list(request, [obstacle.why for obstacle in asking], max_lines=FEW_LINES),
        better=len(better),
    )


def make_series_question(
    request: Request, thing: Thing, terms: Terms, check: TimeCheck, anyway: str | None
) -> Ask | None:
    """Return the question whether to book a series without the times that clash, or with all times.

    None when nothing has to be confirmed, or when the person has confirmed these terms.
    """
    asking = check.asking
    if not asking or anyway == make_anyway_value(terms):
        return None
    remaining = drop_occurrences(request, terms, find_overlapping_starts(terms, asking))
    count, remaining_count = len(terms.spans), len(remaining.spans) if remaining else 0
    options = []
    if remaining:
        options.append(Option(request.text("series-without", count=remaining_count), request.to_when(remaining)))
    label = request.text("series-anyway", count=count)
    options.append(Option(label, request.to_when(terms), {"anyway": make_anyway_value(terms)}, keeps=True))
    lines = shorten_list(request, [obstacle.why for obstacle in asking], max_lines=FEW_LINES)
    values: dict[str, Any] = {"thing": thing.name, "clashing": count - remaining_count, "all": count, "lines": lines}
    return Ask("time", "series-clashes", options, **values)


def find_overlapping_starts(terms: Terms, obstacles: list[Obstacle]) -> list[datetime]:
    """Return the starts of the times of a series that overlap an obstacle."""
    return [span.start for span in terms.spans if any(span.overlaps(obstacle) for obstacle in obstacles)]
