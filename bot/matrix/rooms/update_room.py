"""Updates a community's room to what the YAML says: its state, and who is invited."""

import logging

from bot.concurrency.retry import TemporaryFailure
from bot.config.community import Community
from bot.matrix.address import room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.event_types import ROOM_ENCRYPTION
from bot.matrix.room_encryption import RoomEncryption
from bot.matrix.room_writer import RoomWriter
from bot.matrix.rooms.plan import RoomPlan, plan_room
from bot.matrix.rooms.rejoin import Rejoiner
from bot.pipeline.context import Context
from bot.store import places

log = logging.getLogger(__name__)


class RoomUpdater:
    """Updates rooms, and knows by community key the fingerprint of the plan that its room shows (`applied`)."""

    def __init__(
        self, client: Client, writer: RoomWriter, context: Context, encryption: RoomEncryption, rejoiner: Rejoiner
    ) -> None:
        self._client, self._writer, self._context = client, writer, context
        self._encryption, self._rejoiner = encryption, rejoiner
        self.applied: dict[str, str] = {}

    async def update(self, community: Community, place: str) -> bool:
        """Update the room's state and members to the plan, if the plan has changed since the last time.

        Return False when it has to be tried again.
        """
        plan = plan_room(community)
        if self.applied.get(community.key) == plan.fingerprint or self._rejoiner.is_unavailable(place):
            return True
        try:
            await self._set_state(plan, place)
            await self._invite_missing(plan, place)
        except TemporaryFailure as error:
            log.warning("%s: its room cannot be brought up to date now: %s", community.key, error)
            return False
        self.applied[community.key] = plan.fingerprint
        async with self._context.store.write() as connection:
            await places.mark_applied(connection, place, plan.fingerprint)
        return True

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
        if not plan.people:
            return
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
