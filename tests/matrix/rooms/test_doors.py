"""Kicked, banned, muted, deleted: noticed and told, other rooms go on, and nothing there is to say is lost."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from live_setup import LiveSetup, MatrixUser, wait_until

from bot.app import App
from bot.matrix.client import Client
from bot.matrix.rooms import rejoin


async def trouble(app: App, key: str, part: str) -> str:
    """What /ready says of a community, once it has these words in it."""
    await wait_until(lambda: part in (app.health.communities[key] or ""))
    return app.health.communities[key] or ""


async def served(app: App) -> None:
    await wait_until(app.health.is_ready)


@asynccontextmanager
async def counting(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """The bot's requests, as they are made."""
    calls: list[str] = []
    call = Client.call

    async def counted(self: Client, method: str, *path: str, **more: Any) -> dict[str, Any]:
        if self.account.startswith("@bylaug"):
            calls.append("/".join(path))
        return await call(self, method, *path, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Client, "call", counted)
        yield calls


async def room_of(live: LiveSetup, club: MatrixUser, **wanted: Any) -> str:
    """A room of the club's that the bot is in."""
    room = await club.create_room(room_alias_name=live.community_key, **wanted)
    await live.write_files(club.user_id)
    return room


async def level(club: MatrixUser, room: str, **changed: Any) -> None:
    levels = (await club.state(room))["m.room.power_levels", ""][1]
    await club.client.call("PUT", "rooms", room, "state", "m.room.power_levels", "", body=levels | changed)


async def do(who: MatrixUser, what: str, room: str, user: str, **more: Any) -> None:
    await who.client.call("POST", "rooms", room, what, body={"user_id": user, **more})


async def back(who: MatrixUser, room: str, bot: str) -> None:
    """Wait until the bot came back after it left."""
    seen: list[str] = []

    def came_back(event: dict[str, Any]) -> bool:
        if event.get("state_key") == bot:
            seen.append(event["content"]["membership"])
        return seen[-1:] == ["join"] and "leave" in seen

    await who.wait_for_event(room, came_back)


