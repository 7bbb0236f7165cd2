"""Who may close and open a thing, and say in which season and how much it is used."""

from bot.api import Refused, Request, Thing


def check_keeper(request: Request, thing: Thing, what: str = "closing") -> None:
    """Raises `Refused` for whoever has none of the roles that look after it."""
    if not thing.kept_by & request.person.roles:
        roles = sorted(str(request.text(f"role-{role}")) for role in thing.kept_by)
        raise Refused("not-keeper", thing=thing.name, roles=roles, what=what)
