"""The sync loop: brings what happened since the stored position, fills gaps, and hands it over with the new one."""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.concurrency.retry import TemporaryFailure, retry_forever, retry_temporary
from bot.matrix.address import room_address, user_id
from bot.matrix.address import room_id as id_of
from bot.matrix.client import Client, MatrixError
from bot.matrix.room_encryption import RoomEncryption
from bot.matrix.rooms import room_changes as about_rooms
from bot.matrix.rooms.rejoin import INVITATION_FACT, Rejoiner
from bot.matrix.rooms.room_changes import RoomChange, find_changes, find_removal
from bot.matrix.sync.gaps import GapFiller
from bot.matrix.sync.translate import TRANSLATED_TYPES as SAID
from bot.matrix.sync.translate import translate
from bot.pipeline.context import Context
from bot.pipeline.inbound.receive import receive
from bot.store.backup.restore_marker import RestoreMarker
from bot.store.facts import get_fact, set_fact
from bot.store.messages.inbox import Incoming

log = logging.getLogger(__name__)

#: All that a sync has to bring.
SYNC_TYPES = [*SAID, *about_rooms.CHANGE_TYPES]

POSITION_FACT = "matrix position"
#: Seconds the homeserver may keep a sync open while there is no news.
SYNC_TIMEOUT_SECONDS = 30
#: Events a sync brings of one room; more of them leave a gap (bot.matrix.sync.gaps).
TIMELINE_LIMIT = 50
#: Seconds at most in which what a sync brought is answered before the next one is asked for.
MAX_ANSWER_WAIT_SECONDS = 1.0
#: Messages of one room in a sync that are a crowd, and the seconds in which the next one at least gathers more of it.
MIN_CROWD_MESSAGES, CROWD_PAUSE_SECONDS = 4, 0.3
#: Seconds after which a position is written that brought nothing; reading over talk again does no harm.
IDLE_WRITE_SECONDS = 60.0


