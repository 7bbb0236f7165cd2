"""Joins or creates each community's room, and has it updated to what the YAML says. Can be repeated at any time."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from bot.concurrency.retry import TemporaryFailure
from bot.config.community import Community
from bot.matrix.address import room_address, room_id
from bot.matrix.client import MatrixError
from bot.matrix.event_types import ROOM_ENCRYPTION
from bot.matrix.room_encryption import RoomEncryption
from bot.matrix.room_writer import RoomWriter
from bot.matrix.rooms.joined_rooms import RoomState
from bot.matrix.rooms.plan import is_local_alias, plan_room
from bot.matrix.rooms.rejoin import INVITATION_FACT, Rejoiner
from bot.matrix.rooms.update_room import RoomUpdater
from bot.pipeline.context import Context
from bot.pipeline.inbound.receive import receive
from bot.store import move_community, places
from bot.store.facts import delete_fact, find_facts, set_fact
from bot.store.messages.inbox import Incoming

log = logging.getLogger(__name__)

#: Rooms that are joined or created at the same time: enough to be quick, few enough not to overload the homeserver.
MAX_CONCURRENT_ROOMS = 4
#: Seconds after which communities without a room, and rooms that could not be updated, are tried again.
RETRY_SECONDS = 60.0
#: Key of a fact, followed by a space and the community's key: the bot has begun to create the room, and the row that
#: makes it greet the room is not in the inbox yet.
CREATING_FACT = "making room"

#: Why the bot declines an invitation to a room that is not configured; the language of the inviter is not known.
_DECLINE_REASON = "Jeg er kun med i de rum, jeg er sat op til. / I only join the rooms I am set up for."

_NO_ROOMS: Mapping[str, RoomState] = MappingProxyType({})


class Provisioner:
    """Finds a room for every community. `wake_worker` is called with places that have inbox rows."""

    def __init__(
        self,
        writer: RoomWriter,
        updater: RoomUpdater,
        context: Context,
        communities: Iterable[Community],
        wake_worker: Callable[[str], None],
        encryption: RoomEncryption,
        rejoiner: Rejoiner,
    ) -> None:
        self._writer, self._updater, self._context, self._wake_worker = writer, updater, context, wake_worker
        self._encryption, self._rejoiner = encryption, rejoiner
        self._communities = {community.key: community for community in communities}
        self._without_room: dict[str, Community] = {}
        self._former_places: dict[str, str] = {}  # community key → last place of a community without a room
        self._invitations: asyncio.Queue[list[str]] = asyncio.Queue()

    async def load_known_rooms(self) -> None:
        """Read from the database which community is in which room, and which invitations are unanswered.

        Communities without a room are not handled here but by `find_missing_rooms`.
        """
        async with self._context.store.read() as connection:
            known = await places.find_places(connection)
            moved = await move_community.find_former_places(connection)
            unanswered = await find_facts(connection, f"{INVITATION_FACT} ")
        self._without_room = dict(self._communities)
        for place, (key, applied) in known.items():
            community = self._communities.get(key)
            if community is not None and _may_be_at(community, place, moved):
                self._assign(community, place)
                self._updater.applied[key] = applied
                del self._without_room[key]
            elif community is not None:
                self._former_places[key] = place
        directory = self._context.rooms
        for former, place in moved.items():
            if place in directory.communities:
                directory.communities[former], directory.moved[former] = directory.communities[place], place
        if unanswered:
            self.add_invitations(list(unanswered))

    async def find_missing_rooms(self, joined: Mapping[str, RoomState] = _NO_ROOMS) -> None:
        """Join or create a room for every community that has none. `run` updates the rooms that are joined.

        `joined` has the state of rooms that the bot is in, by room id. A failure is recorded and does not stop the
        others. After RETRY_SECONDS no more rooms are begun whose turn the homeserver's limit puts off: the communities
        that have a room are not kept waiting.
        """
        await self._enter_joined(joined)
        async with self._context.store.read() as connection:
            creating = await find_facts(connection, f"{CREATING_FACT} ")
        limit, until = asyncio.Semaphore(MAX_CONCURRENT_ROOMS), asyncio.Event()
        timer = asyncio.get_running_loop().call_later(RETRY_SECONDS, until.set)

        async def find_limited(community: Community) -> None:
            async with limit:
                await self._find_and_enter(community, until, was_created=community.key in creating)

        try:
            async with asyncio.TaskGroup() as group:
                for community in list(self._without_room.values()):
                    group.create_task(find_limited(community))
        finally:
            timer.cancel()

    async def run(self) -> None:
        """Update known rooms, answer invitations, and try again to find missing rooms, until cancelled."""
        async with self._context.store.read() as connection:
            creating = await find_facts(connection, f"{CREATING_FACT} ")
        for place, community in list(self._context.rooms.current().items()):
            if community.key in creating:
                await self._greet(community, place)
        while True:
            current = self._context.rooms.current()
            updated = [await self._updater.update(community, place) for place, community in current.items()]
            is_behind = not all(updated) or bool(self._without_room)
            try:
                async with asyncio.timeout(RETRY_SECONDS if is_behind else None):
                    invitations = await self._invitations.get()
            except TimeoutError:
                invitations = []
            await self.find_missing_rooms()
            for room in invitations:
                await self._answer_invitation(room)

    def add_invitations(self, rooms: list[str]) -> None:
        """Have `run` answer invitations to these rooms (room ids)."""
        self._invitations.put_nowait(rooms)

    def check_rooms(self) -> None:
        """Have `run` check all rooms again, because one takes messages again and may have to be updated."""
        self._invitations.put_nowait([])

    async def move_in(self, community: Community, place: str) -> None:
        """Assign a community to the place that is stored for it, and update the room."""
        self._assign_new(community, place)
        if not await self._updater.update(community, place):
            self.check_rooms()

    async def _enter_joined(self, joined: Mapping[str, RoomState]) -> None:
        """Assign the communities whose rooms the bot is in, without a request for each.

        Rooms that are or shall be encrypted, and rooms that were replaced, are left to `_find_and_enter`.
        """
        found = {
            room_address(community.room): community
            for community in self._without_room.values()
            if (state := joined.get(community.room)) is not None
            and state.keys().isdisjoint((ROOM_ENCRYPTION, "m.room.tombstone"))
            and not community.encrypted
            and community.key not in self._former_places
        }
        if not found:
            return
        await self._encryption.note_unencrypted(map(room_id, found))
        plans = {place: plan_room(community) for place, community in found.items()}
        shown = {place: plan.fingerprint for place, plan in plans.items() if plan.is_shown_by(joined[room_id(place)])}
        async with self._context.store.write() as connection:
            assigned = [(community.key, place, shown.get(place, "")) for place, community in found.items()]
            await places.assign_places(connection, assigned)
        for place, community in found.items():
            self._assign_new(community, place)
            self._updater.applied[community.key] = shown.get(place, "")

    async def _find_and_enter(self, community: Community, until: asyncio.Event, *, was_created: bool) -> None:
        """Join or create a community's room. `was_created`: the bot has begun to create it at an earlier time."""
        try:
            room, is_new = await self._join_or_create(community, until)
            await self._encryption.check_room(room, community)
        except (TemporaryFailure, MatrixError) as error:
            self._context.health.mark_not_served(
                community.key, f"its room {community.room} cannot be joined or created: {error}"
            )
            log.error("%s: its room %s cannot be joined or created: %s", community.key, community.room, error)
            return
        place = room_address(room)
        await self._store_place(community, place)
        self._assign_new(community, place)
        if is_new or community.encrypted:  # the others are less urgent: `run` updates them
            await self._updater.update(community, place)
        if not is_new:
            self._rejoiner.check_after_join(place)
        if is_new or was_created:
            await self._greet(community, place)

    async def _greet(self, community: Community, place: str) -> None:
        """Insert the inbox row that greets a room which the bot created, and store that the row was inserted.

        This is also done when the answer to createRoom was lost, or the program was killed before the row was inserted.
        """
        if community.greeting:
            now = self._context.clock()
            greeting = Incoming("place", f"greeting {place}", place, "", "arrival", now, {})
            for woken_place in await receive(self._context, [greeting]):
                self._wake_worker(woken_place)
        async with self._context.store.write() as connection:
            await delete_fact(connection, f"{CREATING_FACT} {community.key}")

    async def _store_place(self, community: Community, place: str) -> None:
        """Store the first place of the community, or move all its rows from its former place."""
        former = self._former_places.pop(community.key, place)
        async with self._context.store.write(community.key) as connection:
            if former == place:
                await places.assign_place(connection, community.key, place)
            else:
                await move_community.move(connection, community.key, former, place, self._context.clock())
        if former != place:
            self._context.rooms.communities[former] = community

    def _assign_new(self, community: Community, place: str) -> None:
        """Assign a community to a place that has just been stored for it, and whose room has to be updated."""
        self._without_room.pop(community.key, None)
        self._updater.applied.pop(community.key, None)
        self._assign(community, place)
        self._wake_worker(place)

    def _assign(self, community: Community, place: str) -> None:
        self._context.rooms.assign(community, place)
        self._context.health.mark_served(community.key)
        self._context.health.set_gauge("rooms_joined", len(self._context.rooms.current()))

    async def _join_or_create(self, community: Community, until: asyncio.Event) -> tuple[str, bool]:
        """Return the community's room id and whether the bot has just created the room.

        Joining is tried first, because createRoom is not idempotent. No request waits for its turn once `until` is set.
        """
        try:
            answer = await self._writer.call("POST", "join", community.room, body={}, until=until)
            return str(answer["room_id"]), False
        except MatrixError as error:
            if error.code != "M_NOT_FOUND" or not is_local_alias(community.room, self._writer.account):
                raise
        async with self._context.store.write() as connection:
            await set_fact(connection, f"{CREATING_FACT} {community.key}", "")
        answer = await self._writer.call("POST", "createRoom", body=plan_room(community).create, until=until)
        log.info("created the room %s for %s", answer["room_id"], community.key)
        return str(answer["room_id"]), True

    async def _answer_invitation(self, room: str) -> None:
        """Join if the room is a community's; otherwise decline and say why."""
        if self._rejoiner.accept_invitation(room):
            return
        try:
            await self._writer.call("POST", "rooms", room, "leave", body={"reason": _DECLINE_REASON})
        except TemporaryFailure as error:
            log.warning("the invitation to %s will be answered at the next start: %s", room, error)
            return
        except MatrixError as error:
            log.warning("the invitation to %s cannot be declined: %s", room, error)
        async with self._context.store.write() as connection:
            await delete_fact(connection, f"{INVITATION_FACT} {room}")


def _may_be_at(community: Community, place: str, moved: Mapping[str, str]) -> bool:
    """Whether a stored place can be the community's room.

    When the YAML has a room id, the place has to be that room or the room it moved to. An alias may have pointed to any
    room.
    """
    configured = room_address(community.room)
    return community.room.startswith("#") or moved.get(configured, configured) == place
