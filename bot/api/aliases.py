"""Adds the names that people have taught the bot to those of the community's file."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from bot.api.feature import Request
from bot.api.request.person import person_at
from bot.api.taught_names import list_names
from bot.config.community import Alias, Community, Person, Task, Thing
from bot.parsing.normalise import fold

V = TypeVar("V", Thing, Task, Person)


async def use_taught_names(request: Request) -> None:
    """Add the taught names, and those of features (`Feature.aliases`), to the request's things, tasks and people."""
    aliases = [name.alias for name in await list_names(request)]
    aliases += [alias for feature in request.features if feature.aliases for alias in await feature.aliases(request)]
    if aliases:
        request.community = add_aliases(request.community, aliases)
        request.person = person_at(request.community, request.cause.sender)


def add_aliases(community: Community, aliases: Sequence[Alias]) -> Community:
    """Return a community with further names. Names that the file gives to something keep their meaning."""
    listed: tuple[Thing | Task, ...] = (*community.things, *community.tasks)
    taken = {fold(name) for value in listed for name in (value.name, value.key, *value.aliases)}
    taken |= {fold(name) for person in community.people for name in (person.name, person.handle)}
    free = [alias for alias in aliases if fold(alias.name) not in taken]
    return replace(
        community,
        things=tuple(_add_to(thing, free) for thing in community.things),
        tasks=tuple(_add_to(task, free) for task in community.tasks),
        people=tuple(_add_to(person, free) for person in community.people),
    )


def _add_to(value: V, aliases: Sequence[Alias]) -> V:
    names = tuple(alias.name for alias in aliases if alias.means(value))
    return replace(value, aliases=value.aliases + names) if names else value
