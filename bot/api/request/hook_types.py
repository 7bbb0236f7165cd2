"""What features tell the bot, and are told, through their hooks: obstacles, cleared agreements, changed matches."""

from dataclasses import dataclass
from datetime import datetime

from bot.agreements.states import Side, State
from bot.config.community import Thing
from bot.languages.catalogue import Text
from bot.span import Span
from bot.store.agreements.agreements import Agreement
from bot.store.calendars.matches import Match


@dataclass(frozen=True)
class Obstacle:
    """A reason why a time is not free, from `start` to `end` (aware, the end exclusive). `why` is a sentence to show.

    An obstacle that does not `forbids` the time is a warning. A warning that `asks` is shown before anything is
    agreed, with better times to choose from; other warnings are shown afterwards. `agreement` is the one that holds the
    thing, if one does. `kind` is a word of the obstacle's source: "booked", "closed", "season", "load". `note` is the
    reason alone, for places with little room ("gødning").
    """

    kind: str
    start: datetime
    end: datetime
    why: Text
    forbids: bool = True
    agreement: Agreement | None = None
    note: str = ""
    asks: bool = False

    @property
    def is_serious(self) -> bool:
        """Whether the time is not offered as a good one: the obstacle forbids it, or asks about it."""
        return self.forbids or self.asks


@dataclass(frozen=True)
class AffectedAgreement:
    """An agreement or a proposal that would lose these times, soonest first, if a thing were taken away."""

    agreement: Agreement
    times: tuple[Span, ...]


@dataclass(frozen=True)
class ClearedAgreement:
    """An agreement after it lost times, the lost times, and the reason in the room's language.

    A cancelled agreement has nothing left. A moved one has nothing left either, and another time waits for a yes of
    both parties. Otherwise something is left: some times of a series, or an offer of another time. `lost` is empty for
    a series whose times have become agreements of their own.
    """

    agreement: Agreement
    lost: tuple[Span, ...]
    why: Text

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing is left of the agreement."""
        return self.agreement.state is State.CANCELLED

    @property
    def is_moved(self) -> bool:
        """Whether another time was offered to both parties."""
        newest = self.agreement.negotiation.newest_offer
        return newest is not None and newest.by is Side.MAINTAINER


@dataclass(frozen=True)
class MatchChange:
    """A change of a match on a thing: new (no `before`), moved or renamed (both), gone (no `after`).

    A match that was moved from one thing to another is gone for the first and new for the second.
    """

    thing: Thing
    before: Match | None
    after: Match | None

    @property
    def is_moved(self) -> bool:
        """Whether the match has another time now. Otherwise its title or location has changed, or it is new or gone."""
        before, after = self.before, self.after
        return bool(before and after and (before.start, before.end) != (after.start, after.end))
