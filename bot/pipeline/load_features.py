"""Loads features by name: those of this package, and those that other packages declare as entry points."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module, metadata
from pathlib import Path

from bot.api.feature import Feature
from bot.config.community import Community
from bot.config.load import load_communities
from bot.config.settings import Settings
from bot.errors import EX_CONFIG, Fatal, Problem

#: Other packages declare their features in this group of entry points.
ENTRY_POINT_GROUP = "bylaug.features"
#: This feature is enabled in every community.
ALWAYS_LOADED = "guide"
_OWN_FOLDER = Path(__file__).parent.parent / "features"


def feature_names() -> list[str]:
    """Return the names of all installed features, sorted."""
    own = [folder.name for folder in _OWN_FOLDER.iterdir() if _is_own(folder.name)]
    return sorted({*own, *(point.name for point in metadata.entry_points(group=ENTRY_POINT_GROUP))})


def load_configured_communities(settings: Settings) -> tuple[list[Community], list[Problem]]:
    """Load the communities of a configuration, whose files may switch on every installed feature.

    Return communities and problems, as `load_communities` does.
    """
    return load_communities(
        settings.communities,
        server_name=settings.server_name,
        features=feature_names(),
        renamed=renamed_features(),
    )


def renamed_features() -> dict[str, str]:
    """Return the former names of the installed features, each with the present name.

    A name that another installed feature has now is left out.
    """
    present = {*feature_names()}
    return {name: feature.name for feature in _find_installed() for name in feature.former_names if name not in present}


def load_features(wanted: Iterable[str]) -> dict[str, Feature]:
    """Return the wanted features and the guide, each once, by present name; `wanted` may hold former names.

    Raises `Fatal` for one that cannot be loaded, saying why, and for two that have a name in common.
    """
    wanted = {*wanted, ALWAYS_LOADED}
    present = {name for name in wanted if _is_own(name)}
    if others := wanted - present:  # only then, because to look through all installed packages takes 5 ms
        installed = feature_names()
        renamed = renamed_features() if not others <= {*installed} else {}
        present |= {name if name in installed else renamed.get(name, name) for name in others}
    features = {name: _load(name) for name in sorted(present)}
    _check_names_are_unique(features.values())
    return features


def _find_installed() -> Iterator[Feature]:
    """Yield the installed features that can be loaded. `load_features` says why another one cannot."""
    for name in feature_names():
        with suppress(Exception):
            feature = _import(name)
            if isinstance(feature, Feature):
                yield feature


def _check_names_are_unique(features: Iterable[Feature]) -> None:
    owners: dict[str, str] = {}
    for feature in features:
        for name in feature.names:
            owner = owners.setdefault(name, feature.name)
            if owner != feature.name:
                raise Fatal(f"The features '{owner}' and '{feature.name}' both have the name '{name}'.", EX_CONFIG)


def _load(name: str) -> Feature:
    try:
        feature = _import(name)
        if not isinstance(feature, Feature) or feature.name != name:
            raise Fatal(f"The feature '{name}' does not declare a Feature of that name.", EX_CONFIG)
        missing = find_missing_texts(feature)
    except Fatal:
        raise
    except Exception as error:
        raise Fatal(f"The feature '{name}' cannot be loaded: {type(error).__name__}: {error}", EX_CONFIG) from error
    if missing:
        raise Fatal(f"The feature '{name}' lacks texts: {', '.join(missing)}.", EX_CONFIG)
    return feature


def find_missing_texts(feature: Feature) -> list[str]:
    """Return the texts that no language has and that the guide needs of a command.

    They are looked for when the feature is loaded, because at the first message a missing one would be a fault. A text
    that one language has and another lacks falls back (`bot.languages.catalogue`).
    """
    names = [command.name for command in feature.commands if command.words]
    needed = ["help-title", *(f"{kind}-{name}" for name in names for kind in ("help", "example"))]
    return sorted(key for key in needed if not feature.catalogue.has(key))


def _is_own(name: str) -> bool:
    """Return whether a feature is one of this package."""
    return (_OWN_FOLDER / name / "__init__.py").is_file()


def _import(name: str) -> object:
    if _is_own(name):
        return import_module(f"bot.features.{name}").feature
    for point in metadata.entry_points(group=ENTRY_POINT_GROUP, name=name):
        return point.load()
    raise ModuleNotFoundError("it is not installed")


def migration_folders(features: Iterable[Feature]) -> list[Path]:
    """Return the folders with the migrations of these features, each once."""
    return list(dict.fromkeys(folder for feature in features if (folder := feature.migrations)))
