"""Who may close and open a thing, and say in which season and how much it is used."""

from bot.api import Refused, Request, Thing


def is_keeper(request: Request, thing: Thing) -> bool:
    """Whether the person has one of the roles that look after it."""
    return bool(thing.kept_by & request.person.roles)


def check_keeper(request: Request, thing: Thing, what: str = "closing") -> None:
    """Raises `Refused` for whoever has none of them."""
    if not is_keeper(request, thing):
        roles = sorted(str(request.text(f"role-{role}")) for role in thing.kept_by)
        raise Refused("not-keeper", thing=thing.name, roles=roles, what=what)
