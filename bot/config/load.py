"""Loads config.yaml and the community files. Every mistake in them is reported with file and line."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.config.build import build_community
from bot.config.community import Community
from bot.config.contradictions import find_contradictions, find_former_names
from bot.config.file.document import MAX_PROBLEMS, Document, read_document
from bot.config.file.explain import explain_validation_error, prefix_path
from bot.config.kept import find_written_entries
from bot.config.models.community import CommunityModel
from bot.config.models.field_types import FileModel
from bot.config.models.schema import community_schema, settings_schema
from bot.config.models.settings import SettingsModel
from bot.config.settings import Settings, build_settings
from bot.config.was import find_wrong_former_names
from bot.errors import ConfigError, Problem
from bot.languages.registry import add_language

__all__ = [
    "community_schema",
    "load_communities",
    "load_community",
    "load_settings",
    "read_settings",
    "settings_schema",
]

_Model = TypeVar("_Model", bound=FileModel)

#: Longer sentences are cut. They quote a long part of the file, and its beginning says enough.
_MAX_SENTENCE_CHARACTERS = 300


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Load config.yaml, and install the languages in the folders it names, so that community files may use them.

    Raises ConfigError with a problem for each mistake.
    """
    settings, document = _read_settings(path, environ)
    try:
        _add_languages(settings, document)
    except ConfigError as error:
        raise ConfigError(_shorten(error.problems)) from error
    return settings


def read_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Load config.yaml as `load_settings` does, but install no language: it may be read while the bot works."""
    return _read_settings(path, environ)[0]


def _read_settings(path: Path, environ: Mapping[str, str]) -> tuple[Settings, Document]:
    try:
        model, document = _read_model(path, SettingsModel)
        if model.status_listen and model.status_listen_private:
            sentence = "status_listen_private: there is a status_listen too, and the bot listens on one address only"
            raise ConfigError([document.problem_at(("status_listen_private",), sentence)])
    except ConfigError as error:
        raise ConfigError(_shorten(error.problems)) from error
    return build_settings(model, path, environ), document


def load_communities(
    folder: Path, *, server_name: str, features: Collection[str] | None, renamed: Mapping[str, str] | None = None
) -> tuple[list[Community], list[Problem]]:
    """Load every community file of a folder, in the order of their names. Return communities and problems.

    A file with mistakes is left out, the others are used. A file with warnings only is used. `features` are the names
    a file may switch on; None leaves them unchecked. `renamed` maps former names of features, which a file may still
    use, to the present names. Short room aliases and Matrix ids are completed with `server_name`.
    """
    problems: list[Problem] = []
    communities: list[Community] = []
    owners: dict[str, Community] = {}
    files = _find_files(folder, problems)
    names = {file.stem: file.name for file in files}
    for file in files:
        try:
            community, warnings = _load_community(file, server_name, features, renamed or {}, owners, names)
        except ConfigError as error:
            problems += _shorten(error.problems)
        else:
            communities.append(community)
            problems += _shorten(warnings)
    return communities, problems


def find_community_keys(folder: Path) -> set[str]:
    """Return the keys of all communities that have a file in a folder, also of those whose file has mistakes."""
    return {file.stem for file in _find_files(folder, [])}


def load_community(file: Path, *, server_name: str, features: Collection[str] | None) -> Community:
    """Load one community file, as `load_communities` does. Raises ConfigError for a file with mistakes."""
    try:
        return _load_community(file, server_name, features, {}, {}, {})[0]
    except ConfigError as error:
        raise ConfigError(_shorten(error.problems)) from error


def _add_languages(settings: Settings, document: Document) -> None:
    for number, folder in enumerate(settings.language_folders):
        try:
            add_language(folder)
        except FileNotFoundError as error:
            raise ConfigError([_to_problem(document, ("language_folders", number), str(error))]) from error


def _find_files(folder: Path, problems: list[Problem]) -> list[Path]:
    """Return the community files in the order of their names.

    The key of a community is the file's name without suffix, so of skovby.yaml and skovby.yml only the first is used.
    """
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
    names: Mapping[str, str],
) -> tuple[Community, list[Problem]]:
    """Return the community in a file, and warnings about the file. Raises ConfigError for a file with mistakes.

    `owners` are the communities loaded before, by room. `names` are the names of all community files by their keys.
    """
    model, document = _read_model(file, CommunityModel)
    contradictions = find_contradictions(model, server_name, features, renamed)
    wrong_names = find_wrong_former_names(model.was, file.stem, names)
    findings = islice(chain(contradictions, wrong_names), MAX_PROBLEMS + 1)
    problems = [_to_problem(document, *finding) for finding in findings]
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: problem.line))
    community = replace(build_community(file, model, server_name), written=find_written_entries(document))
    _claim_room(community, document, owners)
    return community, [_to_warning(document, *finding) for finding in find_former_names(model, renamed)]


def _claim_room(community: Community, document: Document, owners: dict[str, Community]) -> None:
    """Raise ConfigError when a file that was loaded before has the same room."""
    owner = owners.setdefault(community.room, community)
    if owner is not community:
        name = Path(owner.file).name
        raise ConfigError([document.problem_at(("room",), f"room: {name} already has the room {community.room}")])


def _to_problem(document: Document, path: tuple[str | int, ...], sentence: str) -> Problem:
    names = tuple(step for step in path if isinstance(step, str))
    return document.problem_at(path, prefix_path(names, sentence))


def _to_warning(document: Document, path: tuple[str | int, ...], sentence: str) -> Problem:
    return replace(document.problem_at(path, prefix_path(path, sentence)), is_warning=True)


def _read_model(path: Path, model_class: type[_Model]) -> tuple[_Model, Document]:
    document = read_document(path)
    if document.data is None:
        raise ConfigError([Problem(str(path), 0, "the file is empty")])
    if not isinstance(document.data, dict):
        raise ConfigError([document.problem_at((), "the file must hold lines of the form 'key: value'")])
    try:
        return model_class.model_validate(document.data), document
    except ValidationError as error:
        raise ConfigError(explain_validation_error(document, model_class, error)) from error


def _shorten(problems: list[Problem]) -> list[Problem]:
    """Return at most MAX_PROBLEMS problems, their sentences cut and free of escape sequences that a file may hold."""
    shown = [replace(problem, message=_clean(problem.message)) for problem in problems[:MAX_PROBLEMS]]
    if len(problems) > MAX_PROBLEMS:
        shown.append(Problem(problems[0].file, 0, "there are more problems in this file"))
    return shown


def _clean(sentence: str) -> str:
    shortened = sentence
    if len(sentence) > _MAX_SENTENCE_CHARACTERS:
        shortened = sentence[:_MAX_SENTENCE_CHARACTERS] + "…"
    return "".join(character if character.isprintable() else "·" for character in shortened)
