"""The types with which features and the bot talk through hooks: obstacles, cleared agreements, changed matches."""

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

    An obstacle without `forbids` is a warning. A warning with `asks` is shown before anything is agreed, with better
    times to choose from; other warnings are shown afterwards. `agreement` is the agreement that holds the thing, if one
    does. `kind` is a word that its source defines: "booked", "closed", "season", "load". `note` is the reason alone
    ("gødning"), for lists and pictures where the sentence is too long.
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
    """An agreement or a proposal, and the times that it would lose if a thing were taken away, soonest first."""

    agreement: Agreement
    times: tuple[Span, ...]


@dataclass(frozen=True)
class ClearedAgreement:
    """An agreement after a thing was taken away, the times it lost, and the reason in the room's language.

    It is cancelled when it lost all its times. It is moved when it lost all its times and both parties are now offered
    another time. Otherwise some times of a series are left, or an offer of another time. `lost` is empty for a series
    whose lost times were detached as new agreements.
    """

    agreement: Agreement
    lost: tuple[Span, ...]
    why: Text

    @property
    def is_cancelled(self) -> bool:
        """Whether the agreement lost all its times and no other time was offered."""
        return self.agreement.state is State.CANCELLED

    @property
    def is_moved(self) -> bool:
        """Whether the maintainer has offered a new time to both parties, in place of the time that the closure took."""
        newest = self.agreement.negotiation.newest_offer
        return newest is not None and newest.by is Side.MAINTAINER


@dataclass(frozen=True)
class MatchChange:
    """A change of a match on a thing: new (no `before`), moved or renamed (both), gone (no `after`).

    A match that was moved from one thing to another is gone for the first thing and new for the second.
    """

    thing: Thing
    before: Match | None
    after: Match | None

    @property
    def is_moved(self) -> bool:
        """Whether the time of the match was changed.

        It was not when only title or location changed, or the match is new or gone.
        """
        before, after = self.before, self.after
        return bool(before and after and (before.start, before.end) != (after.start, after.end))
