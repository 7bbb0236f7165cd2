"""Keeps things, tasks and people that were removed from a community's file, as the file had them last."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.config.build import build_person, build_task, build_thing
from bot.config.community import Community, EntryKind, Named, Person, Task, Thing, WrittenEntry
from bot.config.file.document import Document
from bot.config.file.plain import Unquoted, resolve_scalar
from bot.config.fold import fold
from bot.config.models.community import PersonModel, TaskModel, ThingModel

_V = TypeVar("_V", Thing, Task, Person)

#: The sections of a file, and the kind of what is in them.
SECTIONS: dict[str, EntryKind] = {"people": "person", "things": "thing", "tasks": "task"}

#: How long a kept task takes of which nothing else is known.
_UNKNOWN_DURATION = timedelta(hours=1)
#: The key of a mapping in JSON that stands for a scalar without quotes.
_UNQUOTED = "!unquoted"


@dataclass(frozen=True)
class KeptEntry:
    """Something to keep. `text` is that of its WrittenEntry; empty when nothing but its key is known.

    `is_removed`: nothing in the file looks like it, so it was probably taken out on purpose.
    """

    kind: EntryKind
    key: str
    text: str = ""
    is_removed: bool = False


def find_written_entries(document: Document) -> tuple[WrittenEntry, ...]:
    """Return the things, tasks and people as they stand in a file without mistakes."""
    return tuple(
        WrittenEntry(kind, key, document.line_of((section, key)), json.dumps(_to_json(values), ensure_ascii=False))
        for section, kind in SECTIONS.items()
        for key, values in (document.data.get(section) or {}).items()
    )


def keep_entries(community: Community, kept: Iterable[KeptEntry]) -> Community:
    """Return a community with what is kept, behind what its file has.

    What the file has goes first: a word or an address that belongs to something there is taken from what is kept. A
    person who is kept is no steward any more.
    """
    for entry in kept:
        if entry.kind == "feature":
            community = replace(community, features=(*community.features, entry.key))
        elif entry.kind == "thing":
            thing = _restrict_words(build_kept_thing(community, entry), community)
            tasks = tuple(_fit(task, thing) for task in community.tasks)
            community = replace(community, things=(*community.things, thing), tasks=tasks)
        elif entry.kind == "task":
            task = _restrict_words(build_kept_task(entry), community)
            community = replace(community, tasks=(*community.tasks, task))
        elif entry.kind == "person":
            community = replace(community, people=(*community.people, _restrict(entry, community)))
        if entry.is_removed:
            community = replace(community, removed=(*community.removed, (entry.kind, entry.key)))
    return community


def find_same_words(community: Community, entry: KeptEntry) -> str | None:
    """Return the key of the entry in the file that has a word of a removed entry; None when no entry has one."""
    if entry.kind == "feature":
        return None
    gone: Named
    others: tuple[Named, ...]
    if entry.kind == "person":
        gone, others = build_kept_person(community, entry), community.people
    elif entry.kind == "thing":
        gone, others = build_kept_thing(community, entry), community.things
    else:
        gone, others = build_kept_task(entry), community.tasks
    words = {*map(fold, _words(gone))}
    return next((_key_of(named) for named in others if words & {*map(fold, _words(named))}), None)


def build_kept_person(community: Community, entry: KeptEntry) -> Person:
    """Return a person as the file had it last. Nobody acts for one of whom only the handle is known."""
    if not entry.text:
        return Person(entry.key, entry.key, ())
    try:
        return build_person(entry.key, PersonModel.model_validate(_read_values(entry)), community.server)
    except (ValidationError, ValueError):
        return Person(entry.key, entry.key, ())


def build_kept_thing(community: Community, entry: KeptEntry) -> Thing:
    """Return a thing as the file had it last, with those of its tasks that there still are."""
    try:
        model = ThingModel.model_validate(_read_values(entry))
    except ValidationError:  # this version reads it no more, or an earlier one never stored it
        return Thing(entry.key, entry.key)
    thing = build_thing(entry.key, model, Path(community.file).absolute().parent)
    return replace(thing, recurring_tasks=tuple(one for one in thing.recurring_tasks if community.task(one.task)))


def build_kept_task(entry: KeptEntry) -> Task:
    """Return a task as the file had it last."""
    try:
        model = TaskModel.model_validate(_read_values(entry))
        return build_task(entry.key, model, frozenset(model.fits) or None)
    except ValidationError:
        return Task(entry.key, entry.key, (), _UNKNOWN_DURATION, "contractor")


def _fit(task: Task, thing: Thing) -> Task:
    """Return a task that fits a kept thing too: the file, which says what fits, does not know it any more."""
    return task if task.things is None else replace(task, things=task.things | {thing.key})


def _restrict(entry: KeptEntry, community: Community) -> Person:
    person = build_kept_person(community, entry)
    addresses = tuple(address for address in person.addresses if community.person_at(address) is None)
    roles = person.roles - {"steward"} or frozenset({"resident"})
    return replace(_restrict_words(person, community), addresses=addresses, roles=roles)


def _restrict_words(value: _V, community: Community) -> _V:
    """Return something kept without the words that mean something else in the community."""
    others: tuple[Named, ...] = (*community.things, *community.tasks, *community.people)
    taken = {fold(word) for named in others for word in _words(named)}
    key = _key_of(value)
    name = value.name if fold(value.name) not in taken else key
    if fold(name) in taken:
        name = f"{value.name} ({key})"
    return replace(value, name=name, aliases=tuple(alias for alias in value.aliases if fold(alias) not in taken))


def _key_of(named: Named) -> str:
    return named.handle if isinstance(named, Person) else named.key


def _words(named: Named) -> Iterator[str]:
    yield _key_of(named)
    yield named.name
    yield from named.aliases


def _read_values(entry: KeptEntry) -> Any:
    return _from_json(json.loads(entry.text)) if entry.text else None


def _to_json(value: Any) -> Any:
    """Return a value of a file as JSON that `_from_json` reads back as it was written."""
    if isinstance(value, Unquoted):
        return {_UNQUOTED: value.text}
    if isinstance(value, dict):
        return {key: _to_json(item) for key, item in value.items()}
    return [_to_json(item) for item in value] if isinstance(value, list) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        unquoted = value.get(_UNQUOTED)
        return resolve_scalar(unquoted) if unquoted else {key: _from_json(item) for key, item in value.items()}
    return [_from_json(item) for item in value] if isinstance(value, list) else value
