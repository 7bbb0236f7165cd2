"""The closures of a thing: as obstacles to times that people ask for, and as a list."""

from datetime import timedelta

from bot.api import Agreement, Obstacle, Request, Span, Task, Thing, shorten_list
from bot.api.availability import find_obstacles_within
from bot.features.closures.closure_table import find_closures
from bot.features.closures.spans import describe_span

#: How far ahead closures are listed, and agreements out of season are looked for.
LOOK_AHEAD = timedelta(days=366)


async def find_closure_obstacles(
    request: Request, thing: Thing, window: Span, _: Task | None, exclude: Agreement | None
) -> list[Obstacle]:
    """Return an obstacle for each closure by command. It forbids all work, also work that may be done out of season."""
    return [
        Obstacle(
            "closed",
            closure.start,
            closure.end,
            request.text(
                "obstacle-closed", thing=thing.name, time=describe_span(request, closure.span), why=closure.reason
            ),
            note=closure.reason,
        )
        for closure in await find_closures(request, thing, window)
    ]


async def list_closures(request: Request, thing: Thing | None) -> None:
    """`!lukninger`: list the closures of the coming year, by command and in the community's file."""
    year = Span(request.now, request.now + LOOK_AHEAD)
    things = [thing] if thing else request.community.things
    closed = [
        (obstacle.start, obstacle.why)
        for one_thing in things
        for obstacle in await find_obstacles_within(request, one_thing, year, booked=False)
        if obstacle.kind == "closed"
    ]
    lines = [why for _, why in sorted(closed, key=lambda pair: pair[0])]
    await request.say("closings", lines=shorten_list(request, lines), thing=thing.name if thing else "")
