"""Follows a community into the room that replaces its old one (client-server API, "Room Upgrades")."""

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.config.community import Community
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.rooms.access import Doors
from bot.matrix.rooms.plan import is_ours
from bot.matrix.rooms.power import Powers
from bot.matrix.rooms.room_events import News, is_successor
from bot.pipeline.context import Context
from bot.store import move_community

log = logging.getLogger(__name__)


class Mover:
    """Moves communities. `finish` waits until nothing is on its way to a place; `settled` is told where one lives now.

    Every step can be taken again: whoever is killed on the way starts from the beginning and comes to the same end.
    """

    def __init__(
        self,
        client: Client,
        context: Context,
        doors: Doors,
        finish: Callable[[str], Awaitable[None]],
        settled: Callable[[Community, str], Awaitable[None]],
    ) -> None:
        self._client, self._context, self._doors = client, context, doors
        self._finish, self._settled = finish, settled

    async def follow(self, place: str, news: News) -> None:
        """Go where the room went, if it is right to. Raises `Later`, and `MatrixError` for a homeserver's other no."""
        community = self._context.rooms.communities[place]
        if news.what == "replaced":
            if not await self._is_right(community, news):
                await self._doors.note(place, replace(news, what="astray", why="who did it may not invite the bot"))
                return
            news = replace(news, what="expected")  # from here on people are heard there, also while we are off
            await self._doors.note(place, news)
        room = await self._enter(place, news)
        if room is None:
            return
        create = await self._client.call("GET", "rooms", room, "state", "m.room.create", "", query={"format": "event"})
        if not is_successor(create, news):
            await self._client.call("POST", "rooms", room, "leave", body={"reason": "This room replaces none of ours."})
            why = "that room does not say that it takes its place, or somebody else made it"
            await self._doors.note(place, replace(news, what="astray", why=why))
            return
        await self._bring_alias(community, news.room, room)
        await self.move(community, place, room_address(room))

    async def move(self, community: Community, place: str, new: str) -> None:
        """Let everything move. What was begun in the old place is finished there: said in both, it were said twice."""
        await self._finish(place)
        with self._doors.held(place):
            await self._finish(place)
            await self._move(community, place, new)
        log.info("%s: moved from %s to %s", community.key, room_id(place), room_id(new))
        await self._settled(community, new)

    async def _move(self, community: Community, place: str, new: str) -> None:
        context = self._context
        before = (dict(context.rooms.communities), dict(context.rooms.moved), set(context.rooms.expected))
        try:
            async with context.store.write(community.key) as connection:
                await move_community.move(connection, community.key, place, new, context.clock())
                await self._doors.forget(connection, place)
                context.rooms.assign(community, new)  # before the lock is given up: who comes next speaks there
        except BaseException:
            context.rooms.communities, context.rooms.moved, context.rooms.expected = before
            raise
        self._doors.forgotten(place)

    async def _is_right(self, community: Community, news: News) -> bool:
        """Whether who said so could have invited us at that moment: an upgrade restricts the old room afterwards."""
        known = self._context.rooms.communities.get(room_address(news.to))
        if known is not None and known.key != community.key:
            return False
        wanted = {"types": ["m.room.create", "m.room.power_levels"], "lazy_load_members": True}
        query = {"limit": "0", "filter": json.dumps(wanted)}
        then = await self._client.call("GET", "rooms", news.room, "context", news.event, query=query)
        state = {event["type"]: event for event in then.get("state", []) if event.get("state_key") == ""}
        if "m.room.create" not in state:
            return False
        levels = state.get("m.room.power_levels")
        return Powers(state["m.room.create"], levels["content"] if levels else None).may_invite(news.by)

    async def _enter(self, place: str, news: News) -> str | None:
        """Its id once we are in; None where we have to wait for an invitation."""
        server = news.by.partition(":")[2]
        try:
            query = {"server_name": server, "via": server}
            return str((await self._client.call("POST", "join", news.to, body={}, query=query))["room_id"])
        except MatrixError as no:
            await self._doors.note(place, replace(news, why=str(no)))
            return None

    async def _bring_alias(self, community: Community, old: str, new: str) -> None:
        """The homeserver takes aliases along where the upgrader may; ours we bring ourselves."""
        if not community.room.startswith("#"):
            log.warning("%s: write its new room in its file: %s", community.key, new)
            return
        try:
            await self._lead(community.room, old, new)
        except MatrixError as no:
            log.warning("%s: let %s lead to its new room, %s: %s", community.key, community.room, new, no)

    async def _lead(self, alias: str, old: str, new: str) -> None:
        path = ("directory", "room", alias)
        try:
            leads_to = (await self._client.call("GET", *path)).get("room_id")
        except MatrixError as no:  # it may be us who took it away, just before we were killed
            if no.code != "M_NOT_FOUND" or not is_ours(alias, self._client.account):
                raise
            leads_to = None
        if leads_to == old:
            await self._client.call("DELETE", *path)
        if leads_to in (old, None):
            await self._client.call("PUT", *path, body={"room_id": new})
