"""What every step of the path needs at hand, put together once by the app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.api.feature import Command, Feature
from bot.clock import Clock
from bot.config.community import Community
from bot.flow.watch import Watch
from bot.language.words import fold
from bot.store.database.transaction import Store
from bot.store.talk.inbox import Received

if TYPE_CHECKING:
    from bot.flow.replay import Replay


@dataclass(kw_only=True)
class Speech:
    """The features that are installed, and what can be said to them where."""

    features: Mapping[str, Feature]
    _words: dict[tuple[str, ...], dict[str, tuple[Feature, Command]]] = field(default_factory=dict)

    def features_of(self, community: Community) -> list[Feature]:
        """What is switched on in a community, and the guide, which is everywhere."""
        wanted = dict.fromkeys((*community.features, "guide"))
        return [self.features[name] for name in wanted if name in self.features]

    def words_of(self, community: Community) -> dict[str, tuple[Feature, Command]]:
        """Every word that starts a command in a community, folded; the first feature keeps a word two of them want."""
        if community.features not in self._words:
            words: dict[str, tuple[Feature, Command]] = {}
            for feature in self.features_of(community):
                for word, command in feature.words().items():
                    words.setdefault(fold(word), (feature, command))
            self._words[community.features] = words
        return self._words[community.features]


@dataclass
class House(Speech):
    """The store, the features, and which community lives in which place. `names` are what people call the bot.

    A community that moved is found in its former places too; `moved` leads from each of them to where it lives now. It
    is heard already in a place that it is about to move to (`expected`).
    """

    store: Store
    clock: Clock
    watch: Watch
    names: frozenset[str] = frozenset()
    communities: dict[str, Community] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    stale_after: timedelta = timedelta(hours=12)  # what people wrote longer ago is not acted on
    expected: set[str] = field(default_factory=set)
    heard_at: datetime | None = None  # the moment up to which we have listened
    heard_at_noted: datetime | None = None  # the one that is in the database
    replay: "Replay | None" = None  # while a restored database is caught up with

    def home(self, place: str) -> str:
        """Where the community of a place lives now, and is spoken to."""
        return self.moved.get(place, place)

    def homes(self) -> dict[str, Community]:
        """The communities by the places where they live now."""
        elsewhere = self.moved.keys() | self.expected
        return {place: community for place, community in self.communities.items() if place not in elsewhere}

    def expect(self, community: Community, place: str) -> None:
        """A community is about to move here: what is said meanwhile is said to us."""
        if place not in self.communities:
            self.communities[place] = community
            self.expected.add(place)

    def expect_no_more(self, place: str) -> None:
        """It will not move here."""
        if place in self.expected:
            self.expected.discard(place)
            del self.communities[place]

    def settle(self, community: Community, place: str) -> None:
        """A community lives here from now on; where it lived before is a former place of it."""
        former = [old for old, known in self.communities.items() if known.key == community.key and old != place]
        self.moved.pop(place, None)
        self.expected.discard(place)
        self.moved |= dict.fromkeys(former, place)
        self.communities[place] = community

    def now_for(self, row: Received) -> datetime:
        """The moment at which a row is handled: what is read again happens when it happened."""
        return self.replay.now_for(row) if self.replay else self.clock()
