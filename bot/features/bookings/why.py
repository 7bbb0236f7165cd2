"""Answers why a time is not free: everything that is in the way of it, or that nothing is."""

from datetime import datetime

from bot.api import A_FEW, Refused, Request, Task, Terms, Thing, When, in_brief, next_free, obstacles, window_of


async def say_why(request: Request, thing: Thing, task: Task | None, time: When) -> None:
    """`!hvorfor bane 1 fredag kl. 14`: what stands in the way there, and what else had better be known."""
    terms = _terms(request, task, time)
    found = await obstacles(request, thing, terms, task=task)
    lines = in_brief(request, [one.why for one in found], most=A_FEW)
    forbidden = any(one.forbids for one in found)
    free = await next_free(request, thing, terms, task=task) if forbidden else None
    await request.say("why", thing=thing.name, time=terms, lines=lines, forbidden=forbidden, free=free)


def _terms(request: Request, task: Task | None, time: When) -> Terms:
    window = window_of(request, time)
    if isinstance(time.start, datetime) and not time.loose and time.end is None and task:
        window = Terms(window.start, window.start + task.duration)
    if window.end <= request.now:
        raise Refused("time-is-past", time=window)
    return window