async def test_kicked_it_says_by_whom_and_still_knows_after_a_restart(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await room_of(live, club)
    async with live.run_app() as app:
        await do(club, "kick", room, live.bot_id, reason="støjer")
        why = await trouble(app, live.community_key, "removed the bot")
        assert why == (
            f"{club.user_id} removed the bot from {room} (“støjer”). Invite it again, and it comes by itself."
        )
    async with live.run_app() as app:
        assert app.health.communities[live.community_key] == why
        await do(club, "invite", room, live.bot_id)
        await served(app)
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")


async def test_kicked_while_it_was_off(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await room_of(live, club)
    async with live.run_app():
        pass
    await do(club, "kick", room, live.bot_id)
    async with live.run_app() as app:
        await trouble(app, live.community_key, f"{club.user_id} removed the bot")


async def test_kicked_without_any_sync_having_said_so(live: LiveSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """As from a backup that is put back: where the bot still is, it asks itself."""
    club = await live.add_user("klub")
    room = await room_of(live, club)
    monkeypatch.setattr("bot.matrix.rooms.access.RoomAccess.facts_to_write", lambda self, heard: [])
    monkeypatch.setattr("bot.matrix.rooms.access.RoomAccess.remember_all", lambda self, heard: [])
    async with live.run_app():
        await do(club, "kick", room, live.bot_id)
    async with live.run_app() as app:
        await trouble(app, live.community_key, f"{club.user_id} removed the bot")


async def test_kicked_and_invited_while_it_was_off_it_comes(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await room_of(live, club)
    async with live.run_app():
        pass
    await do(club, "kick", room, live.bot_id)
    await do(club, "invite", room, live.bot_id)
    async with live.run_app():
        await back(club, room, live.bot_id)
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")


async def test_banned_it_stays_away_until_the_ban_is_lifted(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await room_of(live, club)
    async with live.run_app() as app:
        await do(club, "ban", room, live.bot_id)
        await trouble(app, live.community_key, f"{club.user_id} banned the bot from {room}")
        await do(club, "unban", room, live.bot_id)
        await served(app)
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")


async def test_muted_it_keeps_what_there_is_to_say_and_asks_little(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = await live.add_user("klub")
    room = await room_of(live, club)
    async with live.run_app() as app:
        await level(club, room, events_default=10)
        why = await trouble(app, live.community_key, "may not write")
        assert "(“its power is 0, and it takes 10”)" in why
        async with counting(monkeypatch) as calls:
            for number in range(5):
                await club.say(room, f"!ping {number}")
            await wait_until(lambda: app.health.counts["commands", "handled"] == 5)
            assert [call for call in calls if "/send/" in call] == []
            assert len([call for call in calls if call != "sync"]) < 10  # a look that was under way, at most
        assert app.health.is_ready() is False
        await level(club, room, events_default=0)
        for number in range(5):  # independent answers overlap
            await club.wait_for_text(room, f"pong {number}")
        assert sorted(club.texts_from(room, live.bot_id)) == [f"🏓 pong {number}" for number in range(5)]
        assert app.health.is_ready() is True


async def test_muted_without_having_been_told_it_finds_out_when_it_speaks(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = await live.add_user("klub")
    room = await room_of(live, club)
    monkeypatch.setattr(rejoin, "RETRY_SECONDS", 0.5)
    async with live.run_app() as app:
        with monkeypatch.context() as deaf:
            deaf.setattr("bot.matrix.sync.sync_loop.find_changes", lambda room, events: [])
            await level(club, room, events_default=10)
            async with counting(monkeypatch) as calls:
                await club.say(room, "!ping")
                await trouble(app, live.community_key, "may not write")
            assert len([call for call in calls if "/send/" in call]) == 1
            await level(club, room, events_default=0)
            await club.wait_for_text(room, "pong")


async def test_muted_before_a_restart_it_still_knows(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await room_of(live, club, room_version="10")
    async with live.run_app() as app:
        await level(club, room, events_default=10)
        await trouble(app, live.community_key, "may not write")
        await club.say(room, "!ping")
    async with live.run_app() as app:
        await trouble(app, live.community_key, "may not write")
        await level(club, room, users={club.user_id: 100, live.bot_id: 10})
        await club.wait_for_text(room, "pong")


async def test_a_room_in_trouble_holds_up_no_other(live: LiveSetup, localpart: Callable[[str], str]) -> None:
    club = await live.add_user("klub")
    first, second = await club.create_room(room_alias_name=live.community_key), await club.create_room()
    await live.write_files(club.user_id, room=first)
    rooms = live.folder / "rooms"
    other = (rooms / f"{live.community_key}.yaml").read_text("utf-8").replace(first, second)
    (rooms / "anden.yaml").write_text(other, "utf-8")
    async with live.run_app() as app:
        await level(club, first, events_default=10)
        await trouble(app, live.community_key, "may not write")
        await club.say(first, "!ping 1")
        await club.say(second, "!ping 2")
        await club.wait_for_text(second, "pong 2")
        assert app.health.communities["anden"] is None


async def test_left_with_its_own_account_it_notices_that_nobody_said_so(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = await live.add_user("klub")
    room = await room_of(live, club)
    monkeypatch.setattr(rejoin, "JOINED_ROOMS_CHECK_SECONDS", 0.5)
    async with live.run_app() as app:
        ours = Client(live.homeserver.url, live.bot_id)
        login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": live.bot_id}}
        answer = await ours.call("POST", "login", body={**login, "password": "adgangskode"})
        ours.nio.access_token = answer["access_token"]
        await ours.call("POST", "rooms", room, "leave", body={})
        await ours.close()
        await trouble(app, live.community_key, "no longer in")
