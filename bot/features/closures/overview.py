"""Says what is closed: to whoever asks for a time there, and as a list."""

from datetime import timedelta

from bot.api import Agreement, Obstacle, Request, Span, Task, Thing, in_brief, obstacles_in
from bot.features.closures.closings import closings_in
from bot.features.closures.times import span_of

#: How far ahead is listed.
AHEAD = timedelta(days=366)


async def closed(
    request: Request, thing: Thing, window: Span, _: Task | None, besides: Agreement | None
) -> list[Obstacle]:
    """What is closed is in the way of all work, in season and out."""
    return [
        Obstacle(
            "closed",
            one.start,
            one.end,
            request.text("obstacle-closed", thing=thing.name, time=span_of(request, one.span), why=one.reason),
            note=one.reason,
        )
        for one in await closings_in(request, thing, window)
    ]


async def list_closings(request: Request, thing: Thing | None) -> None:
    """`!lukninger`: what is closed in the coming year, by command or by the community's file."""
    ahead = Span(request.now, request.now + AHEAD)
    things = [thing] if thing else request.community.things
    found = [
        (one.start, one.why)
        for each in things
        for one in await obstacles_in(request, each, ahead)
        if one.kind == "closed"
    ]
    lines = [why for _, why in sorted(found, key=lambda one: one[0])]
    await request.say("closings", lines=in_brief(request, lines), thing=thing.name if thing else "")
