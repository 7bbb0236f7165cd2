"""Joins or creates each community's room, and updates the room to what the YAML says. Can be repeated at any time."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from bot.concurrency.retry import TemporaryFailure
from bot.config.community import Community
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.event_types import ROOM_ENCRYPTION
from bot.matrix.room_encryption import RoomEncryption
from bot.matrix.room_writer import RoomWriter
from bot.matrix.rooms.plan import RoomPlan, is_local_alias, plan_room
from bot.matrix.rooms.rejoin import INVITATION_FACT, Rejoiner
from bot.pipeline.context import Context
from bot.pipeline.inbound.receive import receive
from bot.store import move_community, places
from bot.store.facts import delete_fact, find_facts, get_fact, set_fact
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


class Provisioner:
    """Finds a room for every community. `wake_worker` is called with places that have inbox rows."""

    def __init__(
        self,
        client: Client,
        writer: RoomWriter,
        context: Context,
        communities: Iterable[Community],
        wake_worker: Callable[[str], None],
        encryption: RoomEncryption,
        rejoiner: Rejoiner,
    ) -> None:
        self._client, self._writer, self._context, self._wake_worker = client, writer, context, wake_worker
        self._encryption, self._rejoiner = encryption, rejoiner
        self._communities = {community.key: community for community in communities}
        self._without_room: dict[str, Community] = {}
        self._applied: dict[str, str] = {}  # community key → fingerprint of the plan that its room shows
        self._has_outdated_room = False
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
                self._applied[key] = applied
                del self._without_room[key]
            elif community is not None:
                self._former_places[key] = place
        directory = self._context.rooms
        for former, place in moved.items():
            if place in directory.communities:
                directory.communities[former], directory.moved[former] = directory.communities[place], place
        if unanswered:
            self.add_invitations(list(unanswered))

    async def find_missing_rooms(self) -> None:
        """Join or create a room for every community that has none.

        A failure is recorded and does not stop the others. After RETRY_SECONDS no more rooms are begun whose turn the
        homeserver's limit puts off: the communities that have a room are not kept waiting.
        """
        limit, until = asyncio.Semaphore(MAX_CONCURRENT_ROOMS), asyncio.Event()
        timer = asyncio.get_running_loop().call_later(RETRY_SECONDS, until.set)

        async def find_limited(community: Community) -> None:
            async with limit:
                await self._find_and_enter(community, until)

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
                await self._greet_once(community, place)
        while True:
            self._has_outdated_room = False
            for place, community in self._context.rooms.current().items():
                await self._update_room(community, place)
            is_behind = self._has_outdated_room or bool(self._without_room)
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
        self._applied.pop(community.key, None)
        self._assign(community, place)
        self._wake_worker(place)
        await self._update_room(community, place)

    async def _find_and_enter(self, community: Community, until: asyncio.Event) -> None:
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
        self._without_room.pop(community.key, None)
        await self.move_in(community, place)
        if not is_new:
            self._rejoiner.check_after_join(place)
        await self._greet_once(community, place)

    async def _greet_once(self, community: Community, place: str) -> None:
        """Insert the inbox row of the greeting if the bot created this room and has not inserted it yet.

        This is also done when the answer to createRoom was lost, or the program was killed before the row was inserted.
        """
        fact = f"{CREATING_FACT} {community.key}"
        async with self._context.store.read() as connection:
            was_created = await get_fact(connection, fact) is not None
        if not was_created:
            return
        if community.greeting:
            now = self._context.clock()
            greeting = Incoming("place", f"greeting {place}", place, "", "arrival", now, {})
            for woken_place in await receive(self._context, [greeting]):
                self._wake_worker(woken_place)
        async with self._context.store.write() as connection:
            await delete_fact(connection, fact)

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
            if error.code != "M_NOT_FOUND" or not is_local_alias(community.room, self._client.account):
                raise
        async with self._context.store.write() as connection:
            await set_fact(connection, f"{CREATING_FACT} {community.key}", "")
        answer = await self._writer.call("POST", "createRoom", body=plan_room(community).create, until=until)
        log.info("created the room %s for %s", answer["room_id"], community.key)
        return str(answer["room_id"]), True

    async def _update_room(self, community: Community, place: str) -> None:
        """Update the room's state and members to the plan, if the plan has changed since the last time."""
        plan = plan_room(community)
        if self._applied.get(community.key) == plan.fingerprint or self._rejoiner.is_unavailable(place):
            return
        try:
            await self._set_state(plan, place)
            await self._invite_missing(plan, place)
        except TemporaryFailure as error:
            log.warning("%s: its room cannot be brought up to date now: %s", community.key, error)
            self._has_outdated_room = True
            return
        self._applied[community.key] = plan.fingerprint
        async with self._context.store.write() as connection:
            await places.mark_applied(connection, place, plan.fingerprint)

    async def _set_state(self, plan: RoomPlan, place: str) -> None:
        room = room_id(place)
        for event_type, content in plan.state.items():
            try:
                await self._set_state_event(room, event_type, content)
            except MatrixError as error:
                log.warning("%s of %s cannot be set: %s", event_type, room, error)

    async def _set_state_event(self, room: str, event_type: str, content: dict[str, object]) -> None:
        present = await self._read_state(room, event_type)
        is_encrypted = event_type == ROOM_ENCRYPTION and present  # the bot never changes how a room is encrypted
        if present == content or is_encrypted:
            return
        await self._writer.call("PUT", "rooms", room, "state", event_type, "", body=content)
        if event_type == ROOM_ENCRYPTION:
            await self._encryption.check_room(room)

    async def _read_state(self, room: str, event_type: str) -> dict[str, object] | None:
        try:
            return await self._client.call("GET", "rooms", room, "state", event_type, "")
        except MatrixError as error:
            if error.code == "M_NOT_FOUND":
                return None
            raise

    async def _invite_missing(self, plan: RoomPlan, place: str) -> None:
        """Invite people who have no membership event in the room. People who have left are not invited again."""
        room = room_id(place)
        try:
            members = await self._client.call("GET", "rooms", room, "members")
        except MatrixError as error:
            log.warning("the members of %s cannot be listed, so nobody is invited: %s", room, error)
            return
        known = {event.get("state_key") for event in members.get("chunk", [])}
        for user in plan.people:
            if user not in known:
                try:
                    await self._writer.call("POST", "rooms", room, "invite", body={"user_id": user})
                except MatrixError as error:
                    log.warning("%s cannot be invited to %s: %s", user, room, error)

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