class SyncLoop:
    """Listens for one account.

    `awaken` hears of places that have work, `answered` waits until a place has none left, `invited` hears of rooms we
    are invited to, and the keeper of what happens to our rooms themselves.
    """

    def __init__(
        self,
        client: Client,
        context: Context,
        awaken: Callable[[str], None],
        answered: Callable[[str], Awaitable[None]],
        invited: Callable[[list[str]], None],
        encryption: RoomEncryption,
        keeper: Rejoiner,
    ) -> None:
        self._client, self._context, self._awaken, self._invited = client, context, awaken, invited
        self._answered, self._encryption, self._keeper = answered, encryption, keeper
        self._written = 0.0
        self._gaps = GapFiller(client, context, self._keep_page, self._wanted, awaken)

    async def store_first_position(self) -> None:
        """Where we have never listened before, begin now: what was said earlier was not said to us."""
        async with self._context.store.read() as connection:
            if await get_fact(connection, POSITION_FACT):
                return
        # An odd timeout, because Synapse answers the same initial sync from a cache for two minutes.
        answer = await self._sync(None, random.randrange(1, 999) / 1000, of_each_room=1)
        invited = list(answer.get("rooms", {}).get("invite", {}))
        async with self._context.store.write() as connection:
            for fact in [(POSITION_FACT, answer["next_batch"]), *_invitations(invited)]:
                await set_fact(connection, *fact)
        if invited:
            self._invited(invited)

    async def catch_up(self, past: RestoreMarker, follow: Callable[[], Awaitable[None]]) -> set[str]:
        """Take what there is up to now, gaps and all; the places that could not be read to the end, as `run` will.

        `follow` goes where rooms were replaced meanwhile; what was said there since the backup is taken, too.
        """
        since = await self._resume()
        answer = await self._sync(since, 0)
        async with self._gaps.write_lock:
            await self._take(answer, since)
        known = set(past.places)
        behind = await self._gaps.fill_all()
        while True:
            await follow()
            if not (fresh := self._context.rooms.communities.keys() - known):
                return {room_address(room) for room in behind}
            known |= fresh
            for place in fresh:
                await self._gaps.open_gap(id_of(place), past.position)
            behind = await self._gaps.fill_all()

    async def run(self) -> None:
        """Listen until cancelled."""
        since = await self._resume()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._gaps.run())
            group.create_task(self._listen(since))

    async def _resume(self) -> str | None:
        async with self._context.store.read() as connection:
            since = await get_fact(connection, POSITION_FACT)
        await self._gaps.load()
        self._gaps.position = since or ""
        return since

    async def _listen(self, since: str | None) -> None:
        while True:
            self._context.health.record_heartbeat(
                "sync", within_seconds=SYNC_TIMEOUT_SECONDS + self._client.timeout + 30
            )
            answer = await self._sync(since, SYNC_TIMEOUT_SECONDS)
            async with self._gaps.write_lock:
                since, touched, messages = await self._take(answer, since)
            await self._hold(touched, messages)
            self._context.health.set_gauge("last_sync_timestamp", self._context.clock().timestamp())

    async def _sync(self, since: str | None, wait: float, of_each_room: int | None = None) -> dict[str, Any]:
        wanted = json.dumps(self._filter(of_each_room or TIMELINE_LIMIT))
        query = {"filter": wanted, "timeout": str(int(wait * 1000)), "set_presence": "offline"}
        if since is not None:
            query["since"] = since
        return await self._insist("sync", query=query, timeout=wait + self._client.timeout)

    def _filter(self, of_each_room: int) -> dict[str, Any]:
        nothing: dict[str, list[str]] = {"types": []}
        timeline = {**self._wanted(), "limit": of_each_room}
        room = {"state": nothing, "ephemeral": nothing, "account_data": nothing, "timeline": timeline}
        return {"presence": nothing, "account_data": nothing, "room": room}

    def _wanted(self) -> dict[str, Any]:
        return {
            "types": list(dict.fromkeys([*SYNC_TYPES, *self._encryption.event_types])),
            "not_senders": [self._client.account],
        }

    async def _insist(self, *path: str, query: dict[str, str], timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109
        """Ask until there is an answer."""
        return await retry_temporary(
            lambda: self._client.call("GET", *path, query=query, timeout=timeout), self._notice
        )

    async def _take(self, answer: dict[str, Any], since: str | None) -> tuple[str, set[str], int]:
        """Write down what it brought: where to go on, the places that have work, and how many messages there were."""
        position = self._gaps.position = str(answer["next_batch"])
        rooms = answer.get("rooms", {})
        arrived: list[Incoming] = []
        news: list[RoomChange] = []
        answers = await self._hear_keys(answer)
        homes = self._context.rooms.current()
        left = {room: part for room, part in rooms.get("leave", {}).items() if room_address(room) in homes}
        for room_id, part in [*rooms.get("join", {}).items(), *left.items()]:
            timeline = part.get("timeline", {})
            if timeline.get("limited") and since is not None and timeline.get("prev_batch"):
                await self._gaps.open_gap(room_id, since)
            events = timeline.get("events", [])
            news += find_changes(room_id, events)
            news += [find_removal(room_id, events, self._client.account)] if room_id in left else []
            arrived += await self._said(room_id, events)
        for room_id in rooms.get("leave", {}):
            await self._encryption.forget_left_room(room_id)
        invited = list(rooms.get("invite", {}))
        facts = [*self._keeper.access.facts_to_write(news), *_invitations(invited)]
        now = asyncio.get_running_loop().time()
        has_news = arrived or answers or facts or self._gaps or self._encryption.has_unwritten
        if has_news or now - self._written > IDLE_WRITE_SECONDS:
            answers |= await self._write(arrived, (POSITION_FACT, position), facts)
            self._written = now
        self._take_notice(news, invited)
        return position, answers, len(arrived)

    def _take_notice(self, news: list[RoomChange], invited: list[str]) -> None:
        """Of what is written down by now."""
        self._keeper.apply_changes(news)
        if invited:
            self._invited(invited)

    async def _said(self, room_id: str, events: list[Any]) -> list[Incoming]:
        """What a sync brings of a room; where there is a gap before it, it comes when that is filled."""
        if not self._gaps.takes_over(room_id):
            return await self._read(room_id, events)
        state = [event for event in events if isinstance(event, dict) and "state_key" in event]
        await self._encryption.decrypt(room_id, state)  # who came, and that it is encrypted, matters at once
        return []

    async def _keep_page(self, room_id: str, events: list[Any], fact: tuple[str, str]) -> None:
        arrived, news = await self._read(room_id, events), find_changes(room_id, events)
        await self._write(arrived, None, [fact, *self._keeper.access.facts_to_write(news)])
        self._keeper.apply_changes(news)

    async def _hear_keys(self, answer: dict[str, Any]) -> set[str]:
        """What came for our device comes first: its keys open what follows, and what has waited for them."""
        arrived: list[Incoming] = []
        for room_id, event in await self._encryption.receive_keys(answer):
            arrived += self._translated(room_id, [event])
        return await self._write(arrived, None) if self._encryption.has_unwritten else set()

    async def _write(
        self, arrived: list[Incoming], position: tuple[str, str] | None, facts: Sequence[tuple[str, str]] = ()
    ) -> set[str]:
        async def write() -> set[str]:
            async with self._encryption.writing() as also:
                if self._context.replay is not None:
                    return await self._context.replay.receive(arrived, position, facts, also)
                return await receive(self._context, arrived, position, facts, also)

        return await retry_forever("receiving", write)

    async def _hold(self, places: set[str], messages: int) -> None:
        """Let them be answered before we ask for more, but wait for nobody who is slow.

        Each answer of ours wakes a sync of ours that is open, for nothing, and each sync costs the homeserver about
        as much as a message: behind a crowd, one that comes later and brings more is the faster one
        (docs/performance.md).
        """
        soonest = asyncio.get_running_loop().time() + (
            CROWD_PAUSE_SECONDS if messages >= MIN_CROWD_MESSAGES * len(places) > 0 else 0
        )
        for place in places:
            self._awaken(place)
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_ANSWER_WAIT_SECONDS):
                for place in places:
                    await self._answered(place)
        await asyncio.sleep(soonest - asyncio.get_running_loop().time())

    async def _read(self, room_id: str, events: list[Any]) -> list[Incoming]:
        said = self._translated(room_id, await self._encryption.decrypt(room_id, events))
        return [await self._with_presence(room_id, one) if one.kind == "departure" else one for one in said]

    def _translated(self, room_id: str, events: list[Any]) -> list[Incoming]:
        now = self._context.clock()
        return [said for event in events if (said := translate(room_id, event, self._client.account, now))]

    async def _with_presence(self, room_id: str, departure: Incoming) -> Incoming:
        """A person with several addresses has not left while one of them is in the room."""
        community = self._context.rooms.communities.get(departure.place)
        person = community.person_at(departure.sender) if community else None
        others = [address for address in person.addresses if address != departure.sender] if person else []
        present = [address for address in others if await self._is_in(room_id, user_id(address))]
        return replace(departure, payload={"present": present})

    async def _is_in(self, room_id: str, user: str | None) -> bool:
        if user is None:
            return False
        try:
            member = await self._insist("rooms", room_id, "state", "m.room.member", user, query={})
        except MatrixError:
            return False
        return member.get("membership") == "join"

    def _notice(self, why: TemporaryFailure, pause: float) -> None:
        self._context.health.count("sync_errors")
        self._context.health.record_heartbeat(
            "sync", within_seconds=pause + SYNC_TIMEOUT_SECONDS + self._client.timeout + 30
        )
        log.warning("listening has to wait %.1f s: %s", pause, why)


def _invitations(rooms: list[str]) -> list[tuple[str, str]]:
    """Kept until they are answered: a sync brings each only once."""
    return [(f"{INVITATION_FACT} {room}", "") for room in rooms]
