"""Loads what was written, config.yaml and the community files; whatever is wrong comes with its file and line."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.config.build import build_community
from bot.config.community import Community
from bot.config.contradictions import find_contradictions, find_former_names
from bot.config.file.document import MAX_PROBLEMS, Document, read_document
from bot.config.file.explain import explain_validation_error, prefix_path
from bot.config.models.community import CommunityModel
from bot.config.models.field_types import FileModel
from bot.config.models.schema import community_schema, settings_schema
from bot.config.models.settings import SettingsModel
from bot.config.settings import Settings, build_settings
from bot.errors import ConfigError, Problem
from bot.languages.registry import add_language

__all__ = ["community_schema", "load_communities", "load_community", "load_settings", "settings_schema"]

_Shape = TypeVar("_Shape", bound=FileModel)

#: In characters; a sentence that quotes a whole page says no more than one that quotes its beginning.
_LONGEST = 300


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Reads config.yaml, and installs the languages in the folders it names, which community files may then use.

    Raises ConfigError with a problem, file and line, for everything that is wrong.
    """
    try:
        written, document = _read(path, SettingsModel)
        settings = build_settings(written, path, environ)
        _add_languages(settings, document)
    except ConfigError as error:
        raise ConfigError(_shorten(error.problems)) from error
    return settings


def load_communities(
    folder: Path, *, server_name: str, features: Collection[str] | None, renamed: Mapping[str, str] | None = None
) -> tuple[list[Community], list[Problem]]:
    """Reads every community file of a folder, in the order of their names.

    A file with problems is left out and the others live; one with warnings is used. `features` are the names a file may
    switch on; None leaves them unchecked. `renamed` are former names of features, which a file may still use, each with
    the present name. Short room aliases and Matrix ids are completed with `server_name`.
    """
    problems: list[Problem] = []
    communities: list[Community] = []
    owners: dict[str, Community] = {}
    for file in _find_files(folder, problems):
        try:
            community, warnings = _load_community(file, server_name, features, renamed or {}, owners)
        except ConfigError as error:
            problems += _shorten(error.problems)
        else:
            communities.append(community)
            problems += _shorten(warnings)
    return communities, problems


def load_community(file: Path, *, server_name: str, features: Collection[str] | None) -> Community:
    """Reads one community's file, as `load_communities` would. Raises ConfigError for a wrong one."""
    try:
        return _load_community(file, server_name, features, {}, {})[0]
    except ConfigError as error:
        raise ConfigError(_shorten(error.problems)) from error


def _add_languages(settings: Settings, document: Document) -> None:
    for number, folder in enumerate(settings.language_folders):
        try:
            add_language(folder)
        except FileNotFoundError as error:
            raise ConfigError([_place(document, ("language_folders", number), str(error))]) from error


def _find_files(folder: Path, problems: list[Problem]) -> list[Path]:
    """The community files by name; the first of two with one stem counts, since the stem is the community's key."""
    try:
        found = sorted(file for file in folder.iterdir() if file.suffix in (".yaml", ".yml") and file.name[0] != ".")
    except OSError as error:
        problems.append(Problem(str(folder), 0, f"the folder of communities cannot be read: {error.strerror}"))
        return []
    if not found:
        problems.append(Problem(str(folder), 0, "there is no community here, that is, no file such as skovby.yaml"))
    by_key: dict[str, Path] = {}
    for file in found:
        first = by_key.setdefault(file.stem, file)
        if first is not file:
            problems.append(Problem(str(file), 0, f"{first.name} is the same community; one of the two must go"))
    return list(by_key.values())


def _load_community(
    file: Path,
    server_name: str,
    features: Collection[str] | None,
    renamed: Mapping[str, str],
    owners: dict[str, Community],
) -> tuple[Community, list[Problem]]:
    """The community in a file, and the warnings about the file. Raises ConfigError for a wrong one."""
    written, document = _read(file, CommunityModel)
    findings = islice(find_contradictions(written, server_name, features, renamed), MAX_PROBLEMS + 1)
    found = [_place(document, *one) for one in findings]
    if found:
        raise ConfigError(sorted(found, key=lambda problem: problem.line))
    community = build_community(file, written, server_name)
    _claim_room(community, document, owners)
    return community, [_warn(document, *one) for one in find_former_names(written, renamed)]


def _claim_room(community: Community, document: Document, owners: dict[str, Community]) -> None:
    """A room belongs to one file; the first by name keeps it."""
    owner = owners.setdefault(community.room, community)
    if owner is not community:
        name = Path(owner.file).name
        raise ConfigError([document.problem_at(("room",), f"room: {name} already has the room {community.room}")])


def _place(document: Document, path: tuple[str | int, ...], sentence: str) -> Problem:
    names = tuple(step for step in path if isinstance(step, str))
    return document.problem_at(path, prefix_path(names, sentence))


def _warn(document: Document, path: tuple[str | int, ...], sentence: str) -> Problem:
    return replace(document.problem_at(path, prefix_path(path, sentence)), is_warning=True)


def _read(path: Path, shape: type[_Shape]) -> tuple[_Shape, Document]:
    document = read_document(path)
    if document.data is None:
        raise ConfigError([Problem(str(path), 0, "the file is empty")])
    if not isinstance(document.data, dict):
        raise ConfigError([document.problem_at((), "the file must hold lines of the form 'key: value'")])
    try:
        return shape.model_validate(document.data), document
    except ValidationError as error:
        raise ConfigError(explain_validation_error(document, shape, error)) from error


def _shorten(problems: list[Problem]) -> list[Problem]:
    """As many problems as somebody reads, fit for a terminal: a file can hold escape sequences and words of a page."""
    shown = [replace(problem, message=_clean(problem.message)) for problem in problems[:MAX_PROBLEMS]]
    if len(problems) > MAX_PROBLEMS:
        shown.append(Problem(problems[0].file, 0, "there are more problems in this file"))
    return shown


def _clean(sentence: str) -> str:
    short = sentence if len(sentence) <= _LONGEST else sentence[:_LONGEST] + "…"
    return "".join(letter if letter.isprintable() else "·" for letter in short)
