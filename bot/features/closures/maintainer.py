"""Decides who maintains a thing (`kept_by` in the YAML): may close and open it, and set its season and its load."""

from bot.api import Refused, Request, Thing


def is_maintainer(request: Request, thing: Thing) -> bool:
    """Return whether the person has one of the roles that maintain the thing."""
    return bool(thing.kept_by & request.person.roles)


def check_maintainer(request: Request, thing: Thing, what: str = "closing") -> None:
    """Raise Refused unless the person maintains the thing.

    The sentence says who may; `what` is closing, season or load.
    """
    if not is_maintainer(request, thing):
        roles = sorted(str(request.text(f"role-{role}")) for role in thing.kept_by)
        raise Refused("not-maintainer", thing=thing.name, roles=roles, what=what)
