"""Decides who is heard: nobody faster than a place can bear, and only those whom the community is open to.

A bucket for each person and one for the whole place (GCRA, "generic cell rate algorithm", ITU-T I.371): so many things
at once, and then one more each time a part of a minute has passed. What is too much goes into the bucket as well, so
that whoever does not slow down stays unheard, and is told so once.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config.address import server_in
from bot.config.community import Community
from bot.pipeline.context import Context
from bot.store.facts import get_fact, set_fact
from bot.store.messages.inbox import Incoming
from bot.store.messages.rate_limits import RateState, delete_rate_states, find_rate_states, save_rate_states

#: The time that limits are counted in.
LIMIT_PERIOD = timedelta(minutes=1)
#: How long it is remembered that somebody was told that they are not heard here.
KEEP_STATE_FOR = timedelta(days=30)
#: The whole place, among the people in it.
WHOLE_PLACE = ""

_HEARD_AT = "heard at"
#: The moment up to which we have listened is written down this often.
_NOTED = timedelta(seconds=30)


#: Listening again after this long, we were away; without news the moment is a minute and a half old at most.
_AWAY = timedelta(minutes=2)


class Verdict(Enum):
    """What becomes of something that came in; the values are the sentences that say so."""

    ACCEPT = ""
    DROP = "ignore"
    TOO_FAST = "too-fast"
    PLACE_TOO_FAST = "place-too-fast"
    FROM_ELSEWHERE = "from-elsewhere"


def spend(pace: RateState | None, at: datetime, limit: int) -> tuple[bool, RateState]:
    """Whether one more thing at a moment is within so many a minute, and the pace after it."""
    each = LIMIT_PERIOD / limit
    until = max(pace.until, at) if pace else at
    told = bool(pace and pace.told and until - at > LIMIT_PERIOD / 2)
    if until - at + each <= LIMIT_PERIOD:
        return True, RateState(until + each, told)
    return False, RateState(at + LIMIT_PERIOD, told)


@dataclass
class RateLimiter:
    """Weighs what arrived together, in order, in the transaction that keeps it. `since` is when we last listened.

    What waited while we were away counts at the time it was sent, or a whole morning's commands would come in one
    second; a server whose clock lies can claim no more than that.
    """

    connection: AsyncConnection
    context: Context
    now: datetime
    since: datetime
    _paces: dict[tuple[str, str], RateState] = field(default_factory=dict)
    _known: set[tuple[str, str]] = field(default_factory=set)
    _changed: set[tuple[str, str]] = field(default_factory=set)

    async def check(self, incoming: Incoming) -> Verdict:
        """Whether to hear it; of those who are not heard, each is told once."""
        community = self.context.rooms.communities[incoming.place]
        if incoming.kind not in ("message", "tap", "edit"):
            return Verdict.ACCEPT
        if not community.is_open_to(server_in(incoming.sender)):
            await self._recall(incoming)
            return self._tell_once(incoming.place, incoming.sender, self.now, Verdict.FROM_ELSEWHERE)
        if community.limits.person is None and community.limits.room is None:
            return Verdict.ACCEPT
        await self._recall(incoming)
        return self._weigh(incoming, community)

    def _weigh(self, incoming: Incoming, community: Community) -> Verdict:
        was_away = self.now - self.since > _AWAY
        at = max(incoming.sent_at, self.since) if was_away else self.now
        place, who = incoming.place, incoming.sender
        within = self._take(place, who, at, community.limits.person)
        if not within:
            return self._tell_once(place, who, at, Verdict.TOO_FAST)
        crowded = not self._take(place, WHOLE_PLACE, at, community.limits.room)
        if crowded and community.person_at(who) is None:  # a crowd of strangers silences nobody the village knows
            return self._tell_once(place, WHOLE_PLACE, at, Verdict.PLACE_TOO_FAST)
        return Verdict.ACCEPT

    def _take(self, place: str, who: str, at: datetime, limit: int | None) -> bool:
        if limit is None:
            return True
        within, self._paces[place, who] = spend(self._paces.get((place, who)), at, limit)
        self._changed.add((place, who))
        return within

    def _tell_once(self, place: str, who: str, at: datetime, verdict: Verdict) -> Verdict:
        pace = self._paces.get((place, who), RateState(at))
        if pace.told:
            return Verdict.DROP
        self._paces[place, who] = RateState(max(pace.until, at), told=True)
        self._changed.add((place, who))
        return verdict

    async def _recall(self, incoming: Incoming) -> None:
        place, who = incoming.place, incoming.sender
        if (place, who) not in self._known:
            known = {WHOLE_PLACE, who} - {w for p, w in self._known if p == place}
            for name, pace in (await find_rate_states(self.connection, place, known)).items():
                self._paces[place, name] = pace
            self._known |= {(place, name) for name in known}

    async def save(self) -> None:
        """Keep what has changed."""
        if self._changed:
            await save_rate_states(self.connection, {key: self._paces[key] for key in self._changed})


async def read_last_sync_time(connection: AsyncConnection, context: Context, now: datetime) -> datetime:
    """The moment up to which we had listened before; now, where we never had."""
    if context.last_sync_at is None:
        await delete_rate_states(connection, now - KEEP_STATE_FOR)
        noted = await get_fact(connection, _HEARD_AT)
        return datetime.fromisoformat(noted) if noted else now
    return context.last_sync_at


async def save_last_sync_time(connection: AsyncConnection, context: Context, now: datetime) -> bool:
    """We have listened until now; written down now and then, since a little more or less makes no difference."""
    if context.last_sync_saved_at is not None and now - context.last_sync_saved_at < _NOTED:
        return False
    await set_fact(connection, _HEARD_AT, now.isoformat())
    return True
