"""Refuses work that does not fit a thing, and offers what does."""

from typing import Any

from bot.api import Ask, Option, Request, Task, Thing


def check_fits(request: Request, thing: Thing, task: Task | None) -> None:
    """Raise Ask when a task is no work for a thing: it offers the tasks that fit the thing, else the fitting things."""
    if task is None or task.fits(thing):
        return
    things = [each for each in request.community.things if task.fits(each)]
    tasks = [each for each in request.community.tasks if each.fits(thing)]
    values: dict[str, Any] = {"task": task.name, "thing": thing.name, "things": [each.name for each in things]}
    if tasks:
        raise Ask("task", "does-not-fit", [Option(each.name, each) for each in tasks], what=True, **values)
    raise Ask("thing", "does-not-fit", [Option(each.name, each) for each in things], what=False, **values)
