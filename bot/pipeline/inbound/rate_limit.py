"""Decides whose messages are accepted: not those that come too fast, nor those of servers that are not allowed.

Each person has a rate limiter in each place, and so has the place as a whole (GCRA, "generic cell rate algorithm",
ITU-T I.371): so many messages are accepted at once, and one more each time a part of a minute has passed. A rejected
message fills the limiter up again: it stays full until the sender slows down. The sender is told so once.
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

#: Limits are numbers of messages in this period.
LIMIT_PERIOD = timedelta(minutes=1)
#: A state is deleted so long after its last use. Until then it is known whether the sender was told.
KEEP_STATE_FOR = timedelta(days=30)
#: Stands for the whole place among the senders.
WHOLE_PLACE = ""

_LAST_SYNC_FACT = "heard at"
#: The time of the last sync is saved this often.
_SAVE_INTERVAL = timedelta(seconds=30)
#: A sync that comes so long after the last one brings what waited while the bot was off. While it runs and nothing
#: happens, the last sync is a minute and a half old at most.
_OFF_AFTER = timedelta(minutes=2)


class Decision(Enum):
    """What is done with a message. The value of a rejection is the key of the text that the sender gets."""

    ACCEPT = ""
    DROP = "ignore"
    TOO_FAST = "too-fast"
    PLACE_TOO_FAST = "place-too-fast"
    FROM_ELSEWHERE = "from-elsewhere"


def spend(state: RateState | None, time: datetime, limit: int) -> tuple[bool, RateState]:
    """Return whether one more message at a time is within `limit` per LIMIT_PERIOD, and the state after it."""
    cost = LIMIT_PERIOD / limit
    until = max(state.until, time) if state else time
    told = bool(state and state.told and until - time > LIMIT_PERIOD / 2)
    if until - time + cost <= LIMIT_PERIOD:
        return True, RateState(until + cost, told)
    return False, RateState(time + LIMIT_PERIOD, told)


@dataclass
class RateLimiter:
    """Decides about a batch of messages, in order, in the transaction that stores them.

    `last_sync_at` is when the bot read its rooms the last time. Messages that waited while it was off count at the time
    at which they were sent; otherwise all commands of a morning would come in the same second. A server with a wrong
    clock can claim no earlier time than `last_sync_at`.
    """

    connection: AsyncConnection
    context: Context
    now: datetime
    last_sync_at: datetime
    _states: dict[tuple[str, str], RateState] = field(default_factory=dict)
    _loaded: set[tuple[str, str]] = field(default_factory=set)
    _changed: set[tuple[str, str]] = field(default_factory=set)

    async def check(self, incoming: Incoming) -> Decision:
        """Decide about a message. Senders of rejected messages are told once; after that, messages are dropped."""
        community = self.context.rooms.communities[incoming.place]
        if incoming.kind not in ("message", "tap", "edit"):
            return Decision.ACCEPT
        if not community.is_open_to(server_in(incoming.sender)):
            await self._load_states(incoming)
            return self._reject(incoming.place, incoming.sender, self.now, Decision.FROM_ELSEWHERE)
        if community.limits.person is None and community.limits.room is None:
            return Decision.ACCEPT
        await self._load_states(incoming)
        return self._check_limits(incoming, community)

    async def save(self) -> None:
        """Store the states that have changed."""
        if self._changed:
            await save_rate_states(self.connection, {key: self._states[key] for key in self._changed})

    def _check_limits(self, incoming: Incoming, community: Community) -> Decision:
        time = self._time_of(incoming)
        place, sender = incoming.place, incoming.sender
        if not self._spend(place, sender, time, community.limits.person):
            return self._reject(place, sender, time, Decision.TOO_FAST)
        is_crowded = not self._spend(place, WHOLE_PLACE, time, community.limits.room)
        if is_crowded and community.person_at(sender) is None:  # a crowd of strangers does not silence those on file
            return self._reject(place, WHOLE_PLACE, time, Decision.PLACE_TOO_FAST)
        return Decision.ACCEPT

    def _time_of(self, incoming: Incoming) -> datetime:
        """Return the time at which a message counts: when it was sent, if the bot was off then, else now."""
        since_last_sync = self.now - self.last_sync_at
        if since_last_sync > _OFF_AFTER:
            return max(incoming.sent_at, self.last_sync_at)
        if since_last_sync < -_OFF_AFTER:  # the clock was put back, and nobody knows how long the bot was off
            return min(incoming.sent_at, self.now)
        return self.now

    def _spend(self, place: str, sender: str, time: datetime, limit: int | None) -> bool:
        if limit is None:
            return True
        is_within, self._states[place, sender] = spend(self._states.get((place, sender)), time, limit)
        self._changed.add((place, sender))
        return is_within

    def _reject(self, place: str, sender: str, time: datetime, decision: Decision) -> Decision:
        """Return the decision if the sender was not told yet, else `Decision.DROP`."""
        state = self._states.get((place, sender), RateState(time))
        if state.told:
            return Decision.DROP
        self._states[place, sender] = RateState(max(state.until, time), told=True)
        self._changed.add((place, sender))
        return decision

    async def _load_states(self, incoming: Incoming) -> None:
        place, sender = incoming.place, incoming.sender
        if (place, sender) not in self._loaded:
            missing = {WHOLE_PLACE, sender} - {loaded for at, loaded in self._loaded if at == place}
            for name, state in (await find_rate_states(self.connection, place, missing)).items():
                # a state that ends later was stored before the clock was put back, and says nothing
                if state.until - self.now <= LIMIT_PERIOD:
                    self._states[place, name] = state
            self._loaded |= {(place, name) for name in missing}


async def read_last_sync_time(connection: AsyncConnection, context: Context, now: datetime) -> datetime:
    """Return when the bot read its rooms the last time; `now`, if it never did.

    At the first call after a start, old states are deleted too.
    """
    if context.last_sync_at is None:
        await delete_rate_states(connection, now - KEEP_STATE_FOR)
        saved = await get_fact(connection, _LAST_SYNC_FACT)
        return datetime.fromisoformat(saved) if saved else now
    return context.last_sync_at


async def save_last_sync_time(connection: AsyncConnection, context: Context, now: datetime) -> bool:
    """Store `now` as the time of the last sync, and return True; return False if it was stored a moment ago."""
    if context.last_sync_saved_at is not None and abs(now - context.last_sync_saved_at) < _SAVE_INTERVAL:
        return False
    await set_fact(connection, _LAST_SYNC_FACT, now.isoformat())
    return True
