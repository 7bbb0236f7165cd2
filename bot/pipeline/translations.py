"""Counts the sentences that a community hears in another language than its own."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from bot.config.community import Community
from bot.errors import Fatal, Problem
from bot.languages.catalogue import CORE, Catalogue
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.load_features import load_features


def find_missing_translations(communities: Iterable[Community]) -> Iterator[Problem]:
    """Yield a warning for each community whose language lacks sentences that another language has.

    Nothing is said of a community with a feature that cannot be loaded.
    """
    for community in communities:
        with suppress(Fatal):
            enabled = FeatureSet(load_features(community.features)).enabled_in(community)
            code = community.language
            lacking = {"the core": Catalogue(CORE).missing(code)}
            lacking |= {feature.name: feature.catalogue.missing(code) for feature in enabled}
            counted = [f"{name} ({len(keys)})" for name, keys in lacking.items() if keys]
            if counted:
                message = f"language: some sentences are said in another language than {code}: {', '.join(counted)}"
                yield Problem(community.file, 0, message, is_warning=True)
