"""Counts the sentences that a community hears in another language than its own."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache

from bot.config.community import Community
from bot.errors import Fatal, Problem
from bot.languages.catalogue import CORE, Catalogue
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.load_features import load_features


def find_missing_translations(communities: Iterable[Community]) -> Iterator[Problem]:
    """Yield a warning for each community whose language lacks sentences that another language has.

    A community with a feature that cannot be loaded gets no warning.
    """

    @lru_cache
    def count(features: tuple[str, ...], code: str) -> str:
        """Return the parts that lack sentences, each with their number. Many communities have the same features."""
        loaded = FeatureSet(load_features(features)).by_name.values()
        missing = {"the core": Catalogue(CORE).find_missing_keys(code)}
        missing |= {feature.name: feature.catalogue.find_missing_keys(code) for feature in loaded}
        return ", ".join(f"{name} ({len(keys)})" for name, keys in missing.items() if keys)

    for community in communities:
        with suppress(Fatal):
            if counted := count(community.features, community.language):
                message = f"some sentences are said in another language than {community.language}: {counted}"
                yield Problem(community.file, 0, f"language: {message}", is_warning=True)
