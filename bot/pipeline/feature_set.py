"""The installed features, by their names, and the command words of each community."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.api.feature import Command, Feature
from bot.config.community import Community
from bot.parsing.normalise import fold

#: The features and the languages of a community: communities that share them share their words.
_WordsKey = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass
class FeatureSet:
    """The installed features by name. A community enables some of them; the guide is enabled everywhere."""

    by_name: Mapping[str, Feature]
    _words: dict[_WordsKey, dict[str, tuple[Feature, Command]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_any_name = {name: feature for feature in self.by_name.values() for name in feature.names}

    def find(self, name: str) -> Feature | None:
        """Return the feature with this present or former name, or None if it is not installed."""
        return self._by_any_name.get(name)

    def enabled_in(self, community: Community) -> list[Feature]:
        """Return a community's features, in the order of its file, with the guide behind them."""
        names = dict.fromkeys((*community.features, "guide"))
        enabled = {feature.name: feature for name in names if (feature := self.find(name))}
        return list(enabled.values())

    def words_in(self, community: Community) -> dict[str, tuple[Feature, Command]]:
        """Return every word that starts a command in a community, in one of its languages, folded.

        A word that two features declare belongs to the first of them.
        """
        key = (community.features, community.languages)
        if key not in self._words:
            words: dict[str, tuple[Feature, Command]] = {}
            for feature in self.enabled_in(community):
                for word, command in feature.words(community.languages).items():
                    words.setdefault(fold(word), (feature, command))
            self._words[key] = words
        return self._words[key]
