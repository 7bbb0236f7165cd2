"""Asks before it is booked where something speaks against a time, with the times that would be better."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.api import (
    A_FEW,
    Agreement,
    Ask,
    Obstacle,
    Option,
    Request,
    Task,
    Terms,
    Thing,
    as_said,
    best_times,
    in_brief,
    without,
)


def insisted(terms: Terms) -> str:
    """What the answer "anyway" is kept as: it is about this time, and no other that is said later."""
    return f"{terms.start.isoformat()} {len(terms.spans)}"


async def ask_about_clashes(
    request: Request,
    thing: Thing,
    terms: Terms,
    task: Task | None,
    found: list[Obstacle],
    *,
    anyway: str | None,
    besides: Agreement | None = None,
    instead: tuple[str, Mapping[str, Any]] | None = None,
) -> list[Obstacle]:
    """Raises `Ask` with better times, and "anyway" where nothing forbids it; what to warn of afterwards is returned.

    Only what `asks` is asked about. `instead` is the command to finish.
    """
    asking = [one for one in found if one.asks]
    forbidden = any(one.forbids for one in asking)
    if not asking or (not forbidden and anyway == insisted(terms)):
        return [one for one in found if not one.asks]
    better = await best_times(request, thing, terms.span, task, besides=besides) if task else []
    options = [Option(request.time(one.start, one.end).full, as_said(request, one)) for one in better]
    if not forbidden:
        said = request.text("book-anyway" if besides is None else "move-anyway", time=request.time_of(terms).short)
        options.append(Option(said, as_said(request, terms), {"anyway": insisted(terms)}))
    raise Ask(
        "time",
        "not-good" if forbidden else "clashes",
        options,
        instead=(instead[0], dict(instead[1])) if instead else None,
        thing=thing.name,
        time=terms,
        lines=in_brief(request, [one.why for one in asking], most=A_FEW),
        better=len(better),
    )


def ask_unless(request: Request, thing: Thing, terms: Terms, found: list[Obstacle], anyway: str | None) -> Ask | None:
    """The question about a series of which some times clash, without those or all of them, unless it was answered."""
    asking = [one for one in found if one.asks]
    if not asking or anyway == insisted(terms):
        return None
    rest = without(request, terms, hit_by(terms, asking))
    count, left = len(terms.spans), len(rest.spans) if rest else 0
    options = [Option(request.text("series-without", count=left), as_said(request, rest))] if rest else []
    everything = request.text("series-anyway", count=count)
    options.append(Option(everything, as_said(request, terms), {"anyway": insisted(terms)}))
    lines = in_brief(request, [one.why for one in asking], most=A_FEW)
    values: dict[str, Any] = {"thing": thing.name, "clashing": count - left, "all": count, "lines": lines}
    return Ask("time", "series-clashes", options, **values)


def hit_by(terms: Terms, those: list[Obstacle]) -> list[datetime]:
    """When the times of a series begin that run into some of these."""
    return [span.start for span in terms.spans if any(span.overlaps(one) for one in those)]
