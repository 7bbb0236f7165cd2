"""The command `help`: what the person can write in this room, on one screen of a phone; all of it; or one command."""

from collections.abc import Iterator
from typing import Any

from bot.api import TASK, THING, Command, Feature, Request, Task, Text, Thing
from bot.api.arguments import WordKind

#: So many commands are shown of a feature that does not say for whom they are.
MAX_UNSORTED = 4
_LISTED = (THING, TASK)
ALL = WordKind({"all": {"da": ("alt", "alle", "det hele", "mere"), "en": ("all", "everything", "more")}})


async def show_help(request: Request, every: str | None, topic: str | None) -> None:
    """`!hjælp`, `!hjælp book`, `!hjælp alt`: show the first commands for the person's roles, one command, or all.

    A topic that is no command is answered with the first commands.
    """
    if found := _find_command(request, topic or ""):
        await request.say("help-about", **_describe(request, *found))
    elif every:
        sections = [_make_section(request, feature) for feature in request.features]
        await request.say("help-all", sections=sections)
    else:
        await _show_first(request)


async def _show_first(request: Request) -> None:
    """Answer with a line for each command that is for one of the person's roles, and the titles of other features."""
    lines, others = [], []
    for feature in request.features:
        first = _find_first(request, feature)
        lines += [_line(request, feature, command) for command in first]
        others += [] if first else [request.text("help-title", of=feature)]
    await request.say("help", lines=lines, others=others)


def _find_first(request: Request, feature: Feature) -> list[Command]:
    """Return the commands of a feature that are for one of the person's roles, and can be used in this room."""
    usable = [command for command in feature.commands if command.words and _has_values(request, command)]
    if all(command.first_for is None for command in usable):
        return usable[:MAX_UNSORTED]
    roles = frozenset(request.person.roles)
    return [command for command in usable if command.first_for and command.first_for & roles]


def _has_values(request: Request, command: Command) -> bool:
    """Return whether the room has a thing or a task for each that the command wants."""
    kinds = [argument.kind for argument in command.arguments if argument.wanted]
    return all((request.community.things, request.community.tasks)[kind is TASK] for kind in kinds if kind in _LISTED)


def _find_command(request: Request, topic: str) -> tuple[Feature, Command] | None:
    """Return the command with whose word a topic begins; None when there is none."""
    said = [word.casefold() for word in topic.strip(" !.?").split()]
    known = {
        word.casefold(): (feature, command)
        for feature in request.features
        for word, command in feature.words(request.community.languages).items()
    }
    return next((known[words] for count in (2, 1) if said[:count] and (words := " ".join(said[:count])) in known), None)


def _describe(request: Request, feature: Feature, command: Command) -> dict[str, Any]:
    own = feature.words_in(command, request.language) or feature.words_of(command, request.community.languages)
    return {"word": own[0], "others": list(own[1:]), **_parts(request, feature, command)}


def _make_section(request: Request, feature: Feature) -> Text:
    lines = [_line(request, feature, command) for command in feature.commands if command.words]
    return request.text("help-section", title=request.text("help-title", of=feature), lines=lines)


def _line(request: Request, feature: Feature, command: Command) -> Text:
    return request.text("help-line", **_parts(request, feature, command))


def _parts(request: Request, feature: Feature, command: Command) -> dict[str, Any]:
    return {
        "example": request.text(f"example-{command.name}", of=feature, **find_example_names(request)),
        "what": request.text(f"help-{command.name}", of=feature),
    }


def find_example_names(request: Request) -> dict[str, Any]:
    """Return names of this room for the examples; a name that the room has none for is left out.

    `task` is one that the person does, else the first, on `thing`. `doer` is the handle of who does it, where several
    do.
    """
    community = request.community
    thing, task = next(_find_pairs(request), (None, None))
    things = [thing, *(other for other in community.things if other is not thing)]
    names = {"thing": thing.name if thing else "", "task": task.name if task else ""}
    names["other"] = things[1].name if len(things) > 1 and things[1] else names["thing"]
    able = community.people_with(task.role) if task else ()
    names["doer"] = f"@{able[0].handle}" if len(able) > 1 else ""
    return {key: name for key, name in names.items() if name}


def _find_pairs(request: Request) -> Iterator[tuple[Thing | None, Task | None]]:
    """Yield things with a task that fits, those that the person does first, then things without a task."""
    community, roles = request.community, request.person.roles
    for task in sorted(community.tasks, key=lambda task: task.role not in roles):
        yield from ((thing, task) for thing in community.things if task.fits(thing))
    yield from ((thing, None) for thing in community.things)
