"""Kicked, banned, muted, deleted: the bot reports it, other rooms go on, and no message is lost."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from live_setup import LiveSetup, MatrixUser, wait_until
from sample_community import make_community

from bot.app import App
from bot.clock import system_clock
from bot.matrix.address import room_address
from bot.matrix.client import Client
from bot.matrix.rooms import rejoin
from bot.matrix.rooms.access import RoomAccess
from bot.matrix.rooms.room_changes import ChangeKind, RoomChange
from bot.pipeline.context import Context
from bot.pipeline.feature_set import FeatureSet
from bot.pipeline.health import Health
from bot.store.database.transaction import Store
from bot.store.facts import set_fact


async def wait_for_problem(app: App, key: str, part: str) -> str:
    """Wait until /ready has these words about a community, and return all it says."""
    await wait_until(lambda: part in (app.health.communities[key] or ""))
    return app.health.communities[key] or ""


async def wait_until_ready(app: App) -> None:
    await wait_until(app.health.is_ready)


@asynccontextmanager
async def recording_requests(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """Give a list to which the paths of the bot's requests are added."""
    paths: list[str] = []
    call = Client.call

    async def recorded(self: Client, method: str, *path: str, **more: Any) -> dict[str, Any]:
        if self.account.startswith("@bylaug"):
            paths.append("/".join(path))
        return await call(self, method, *path, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Client, "call", recorded)
        yield paths


async def create_room(live: LiveSetup, club: MatrixUser, **options: Any) -> str:
    """Create a room of the club that the bot joins."""
    room = await club.create_room(room_alias_name=live.community_key, **options)
    await live.write_files(club.user_id)
    return room


async def change_levels(club: MatrixUser, room: str, **changed: Any) -> None:
    levels = (await club.state(room))["m.room.power_levels", ""][1]
    await club.client.call("PUT", "rooms", room, "state", "m.room.power_levels", "", body=levels | changed)


async def act_on(user: MatrixUser, action: str, room: str, target: str, **more: Any) -> None:
    await user.client.call("POST", "rooms", room, action, body={"user_id": target, **more})


async def wait_for_return(user: MatrixUser, room: str, bot: str) -> None:
    """Wait until the bot has joined again after it left."""
    memberships: list[str] = []

    def has_returned(event: dict[str, Any]) -> bool:
        if event.get("state_key") == bot:
            memberships.append(event["content"]["membership"])
        return memberships[-1:] == ["join"] and "leave" in memberships

    await user.wait_for_event(room, has_returned)


async def test_kicked_it_reports_by_whom_and_still_does_after_a_restart(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club)
    async with live.run_app() as app:
        await act_on(club, "kick", room, live.bot_id, reason="støjer")
        problem = await wait_for_problem(app, live.community_key, "removed the bot")
        assert problem == (
            f"{club.user_id} removed the bot from {room} (“støjer”). Invite it again, and it comes by itself."
        )
    async with live.run_app() as app:
        assert app.health.communities[live.community_key] == problem
        await act_on(club, "invite", room, live.bot_id)
        await wait_until_ready(app)
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")


async def test_kicked_while_it_was_off(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club)
    async with live.run_app():
        pass
    await act_on(club, "kick", room, live.bot_id)
    async with live.run_app() as app:
        await wait_for_problem(app, live.community_key, f"{club.user_id} removed the bot")


