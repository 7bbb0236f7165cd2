"""Joins or makes each community's room and lets it show what the YAML says; any number of times, without harm."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from bot.concurrency.retry import TemporaryFailure
from bot.config.community import Community
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.encryption import Encryption
from bot.matrix.rooms.plan import ENCRYPTION, Plan, is_ours, plan
from bot.matrix.rooms.rejoin import INVITED, Doorkeeper
from bot.pipeline.context import Context
from bot.pipeline.inbound.receive import receive
from bot.store import move_community, places
from bot.store.facts import drop_fact, facts_under, get_fact, set_fact
from bot.store.messages.inbox import Incoming

log = logging.getLogger(__name__)

#: Rooms looked after at the same time: enough to be quick, few enough not to be in anybody's way.
AT_ONCE = 4
#: Seconds after which communities without a room are tried again.
AGAIN = 60.0
#: With a community's key: we are making its room, and nobody was greeted there yet.
MAKING = "making room"

#: Said to whoever invites us to a room that is not configured; what language they speak is not known.
_DECLINED = "Jeg er kun med i de rum, jeg er sat op til. / I only join the rooms I am set up for."


class Provisioner:
    """Finds every community its room. `awaken` is called with places that have something to say."""

    def __init__(
        self,
        client: Client,
        context: Context,
        communities: Iterable[Community],
        awaken: Callable[[str], None],
        encryption: Encryption,
        keeper: Doorkeeper,
    ) -> None:
        self._client, self._context, self._awaken = client, context, awaken
        self._encryption, self._keeper = encryption, keeper
        self._communities = {community.key: community for community in communities}
        self._homeless: dict[str, Community] = {}
        self._applied: dict[str, str] = {}
        self._before: dict[str, str] = {}  # where those who have no room now lived, by their keys
        self._invitations: asyncio.Queue[list[str]] = asyncio.Queue()

    async def recall(self) -> None:
        """Take up the rooms known from before; which communities have none yet is remembered for `settle_all`."""
        async with self._context.store.read() as connection:
            known = await places.known_places(connection)
            moved = await move_community.former_places(connection)
            unanswered = await facts_under(connection, f"{INVITED} ")
        self._homeless = dict(self._communities)
        for place, (key, applied) in known.items():
            community = self._communities.get(key)
            if community is not None and _may_live_at(community, place, moved):
                self._move_in(community, place)
                self._applied[key] = applied
                del self._homeless[key]
            elif community is not None:
                self._before[key] = place
        for old, place in moved.items():
            if place in self._context.rooms.communities:
                self._context.rooms.communities[old], self._context.rooms.moved[old] = (
                    self._context.rooms.communities[place],
                    place,
                )
        if unanswered:
            self.invited(list(unanswered))

    async def settle_all(self) -> None:
        """Find a room for every community that has none; one that finds none stays without, and the others live."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(community: Community) -> None:
            async with limit:
                await self._settle(community)

        async with asyncio.TaskGroup() as group:
            for community in list(self._homeless.values()):
                group.create_task(one(community))

    async def run(self) -> None:
        """Bring known rooms up to date, answer invitations, and look again for rooms that could not be had."""
        async with self._context.store.read() as connection:
            making = await facts_under(connection, f"{MAKING} ")
        for place, community in list(self._context.rooms.current().items()):
            if community.key in making:
                await self._greet(community, place)
        while True:
            for place, community in self._context.rooms.current().items():
                await self._apply(community, place)
            try:
                async with asyncio.timeout(AGAIN if self._homeless else None):
                    invited = await self._invitations.get()
            except TimeoutError:
                invited = []
            await self.settle_all()
            for room in invited:
                await self._answer(room)

    def invited(self, rooms: list[str]) -> None:
        """We were invited somewhere."""
        self._invitations.put_nowait(rooms)

    def opened(self) -> None:
        """A room opened again, and may have to be brought up to date."""
        self._invitations.put_nowait([])

    async def settled(self, community: Community, place: str) -> None:
        """A community lives here now."""
        self._applied.pop(community.key, None)
        self._move_in(community, place)
        self._awaken(place)
        await self._apply(community, place)

    async def _settle(self, community: Community) -> None:
        try:
            room, is_new = await self._find_room(community)
            await self._encryption.look(room, community)
        except (TemporaryFailure, MatrixError) as why:
            self._context.health.fail(community.key, f"its room {community.room} cannot be had: {why}")
            log.error("%s: its room %s cannot be had: %s", community.key, community.room, why)
            return
        place = room_address(room)
        await self._write_down(community, place)
        self._homeless.pop(community.key, None)
        await self.settled(community, place)
        if not is_new:
            self._keeper.entered(place)
        await self._greet(community, place)

    async def _greet(self, community: Community, place: str) -> None:
        """Once in a room of our own making, also when we did not hear that it was made or could not say so yet."""
        making = f"{MAKING} {community.key}"
        async with self._context.store.read() as connection:
            is_ours = await get_fact(connection, making) is not None
        if not is_ours:
            return
        if community.greeting:
            now = self._context.clock()
            welcome = Incoming("place", f"greeting {place}", place, "", "arrival", now, {})
            for woken in await receive(self._context, [welcome]):
                self._awaken(woken)
        async with self._context.store.write() as connection:
            await drop_fact(connection, making)

    async def _write_down(self, community: Community, place: str) -> None:
        """Its first room, or another one than before: then everything moves along."""
        before = self._before.pop(community.key, place)
        async with self._context.store.write(community.key) as connection:
            if before == place:
                await places.settle(connection, community.key, place)
            else:
                await move_community.move(connection, community.key, before, place, self._context.clock())
        if before != place:
            self._context.rooms.communities[before] = community

    def _move_in(self, community: Community, place: str) -> None:
        self._context.rooms.assign(community, place)
        self._context.health.serve(community.key)
        self._context.health.gauge("rooms_joined", len(self._context.rooms.current()))

    async def _find_room(self, community: Community) -> tuple[str, bool]:
        """Its room id, and whether we have just made the room. Looked up first: making one is not idempotent."""
        try:
            return str((await self._client.call("POST", "join", community.room, body={}))["room_id"]), False
        except MatrixError as no:
            if no.code != "M_NOT_FOUND" or not is_ours(community.room, self._client.account):
                raise
        async with self._context.store.write() as connection:
            await set_fact(connection, f"{MAKING} {community.key}", "")
        answer = await self._client.call("POST", "createRoom", body=plan(community).create)
        log.info("made the room %s for %s", answer["room_id"], community.key)
        return str(answer["room_id"]), True

    async def _apply(self, community: Community, place: str) -> None:
        """Let the room show what the YAML says, where it changed since the last time."""
        wanted = plan(community)
        if self._applied.get(community.key) == wanted.fingerprint or self._keeper.is_shut(place):
            return
        try:
            await self._show(wanted, place)
            await self._invite(wanted, place)
        except TemporaryFailure as why:
            log.warning("%s: its room will be brought up to date at the next start: %s", community.key, why)
            return
        self._applied[community.key] = wanted.fingerprint
        async with self._context.store.write() as connection:
            await places.mark_applied(connection, place, wanted.fingerprint)

    async def _show(self, wanted: Plan, place: str) -> None:
        room = room_id(place)
        for kind, content in wanted.state.items():
            try:
                present = await self._state(room, kind)
                if present != content and not (
                    kind == ENCRYPTION and present
                ):  # how it is encrypted is not our business
                    await self._client.call("PUT", "rooms", room, "state", kind, "", body=content)
                    if kind == ENCRYPTION:
                        await self._encryption.look(room)
            except MatrixError as no:
                log.warning("%s of %s is left as it is: %s", kind, room, no)

    async def _state(self, room: str, kind: str) -> dict[str, object] | None:
        try:
            return await self._client.call("GET", "rooms", room, "state", kind, "")
        except MatrixError as no:
            if no.code == "M_NOT_FOUND":
                return None
            raise

    async def _invite(self, wanted: Plan, place: str) -> None:
        """Whoever was never there is invited; whoever left has left."""
        room = room_id(place)
        try:
            members = await self._client.call("GET", "rooms", room, "members")
        except MatrixError as no:
            log.warning("nobody is invited to %s: %s", room, no)
            return
        known = {event.get("state_key") for event in members.get("chunk", [])}
        for person in wanted.people:
            if person not in known:
                try:
                    await self._client.call("POST", "rooms", room, "invite", body={"user_id": person})
                except MatrixError as no:
                    log.warning("%s is not invited to %s: %s", person, room, no)

    async def _answer(self, room: str) -> None:
        """Into a room of ours we come back; one that is nobody's here is declined, with a word of why."""
        if self._keeper.invited(room):
            return
        try:
            await self._client.call("POST", "rooms", room, "leave", body={"reason": _DECLINED})
        except TemporaryFailure as why:
            log.warning("the invitation to %s is answered at the next start: %s", room, why)
            return
        except MatrixError as no:
            log.warning("the invitation to %s is left unanswered: %s", room, no)
        async with self._context.store.write() as connection:
            await drop_fact(connection, f"{INVITED} {room}")


def _may_live_at(community: Community, place: str, moved: Mapping[str, str]) -> bool:
    """A room configured by its id is that room, or the one it moved to; an alias may have led anywhere."""
    configured = room_address(community.room)
    return community.room.startswith("#") or moved.get(configured, configured) == place
