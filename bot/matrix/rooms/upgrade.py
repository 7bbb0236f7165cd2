"""Follows a community into the room that replaces its old one (client-server API, "Room Upgrades")."""

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.config.community import Community
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.room_encryption import RoomEncryption
from bot.matrix.room_writer import RoomWriter
from bot.matrix.rooms.access import RoomAccess
from bot.matrix.rooms.plan import is_local_alias
from bot.matrix.rooms.power_levels import PowerLevels
from bot.matrix.rooms.room_changes import ChangeKind, RoomChange, confirms_replacement
from bot.pipeline.context import Context
from bot.store import move_community

log = logging.getLogger(__name__)

_LEAVE_REASON = "This room replaces none of ours."


class UpgradeFollower:
    """Moves communities to the rooms that replace theirs.

    `send_all` waits until everything that can be sent to a place is sent. `on_moved` is called with the community and
    its new place. Every step can be repeated: if the program is killed in between, the next start begins with the first
    step and has the same result. A community does not leave an encrypted room for one that is not encrypted.
    """

    def __init__(
        self,
        client: Client,
        writer: RoomWriter,
        context: Context,
        access: RoomAccess,
        encryption: RoomEncryption,
        send_all: Callable[[str], Awaitable[None]],
        on_moved: Callable[[Community, str], Awaitable[None]],
    ) -> None:
        self._client, self._writer, self._context = client, writer, context
        self._access, self._encryption = access, encryption
        self._send_all, self._on_moved = send_all, on_moved

    async def follow(self, place: str, change: RoomChange) -> None:
        """Move a community to the replacement of its room, if the replacement is legitimate and the bot may join it.

        If not, the reason is recorded. Raises `TemporaryFailure`, and `MatrixError` for other refusals of the
        homeserver.
        """
        community = self._context.rooms.communities[place]
        if change.kind == ChangeKind.REPLACED:
            if not await self._may_have_invited(community, change):
                await self._reject(place, change, "who did it may not invite the bot")
                return
            # from here on messages in the new room count, also those that are written while the program is off
            change = replace(change, kind=ChangeKind.REPLACEMENT_ACCEPTED)
            await self._access.record(place, change)
        room = await self._join(place, change)
        if room is None:
            return
        if (reason := await self._find_objection(community, change, room)) is not None:
            await self._writer.call("POST", "rooms", room, "leave", body={"reason": _LEAVE_REASON})
            await self._reject(place, change, reason)
            return
        await self._move_alias(community, change.room_id, room)
        await self.move_community(community, place, room_address(room))

    async def _find_objection(self, community: Community, change: RoomChange, room: str) -> str | None:
        """Return why the bot must not move a community to the room that it has joined; None when it may."""
        create = await self._client.call("GET", "rooms", room, "state", "m.room.create", "", query={"format": "event"})
        if not confirms_replacement(create, change):
            return "that room does not say that it takes its place, or somebody else made it"
        await self._encryption.check_room(room, community)
        if self._encryption.is_encrypted(change.room_id) and not self._encryption.is_encrypted(room):
            return "it is encrypted, and that room is not"
        return None

    async def move_community(self, community: Community, place: str, new: str) -> None:
        """Move all rows of a community to a new place.

        Messages whose sending has begun are sent to the old place before. Otherwise people would read them in both
        rooms.
        """
        await self._send_all(place)
        with self._access.suspended(place):
            await self._send_all(place)
            await self._move_rows(community, place, new)
        log.info("%s: moved from %s to %s", community.key, room_id(place), room_id(new))
        await self._on_moved(community, new)

    async def _move_rows(self, community: Community, place: str, new: str) -> None:
        context = self._context
        directory = (dict(context.rooms.communities), dict(context.rooms.moved), set(context.rooms.expected))
        try:
            async with context.store.write(community.key) as connection:
                await move_community.move(connection, community.key, place, new, context.clock())
                await self._access.delete_facts(connection, place)
                # before the community's lock is released, so that the next holder of the lock sends to the new place
                context.rooms.assign(community, new)
        except BaseException:
            context.rooms.communities, context.rooms.moved, context.rooms.expected = directory
            raise
        self._access.forget(place)

    async def _reject(self, place: str, change: RoomChange, reason: str) -> None:
        rejected = replace(change, kind=ChangeKind.REPLACEMENT_REJECTED, reason=reason)
        await self._access.record(place, rejected)

    async def _may_have_invited(self, community: Community, change: RoomChange) -> bool:
        """Whether the tombstone's sender was allowed to invite the bot when the tombstone was sent.

        The power levels of that moment count, because an upgrade restricts the old room afterwards.
        """
        known = self._context.rooms.communities.get(room_address(change.replacement_room))
        if known is not None and known.key != community.key:
            return False
        state_filter = {"types": ["m.room.create", "m.room.power_levels"], "lazy_load_members": True}
        query = {"limit": "0", "filter": json.dumps(state_filter)}
        answer = await self._client.call("GET", "rooms", change.room_id, "context", change.event_id, query=query)
        state = {event["type"]: event for event in answer.get("state", []) if event.get("state_key") == ""}
        if "m.room.create" not in state:
            return False
        levels = state.get("m.room.power_levels")
        return PowerLevels(state["m.room.create"], levels["content"] if levels else None).may_invite(change.sender)

    async def _join(self, place: str, change: RoomChange) -> str | None:
        """Join the replacement and return its room id; None when the bot has to wait for an invitation."""
        server = change.sender.partition(":")[2]
        query = {"server_name": server, "via": server}
        try:
            answer = await self._writer.call("POST", "join", change.replacement_room, body={}, query=query)
        except MatrixError as error:
            await self._access.record(place, replace(change, reason=str(error)))
            return None
        return str(answer["room_id"])

    async def _move_alias(self, community: Community, old: str, new: str) -> None:
        """Point the community's alias to the new room.

        The homeserver moves the aliases if the person who upgraded the room may do so. The bot moves those on its own
        homeserver.
        """
        if not community.room.startswith("#"):
            log.warning("%s: write its new room in its file: %s", community.key, new)
            return
        try:
            await self._point_alias(community.room, old, new)
        except MatrixError as error:
            log.warning("%s: let %s lead to its new room, %s: %s", community.key, community.room, new, error)

    async def _point_alias(self, alias: str, old: str, new: str) -> None:
        path = ("directory", "room", alias)
        try:
            target = (await self._client.call("GET", *path)).get("room_id")
        except MatrixError as error:
            # the bot itself may have deleted the alias, just before it was killed
            if error.code != "M_NOT_FOUND" or not is_local_alias(alias, self._client.account):
                raise
            target = None
        if target == old:
            await self._writer.call("DELETE", *path)
        if target in (old, None):
            await self._writer.call("PUT", *path, body={"room_id": new})
