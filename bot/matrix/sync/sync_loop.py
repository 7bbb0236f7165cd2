"""The sync loop: reads events since the stored sync position and writes them to the inbox with the new position.

Client-server API, "Syncing".
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.concurrency.retry import TemporaryFailure, retry_forever, retry_temporary
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.room_encryption import RoomEncryption
from bot.matrix.rooms.joined_rooms import RoomState
from bot.matrix.rooms.rejoin import Rejoiner, invitation_facts
from bot.matrix.rooms.room_changes import CHANGE_TYPES, RoomChange, find_changes, find_removal
from bot.matrix.sync.departures import add_presence
from bot.matrix.sync.first_position import POSITION_FACT, store_first_position
from bot.matrix.sync.gaps import GapFiller
from bot.matrix.sync.open_sync import SyncRequester
from bot.matrix.sync.own_state import OwnStateReader
from bot.matrix.sync.pacing import SyncPacing
from bot.matrix.sync.position_recovery import PositionRecovery, has_gone_back
from bot.matrix.sync.translate import TRANSLATED_TYPES, translate
from bot.pipeline.context import Context
from bot.pipeline.inbound.receive import receive
from bot.store.backup.restore_marker import RestoreMarker
from bot.store.facts import get_fact
from bot.store.messages.inbox import Incoming

log = logging.getLogger(__name__)

#: Event types that every sync brings. `RoomEncryption.event_types` adds the types of encrypted rooms.
SYNC_TYPES = [*TRANSLATED_TYPES, *CHANGE_TYPES]

#: Seconds for which the homeserver may keep a sync open while nothing happens.
SYNC_TIMEOUT_SECONDS = 30
#: Seconds by which a sync may be late before /live reports that the loop is silent.
HEARTBEAT_MARGIN_SECONDS = 30
#: Events of one room in a sync. When there are more, the sync leaves a gap (bot.matrix.sync.gaps).
TIMELINE_LIMIT = 50
#: Seconds after which a sync position is written although the sync brought nothing for the bot. A crash before that
#: only makes the bot read other people's messages again, which does no harm.
IDLE_WRITE_SECONDS = 60.0


class SyncLoop:
    """Reads the events of one account.

    `wake_worker` is called with places that have inbox rows. `wait_until_answered` waits until a place has no inbox
    rows and no outbox rows left. `on_invitations` is called with the ids of rooms to which the bot was invited.
    """

    def __init__(
        self,
        client: Client,
        context: Context,
        wake_worker: Callable[[str], None],
        wait_until_answered: Callable[[str], Awaitable[None]],
        on_invitations: Callable[[list[str]], None],
        encryption: RoomEncryption,
        rejoiner: Rejoiner,
    ) -> None:
        self._client, self._context, self._wake_worker = client, context, wake_worker
        self._pacing, self._on_invitations = SyncPacing(wait_until_answered), on_invitations
        self._encryption, self._rejoiner = encryption, rejoiner
        self._position_written_at = 0.0
        context.progress.expect_syncs()
        encryption.write_late_events = self._write_late_events
        self._gaps = GapFiller(client, context, self._write_page, self._event_filter, wake_worker)
        self._requester = SyncRequester(client, context, self._event_filter, self._log_pause)
        self._recovery = PositionRecovery(client, context, self._gaps, rejoiner.access.mark_available)
        self._own_state = OwnStateReader(client, context.store, self._handle_own_state)

    async def store_first_position(self) -> dict[str, RoomState]:
        """Store the present sync position if there is none. Return the state of the joined rooms at that position."""
        return await store_first_position(self._requester, self._context, self._on_invitations)

    async def catch_up(self, marker: RestoreMarker, follow_replacements: Callable[[], Awaitable[None]]) -> set[str]:
        """Read all events up to now, including gaps. Return the places with gaps left, which `run` fills later.

        `follow_replacements` moves communities to the rooms that have replaced theirs. Messages in those rooms since
        the backup are read, too.
        """
        since = began_at = await self._load_position()
        answer, since = await self._requester.sync(since, 0, TIMELINE_LIMIT)
        async with self._gaps.write_lock:
            await self._write_sync(answer, since)
        if began_at is not None and began_at == since:
            await self._read_own_changes(began_at)
        read = set(marker.places)
        rooms_with_gaps = await self._gaps.fill_all()
        while True:
            await follow_replacements()
            new_places = self._context.rooms.communities.keys() - read
            if not new_places:
                return {room_address(room) for room in rooms_with_gaps}
            read |= new_places
            for place in new_places:
                await self._gaps.open_gap(room_id(place), marker.position)
            rooms_with_gaps = await self._gaps.fill_all()

    async def run(self) -> None:
        """Read events and fill gaps until cancelled."""
        since = await self._load_position()
        self._own_state.position = since or ""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._gaps.run())
            group.create_task(self._sync_forever(since))
            group.create_task(self._own_state.run())

    async def _load_position(self) -> str | None:
        async with self._context.store.read() as connection:
            since = await get_fact(connection, POSITION_FACT)
        await self._gaps.load()
        await self._recovery.load()
        self._gaps.position = since or ""
        return since

    async def _sync_forever(self, since: str | None) -> None:
        now, is_first = asyncio.get_running_loop().time, True
        while True:
            self._beat(SYNC_TIMEOUT_SECONDS)
            self._own_state.position = since or ""
            before, began_at, errors = since, now(), self._requester.error_count
            seconds_open = 0 if is_first else SYNC_TIMEOUT_SECONDS
            answer, since = await self._requester.sync(since, seconds_open, TIMELINE_LIMIT)
            seconds = now() - began_at
            # the homeserver may have been restored while the bot was off, or while the homeserver did not answer
            may_be_restored, is_first = is_first or errors != self._requester.error_count, False
            async with self._gaps.write_lock:
                since, places, message_count = await self._write_sync(answer, since, may_be_restored=may_be_restored)
            self._context.progress.record_sync()
            self._wake_all(places)
            await self._pacing.wait_for_answers(places, message_count)
            await self._pacing.wait_after_idle_sync(seconds, is_idle=since == before and not message_count)
            self._context.health.set_gauge("last_sync_timestamp", self._context.clock().timestamp())

    def _beat(self, seconds: float) -> None:
        """Tell the health check that the next heartbeat comes within an open sync or pause of so many seconds."""
        self._context.health.record_heartbeat(
            "sync", within_seconds=seconds + self._client.timeout_seconds + HEARTBEAT_MARGIN_SECONDS
        )

    def _event_filter(self) -> dict[str, Any]:
        types = list(dict.fromkeys([*SYNC_TYPES, *self._encryption.event_types]))
        return {"types": types, "not_senders": [self._client.account]}

    async def _write_sync(
        self, answer: dict[str, Any], since: str | None, *, may_be_restored: bool = False
    ) -> tuple[str, set[str], int]:
        """Write the contents of a sync.

        Return the new position, the places with inbox rows and the number of messages.
        """
        position = self._gaps.position = str(answer["next_batch"])
        if since is None:
            await self._recovery.recover("The homeserver refuses the position up to which we have read.")
        elif has_gone_back(since, position) or (may_be_restored and await self._recovery.has_lost_events()):
            await self._recovery.recover("The homeserver was restored to an older copy.")
        places = await self._receive_keys(answer)
        arrived, changes = await self._read_rooms(answer.get("rooms", {}), since)
        invitations = list(answer.get("rooms", {}).get("invite", {}))
        facts = [*self._rejoiner.access.facts_to_write(changes), *invitation_facts(invitations)]
        now = asyncio.get_running_loop().time()
        has_unwritten = arrived or places or facts or self._gaps.has_gaps or self._encryption.has_unwritten
        if has_unwritten or now - self._position_written_at > IDLE_WRITE_SECONDS:
            places |= await self._write(arrived, (POSITION_FACT, position), facts)
            self._position_written_at = now
        self._rejoiner.apply_changes(changes)
        if invitations:
            self._on_invitations(invitations)
        return position, places, len(arrived)

    async def _read_rooms(self, rooms: dict[str, Any], since: str | None) -> tuple[list[Incoming], list[RoomChange]]:
        """Return the messages and the room changes of a sync. Open a gap for each room whose events are incomplete."""
        arrived: list[Incoming] = []
        changes: list[RoomChange] = []
        current = self._context.rooms.current()
        left = {room: part for room, part in rooms.get("leave", {}).items() if room_address(room) in current}
        await self._gaps.note_rooms(rooms.get("join", {}), since)
        for room, part in [*rooms.get("join", {}).items(), *left.items()]:
            timeline = part.get("timeline", {})
            if timeline.get("limited") and since is not None and timeline.get("prev_batch"):
                await self._gaps.open_gap(room, since)
            events = timeline.get("events", [])
            changes += find_changes(room, events)
            if room in left:
                changes.append(find_removal(room, events, self._client.account))
            arrived += await self._read_timeline(room, events)
        for room in rooms.get("leave", {}):
            await self._encryption.forget_left_room(room)
        return arrived, changes

    async def _read_timeline(self, room: str, events: list[Any]) -> list[Incoming]:
        """Return the messages of a room in a sync; none while the room has a gap.

        They are then fetched in order with the gap.
        """
        if not self._gaps.takes_over(room):
            return await self._read_events(room, events)
        # memberships and the encryption of the room must be known at once
        state = [event for event in events if isinstance(event, dict) and "state_key" in event]
        await self._encryption.decrypt(room, state)
        return []

    async def _write_page(self, room: str, events: list[Any], fact: tuple[str, str]) -> None:
        """Write the events of a page of a gap and, in the same transaction, the fact with how far the gap is filled."""
        events = self._recovery.leave_out_read(events)
        arrived, changes = await self._read_events(room, events), find_changes(room, events)
        await self._write(arrived, None, [fact, *self._rejoiner.access.facts_to_write(changes)])
        self._rejoiner.apply_changes(changes)

    async def _receive_keys(self, answer: dict[str, Any]) -> set[str]:
        """Write the room keys of a sync and the older messages they decrypt. Return the places with inbox rows.

        This is done before the rest of a sync, because the keys decrypt its messages.
        """
        arrived = self._translate_all(await self._encryption.receive_keys(answer))
        return await self._write(arrived, None) if self._encryption.has_unwritten else set()

    async def _write_late_events(self, decrypt: Callable[[], Awaitable[list[tuple[str, Any]]]]) -> None:
        """Write stored messages that `decrypt` can decrypt now, and have them handled."""
        async with self._gaps.write_lock:
            places = await self._write(self._translate_all(await decrypt()), None)
        self._wake_all(places)

    async def _handle_own_state(self, events: dict[str, list[Any]]) -> None:
        """Write the events that other logins of the bot's account sent, by room id, and have them handled."""
        async with self._gaps.write_lock:
            arrived = [row for room, sent in events.items() for row in await self._read_events(room, sent, account="")]
            places = await self._write(arrived, None)
        self._wake_all(places)
        await self._apply_own_changes(events)

    async def _apply_own_changes(self, events: dict[str, list[Any]]) -> None:
        """Write the changes of rooms that other logins of the bot's account made, and have the rooms checked."""
        changes = [change for room, sent in events.items() for change in find_changes(room, sent)]
        if changes:
            async with self._gaps.write_lock:
                await self._write([], None, self._rejoiner.access.facts_to_write(changes))
            self._rejoiner.apply_changes(changes)

    async def _read_own_changes(self, since: str) -> None:
        """Read the changes of rooms since a position that other logins of the bot's account made."""
        try:
            await self._apply_own_changes(await retry_temporary(lambda: self._own_state.fetch(since), self._log_pause))
        except MatrixError as error:
            log.warning("what other logins of the account did cannot be read: %s", error)

    def _wake_all(self, places: set[str]) -> None:
        for place in places:
            self._wake_worker(place)

    async def _write(
        self, arrived: list[Incoming], position: tuple[str, str] | None, facts: Sequence[tuple[str, str]] = ()
    ) -> set[str]:
        async def write() -> set[str]:
            async with self._encryption.writing() as write_keys:
                if self._context.replay is not None:
                    return await self._context.replay.receive(arrived, position, facts, write_keys)
                return await receive(self._context, arrived, position, facts, write_keys)

        return await retry_forever("writing received events", write)

    async def _read_events(self, room: str, events: list[Any], account: str | None = None) -> list[Incoming]:
        arrived = self._translate(room, await self._encryption.decrypt(room, events), account)
        return [
            await add_presence(self._context, self._read_state, room, row) if row.kind == "departure" else row
            for row in arrived
        ]

    def _translate_all(self, events: list[tuple[str, Any]]) -> list[Incoming]:
        """Translate events of several rooms, each with its room id."""
        return [row for room, event in events for row in self._translate(room, [event])]

    def _translate(self, room: str, events: list[Any], account: str | None = None) -> list[Incoming]:
        """Translate events, without those that `account` has sent. The default is the bot's account."""
        now, account = self._context.clock(), self._client.account if account is None else account
        rows = (translate(room, event, account, now) for event in events)
        return [row for row in rows if row is not None]

    async def _read_state(self, *path: str) -> dict[str, Any]:
        """Read a state event of a room, and repeat the request until the homeserver answers."""
        return await retry_temporary(lambda: self._client.call("GET", "rooms", *path), self._log_pause)

    def _log_pause(self, error: TemporaryFailure, pause: float) -> None:
        self._context.health.count("sync_errors")
        self._beat(pause + SYNC_TIMEOUT_SECONDS)
        log.warning("listening has to wait %.1f s: %s", pause, error)
