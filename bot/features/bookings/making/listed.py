"""Refuses new bookings of what was taken out of the community's file, and stays until its agreements are over."""

from bot.api import Person, Refused, Request, Task, Thing


def check_listed(request: Request, *named: Thing | Task | Person) -> None:
    """Raise Refused for the first person, thing or task that was removed from the community's file."""
    for one in named:
        if not is_listed(request, one):
            raise Refused("removed-no-new", name=one.name)


def is_listed(request: Request, named: Thing | Task | Person) -> bool:
    """Return whether something was not taken out of the file. Somebody whom it never listed was not."""
    if isinstance(named, Person):
        return ("person", named.handle) not in request.community.removed
    kind = "thing" if isinstance(named, Thing) else "task"
    return (kind, named.key) not in request.community.removed