async def test_kicked_without_any_sync_having_said_so(live: LiveSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after restoring a backup: the bot asks the homeserver which rooms it is in."""
    club = await live.add_user("klub")
    room = await create_room(live, club)
    monkeypatch.setattr("bot.matrix.rooms.access.RoomAccess.facts_to_write", lambda self, changes: [])
    monkeypatch.setattr("bot.matrix.rooms.access.RoomAccess.remember_all", lambda self, changes: [])
    async with live.run_app():
        await act_on(club, "kick", room, live.bot_id)
    async with live.run_app() as app:
        await wait_for_problem(app, live.community_key, f"{club.user_id} removed the bot")


async def test_kicked_and_invited_while_it_was_off_it_comes(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club)
    async with live.run_app():
        pass
    await act_on(club, "kick", room, live.bot_id)
    await act_on(club, "invite", room, live.bot_id)
    async with live.run_app():
        await wait_for_return(club, room, live.bot_id)
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")


async def test_banned_it_returns_when_the_ban_is_lifted(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club)
    async with live.run_app() as app:
        await act_on(club, "ban", room, live.bot_id)
        await wait_for_problem(app, live.community_key, f"{club.user_id} banned the bot from {room}")
        await act_on(club, "unban", room, live.bot_id)
        await wait_until_ready(app)
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")


async def test_muted_it_keeps_its_messages_and_makes_few_requests(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club)
    async with live.run_app() as app:
        await change_levels(club, room, events_default=10)
        problem = await wait_for_problem(app, live.community_key, "may not write")
        assert "(“its power is 0, and it takes 10”)" in problem
        async with recording_requests(monkeypatch) as paths:
            for number in range(5):
                await club.say(room, f"!ping {number}")
            await wait_until(lambda: app.health.counts["commands", "handled"] == 5)
            assert [path for path in paths if "/send/" in path] == []
            assert len([path for path in paths if path != "sync"]) < 10  # at most a check that was under way
        assert app.health.is_ready() is False
        await change_levels(club, room, events_default=0)
        for number in range(5):  # independent answers overlap
            await club.wait_for_text(room, f"pong {number}")
        assert sorted(club.texts_from(room, live.bot_id)) == [f"🏓 pong {number}" for number in range(5)]
        assert app.health.is_ready() is True


async def test_muted_without_a_sync_saying_so_it_finds_out_when_it_sends(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club)
    monkeypatch.setattr(rejoin, "RETRY_SECONDS", 0.5)
    async with live.run_app() as app:
        with monkeypatch.context() as patch:
            patch.setattr("bot.matrix.sync.sync_loop.find_changes", lambda room, events: [])
            await change_levels(club, room, events_default=10)
            async with recording_requests(monkeypatch) as paths:
                await club.say(room, "!ping")
                await wait_for_problem(app, live.community_key, "may not write")
            assert len([path for path in paths if "/send/" in path]) == 1
            await change_levels(club, room, events_default=0)
            await club.wait_for_text(room, "pong")


async def test_muted_before_a_restart_it_still_reports_it(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club, room_version="10")
    async with live.run_app() as app:
        await change_levels(club, room, events_default=10)
        await wait_for_problem(app, live.community_key, "may not write")
        await club.say(room, "!ping")
    async with live.run_app() as app:
        await wait_for_problem(app, live.community_key, "may not write")
        await change_levels(club, room, users={club.user_id: 100, live.bot_id: 10})
        await club.wait_for_text(room, "pong")


async def test_a_room_with_a_problem_holds_up_no_other(live: LiveSetup, localpart: Callable[[str], str]) -> None:
    club = await live.add_user("klub")
    first, second = await club.create_room(room_alias_name=live.community_key), await club.create_room()
    await live.write_files(club.user_id, room=first)
    rooms = live.folder / "rooms"
    other = (rooms / f"{live.community_key}.yaml").read_text("utf-8").replace(first, second)
    (rooms / "anden.yaml").write_text(other, "utf-8")
    async with live.run_app() as app:
        await change_levels(club, first, events_default=10)
        await wait_for_problem(app, live.community_key, "may not write")
        await club.say(first, "!ping 1")
        await club.say(second, "!ping 2")
        await club.wait_for_text(second, "pong 2")
        assert app.health.communities["anden"] is None


async def test_left_with_its_own_account_it_notices_that_nobody_said_so(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club)
    monkeypatch.setattr(rejoin, "JOINED_ROOMS_CHECK_SECONDS", 0.5)
    async with live.run_app() as app:
        client = Client(live.homeserver.url, live.bot_id)
        login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": live.bot_id}}
        answer = await client.call("POST", "login", body={**login, "password": "adgangskode"})
        client.access_token = answer["access_token"]
        await client.call("POST", "rooms", room, "leave", body={})
        await client.close()
        await wait_for_problem(app, live.community_key, "no longer in")


async def test_problems_in_the_stored_form_of_existing_databases_are_read(store: Store) -> None:
    place, context = room_address("!old:x.org"), Context(store, system_clock, Health(), FeatureSet({}))
    context.rooms.assign(make_community(), place)
    stored = '{"room": "!old:x.org", "what": "%s", "by": "@a:x.org", "why": "%s", "to": "%s", "event": "%s"}'
    async with store.write() as connection:
        await set_fact(connection, f"matrix shut {place}", stored % ("banned", "larm", "", ""))
        await set_fact(connection, f"matrix replaced {place}", stored % ("astray", "no", "!new:x.org", "$t"))
    access = RoomAccess(context, lambda place: None)
    await access.load()
    banned = RoomChange("!old:x.org", ChangeKind.BANNED, "@a:x.org", "larm")
    assert access.find_unavailable_reason(place) == banned
    rejected = RoomChange("!old:x.org", ChangeKind.REPLACEMENT_REJECTED, "@a:x.org", "no", "!new:x.org", "$t")
    assert access.find_replacement(place) == rejected
    await access.record(place, RoomChange("!old:x.org", ChangeKind.REMOVED, "@a:x.org", "larm"))  # the ban was lifted
    assert access.find_unavailable_reason(place) == RoomChange("!old:x.org", ChangeKind.UNBANNED, "@a:x.org", "larm")
    again = RoomAccess(context, lambda place: None)
    await again.load()
    assert again.find_unavailable_reason(place) == access.find_unavailable_reason(place)
