"""Loads features by name: ours, and those that other packages declare under the entry point `bylaug.features`."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module, metadata
from pathlib import Path

from bot.api.feature import Feature
from bot.errors import EX_CONFIG, Fatal

ENTRY_POINT_GROUP = "bylaug.features"
ALWAYS_LOADED = "guide"
_OURS = Path(__file__).parent.parent / "features"


def feature_names() -> list[str]:
    """Every feature that is installed."""
    ours = [folder.name for folder in _OURS.iterdir() if (folder / "__init__.py").is_file()]
    return sorted({*ours, *(point.name for point in metadata.entry_points(group=ENTRY_POINT_GROUP))})


def renamed_features() -> dict[str, str]:
    """Return the former names of the installed features, each with the present name."""
    return {former: feature.name for feature in _installed() for former in feature.former_names}


def load_features(wanted: Iterable[str]) -> dict[str, Feature]:
    """Return the wanted features and the guide, each once, by present name; `wanted` may hold former names.

    Raises `Fatal` for one that cannot be loaded, saying why, and for two that have a name in common.
    """
    installed, renamed = feature_names(), dict[str, str]()
    wanted = {*wanted, ALWAYS_LOADED}
    if not wanted <= {*installed}:
        renamed = renamed_features()
    present = {name if name in installed else renamed.get(name, name) for name in wanted}
    loaded = {name: _load(name) for name in sorted(present)}
    _refuse_shared_names(loaded.values())
    return loaded


def _installed() -> Iterator[Feature]:
    """Every installed feature that can be loaded; why another one cannot is said when it is wanted."""
    for name in feature_names():
        with suppress(Exception):
            feature = _import(name)
            if isinstance(feature, Feature):
                yield feature


def _refuse_shared_names(features: Iterable[Feature]) -> None:
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
        lacking = find_missing_texts(feature)
    except Fatal:
        raise
    except Exception as error:
        raise Fatal(f"The feature '{name}' cannot be loaded: {type(error).__name__}: {error}", EX_CONFIG) from error
    if lacking:
        raise Fatal(f"The feature '{name}' lacks texts: {', '.join(lacking)}.", EX_CONFIG)
    return feature


def find_missing_texts(feature: Feature) -> list[str]:
    """Return the texts that no language has and that the guide needs of a command.

    They are looked for when the feature is loaded, because at the first message a missing one would be a fault. A text
    that one language has and another lacks falls back (`bot.languages.catalogue`).
    """
    spoken = [command.name for command in feature.commands if command.words]
    needed = ["help-title", *(f"{kind}-{name}" for name in spoken for kind in ("help", "example"))]
    return sorted(key for key in needed if not feature.catalogue.has(key))


def _import(name: str) -> object:
    if (_OURS / name / "__init__.py").is_file():
        return import_module(f"bot.features.{name}").feature
    for point in metadata.entry_points(group=ENTRY_POINT_GROUP, name=name):
        return point.load()
    raise ModuleNotFoundError("it is not installed")


def migration_folders(features: Iterable[Feature]) -> list[Path]:
    """The features' own migrations."""
    return [folder for feature in features if (folder := feature.migrations)]
