"""Decides who may use a command: by the roles of the address that wrote it, never by a name."""

from bot.api.feature import Command, Request
from bot.errors import Refused


def check_permission(request: Request, command: Command) -> None:
    """Raise `Refused` when a command is for roles that the person does not have."""
    if command.roles and not command.roles & request.person.roles:
        names = sorted(str(request.text(f"role-{role}")) for role in command.roles)
        raise Refused("not-allowed", roles=", ".join(names))
