"""Loads what was written, config.yaml and the community files; whatever is wrong comes with its file and line."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.config.address import complete_room, complete_user, matrix_address
from bot.config.community import Community, Person, Task, Thing
from bot.config.consistent import find_contradictions
from bot.config.document import Document, read_document
from bot.config.explain import at, explain
from bot.config.schema import community_schema, settings_schema
from bot.config.settings import Settings, WrittenSettings, settle
from bot.config.written import Written, WrittenCommunity, WrittenPerson
from bot.errors import ConfigError, Problem

__all__ = ["community_schema", "load_communities", "load_settings", "settings_schema"]

_Shape = TypeVar("_Shape", bound=Written)

#: A file that is something else altogether would fill the screen; after so many problems we only count.
_ENOUGH = 20


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Reads config.yaml. Raises ConfigError with a problem, file and line, for everything that is wrong."""
    written, _ = _read(path, WrittenSettings)
    return settle(written, path, environ)


def load_communities(
    folder: Path, *, server_name: str, features: Collection[str] | None
) -> tuple[list[Community], list[Problem]]:
    """Reads every community file of a folder, in the order of their names.

    A file with problems is left out and the others live. `features` are the names a file may switch on; None
    leaves them unchecked. Short room aliases and Matrix ids are completed with `server_name`.
    """
    communities: list[Community] = []
    problems: list[Problem] = []
    rooms: dict[str, Community] = {}
    files = _find_files(folder, problems)
    for file in files:
        try:
            communities.append(_load_community(file, server_name, features, rooms))
        except ConfigError as error:
            problems += _shorten(error.problems)
    return communities, problems


def _find_files(folder: Path, problems: list[Problem]) -> list[Path]:
    try:
        found = [file for file in folder.iterdir() if file.suffix in (".yaml", ".yml") and file.name[0] != "."]
    except OSError as error:
        problems.append(Problem(str(folder), 0, f"the folder of communities cannot be read: {error.strerror}"))
        return []
    if not found:
        problems.append(Problem(str(folder), 0, "there is no community here, that is, no file such as skovby.yaml"))
    return sorted(found)


def _load_community(
    file: Path, server_name: str, features: Collection[str] | None, rooms: dict[str, Community]
) -> Community:
    written, document = _read(file, WrittenCommunity)
    found = list(find_contradictions(written, server_name, features))
    if found:
        raise ConfigError(sorted((_place(document, *one) for one in found), key=lambda problem: problem.line))
    community = _build(file, written, server_name)
    same_name = next((other for other in rooms.values() if other.key == community.key), None)
    if same_name is not None:
        raise ConfigError([Problem(str(file), 0, f"{Path(same_name.file).name} already has this name")])
    other = rooms.setdefault(community.room, community)
    if other is not community:
        raise ConfigError([document.problem(("room",), f"room: {Path(other.file).name} already has {community.room}")])
    return community


def _place(document: Document, path: tuple[str | int, ...], sentence: str) -> Problem:
    names = tuple(step for step in path if isinstance(step, str))
    return document.problem(path, at(names, sentence))


def _read(path: Path, shape: type[_Shape]) -> tuple[_Shape, Document]:
    document = read_document(path)
    if document.data is None:
        raise ConfigError([Problem(str(path), 0, "the file is empty")])
    if not isinstance(document.data, dict):
        raise ConfigError([document.problem((), "the file must hold lines of the form 'key: value'")])
    try:
        return shape.model_validate(document.data), document
    except ValidationError as error:
        raise ConfigError(_shorten(explain(document, shape, error))) from error


def _shorten(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= _ENOUGH:
        return problems
    first = problems[0]
    return [*problems[:_ENOUGH], Problem(first.file, 0, f"and {len(problems) - _ENOUGH} more problems in this file")]


def _build(file: Path, written: WrittenCommunity, server_name: str) -> Community:
    return Community(
        key=file.stem,
        name=written.name,
        room=complete_room(written.room, server_name),
        topic=written.topic,
        language=written.language,
        time_zone=written.time_zone,
        greeting=written.greeting or None,
        access=written.access,
        people=tuple(_build_person(handle, person, server_name) for handle, person in written.people.items()),
        things=tuple(Thing(key, thing.name or key, thing.aliases) for key, thing in written.things.items()),
        tasks=tuple(
            Task(key, task.name or key, task.aliases, task.duration, task.role) for key, task in written.tasks.items()
        ),
        features=written.features,
        hours=written.hours,
        file=str(file),
    )


def _build_person(handle: str, person: WrittenPerson, server_name: str) -> Person:
    users = (complete_user(short, server_name) for short in person.matrix or (f"@{handle}",))
    addresses = tuple(dict.fromkeys(matrix_address(user) for user in users))
    return Person(handle, person.name or handle, addresses, frozenset(person.roles or ("resident",)), person.language)
