"""Finds contradictions between the parts of a community file, such as colliding names and roles that nobody has."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta

from bot.config.address import complete_room, complete_user, is_localpart
from bot.config.community import Community
from bot.config.fold import fold
from bot.config.models.community import CommunityModel, TaskModel, ThingModel
from bot.config.models.scalars import format_duration
from bot.config.suggest import describe_unknown
from bot.config.was import find_wrong_former_keys
from bot.errors import Problem

Path = tuple[str | int, ...]
Finding = tuple[Path, str]

_BARE_NUMBER = re.compile(r"#?\d+")


def find_contradictions(
    model: CommunityModel, server_name: str, features: Collection[str] | None, renamed: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield a path in the file and a sentence for each contradiction.

    `features` are the known features; with None their names are not checked. `renamed` maps former names of features to
    present names.
    """
    yield from _check_room(model, server_name)
    yield from _check_addresses(model, server_name)
    yield from _check_words(model)
    yield from _check_calendars(model)
    yield from _check_languages(model)
    yield from _check_roles(model)
    yield from _check_fitting(model)
    yield from _check_use(model)
    yield from _check_matches(model)
    yield from _check_features(model, features, renamed)
    yield from find_wrong_former_keys(model)


def find_former_names(model: CommunityModel, renamed: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a path and a sentence for each feature that is written with a former name.

    `renamed` maps it to the present name.
    """
    for number, name in enumerate(model.features or ()):
        if name in renamed:
            yield ("features", number), f"'{name}' is called '{renamed[name]}' now"


def find_empty_sections(communities: Iterable[Community]) -> list[Problem]:
    """Return a warning for each community without people, things or tasks: there is little to agree on there."""
    problems: list[Problem] = []
    for community in communities:
        sections = {"people": community.people, "things": community.things, "tasks": community.tasks}
        if empty := [name for name, entries in sections.items() if not entries]:
            names = " or ".join(filter(None, (", ".join(empty[:-1]), empty[-1])))
            sentence = f"there are no {names} here, so no work can be agreed on"
            problems.append(Problem(community.file, 0, sentence, is_warning=True))
    return problems


def _check_room(model: CommunityModel, server_name: str) -> Iterator[Finding]:
    try:
        complete_room(model.room, server_name)
    except ValueError as error:
        yield ("room",), str(error)


def _check_addresses(model: CommunityModel, server_name: str) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for handle, person in model.people.items():
        if not person.matrix and not is_localpart(handle):
            yield (
                ("people", handle),
                f"'{handle}' cannot be a Matrix name, which has a-z, 0-9 and hyphens; add 'matrix:'",
            )
            continue
        for number, short in enumerate(person.matrix or (f"@{handle}",)):
            path: Path = ("people", handle, "matrix", number)
            try:
                user = complete_user(short, server_name)
            except ValueError as error:
                yield path, str(error)
                continue
            homeserver = user.partition(":")[2].casefold()
            if model.servers is not None and homeserver not in (*model.servers, server_name.casefold()):
                yield path, f"'{user}' lives on '{homeserver}', which 'servers' shuts out; add it there"
            owner = owners.setdefault(user, handle)
            if owner != handle:
                yield path, f"'{user}' already acts for '{owner}'"


def _check_words(model: CommunityModel) -> Iterator[Finding]:
    """Check that no name or alias stands for two people, things or tasks, which a command could not tell apart."""
    owners: dict[str, str] = {}
    for handle, person in model.people.items():
        owners |= dict.fromkeys({fold(handle), fold(person.name or handle)}, f"people › {handle}")
    for section, parts in (("things", model.things), ("tasks", model.tasks)):
        for key, part in parts.items():
            yield from _check_part(section, key, part, owners)


def _check_part(section: str, key: str, part: ThingModel | TaskModel, owners: dict[str, str]) -> Iterator[Finding]:
    owner = f"{section} › {key}"
    words: list[tuple[Path, str]] = [((section, key), key), ((section, key, "name"), part.name or key)]
    words += [((section, key, "aliases", number), alias) for number, alias in enumerate(part.aliases)]
    seen: set[str] = set()
    for path, word in words:
        folded, is_alias = fold(word), len(path) == 4
        other = owners.setdefault(folded, owner)
        if _BARE_NUMBER.fullmatch(folded):
            better = f"nr {folded.lstrip('#')}"
            yield path, f"'{word}' is a bare number, and numbers name agreements; write a word with it, like '{better}'"
        elif other != owner:
            yield path, f"'{word}' already means {other}; one word can mean only one of them"
        elif is_alias and folded in seen:
            yield path, f"the alias '{word}' is listed twice"
        if is_alias:
            seen.add(folded)


def _check_calendars(model: CommunityModel) -> Iterator[Finding]:
    for key, thing in model.things.items():
        seen: set[str] = set()
        for number, calendar in enumerate(thing.calendars):
            if calendar.source in seen:
                yield ("things", key, "calendars", number), f"the calendar '{calendar.source}' is listed twice"
            seen.add(calendar.source)


def _check_languages(model: CommunityModel) -> Iterator[Finding]:
    """Check that the bot understands the language of each person in the room."""
    if not model.languages:
        return
    if model.language not in (None, model.languages[0]):
        yield ("language",), f"'{model.language}' is not the first of 'languages', which is the one that is spoken"
    for handle, person in model.people.items():
        if person.language not in (None, *model.languages):
            yield ("people", handle, "language"), f"'{person.language}' is not one of 'languages'; add it there"


def _check_roles(model: CommunityModel) -> Iterator[Finding]:
    present_roles = {role for person in model.people.values() for role in person.roles} | {"resident"}
    for key, task in model.tasks.items():
        if task.role not in present_roles:
            yield ("tasks", key, "role"), f"nobody in 'people' has the role '{task.role}', so nobody could do this"
    for key, thing in model.things.items():
        if "kept_by" in thing.model_fields_set and thing.kept_by and not present_roles & {*thing.kept_by}:
            roles = " or ".join(f"'{role}'" for role in thing.kept_by)
            yield ("things", key, "kept_by"), f"nobody in 'people' has the role {roles}, so nobody could close this"


def _check_use(model: CommunityModel) -> Iterator[Finding]:
    """Check that somebody can confirm a reservation that has to be confirmed."""
    present_roles = {role for person in model.people.values() for role in person.roles}
    for key, thing in model.things.items():
        role = thing.use.confirmed_by if thing.use else "nobody"
        if role != "nobody" and role not in present_roles:
            yield (
                ("things", key, "use", "confirmed_by"),
                f"nobody in 'people' has the role '{role}', so nobody could confirm this",
            )


def _check_fitting(model: CommunityModel) -> Iterator[Finding]:
    """Check that the things that a task fits exist, and that no other thing needs the task."""
    for key, task in model.tasks.items():
        for number, name in enumerate(task.fits):
            if name not in model.things:
                yield ("tasks", key, "for", number), describe_unknown("thing", name, model.things)
    for key, thing in model.things.items():
        for name in thing.every:
            needed = model.tasks.get(name)
            if needed is not None and needed.fits and key not in needed.fits:
                yield ("things", key, "every", name), f"the task '{name}' does not fit it; add '{key}' to its 'for'"


def _check_matches(model: CommunityModel) -> Iterator[Finding]:
    """Check that each recurring task exists, and that its work fits into the time before a match."""
    for key, task in model.tasks.items():
        dry_after, before_match = task.dry_after or timedelta(), task.before_match
        if before_match is not None and task.duration + dry_after > before_match:
            drying = f" and dries for {format_duration(dry_after)}" if dry_after else ""
            needed = f"it takes {format_duration(task.duration)}{drying}"
            yield ("tasks", key, "before_match"), f"{needed}, which does not fit into {format_duration(before_match)}"
    for key, thing in model.things.items():
        for name, every in thing.every.items():
            path: Path = ("things", key, "every", name)
            recurring_task = model.tasks.get(name)
            if recurring_task is None:
                yield path, describe_unknown("task", name, model.tasks)
            elif every is None and recurring_task.before_match is None:
                yield path, f"the task '{name}' has no 'before_match' that says how long before a match"


def _check_features(
    model: CommunityModel, features: Collection[str] | None, renamed: Mapping[str, str]
) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, name in enumerate(model.features or ()):
        if features is not None and name not in features and name not in renamed:
            yield ("features", number), describe_unknown("feature", name, sorted(features))
        if name in seen:
            yield ("features", number), f"the feature '{name}' is listed twice"
        seen.add(name)
