"""A replaced room: the community moves with everything it has, if the person who replaced it may invite the bot."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from live_setup import LiveSetup, MatrixUser, wait_until

from bot.app import App
from bot.errors import Fatal
from bot.matrix.client import Client, MatrixError
from bot.store import move_community

BOOK = "!book bane 1 slåning fredag kl. 14"


async def upgrade(user: MatrixUser, room: str, version: str = "12") -> str:
    answer = await user.client.call("POST", "rooms", room, "upgrade", body={"new_version": version})
    return str(answer["replacement_room"])


async def create_room(live: LiveSetup, club: MatrixUser, firm: MatrixUser, **options: Any) -> str:
    room = await club.create_room(**options)
    await firm.join(room)
    await live.write_files(club.user_id, firm.user_id, room=room if "room_alias_name" not in options else "")
    return room


async def wait_for_problem(app: App, key: str, part: str) -> str:
    await wait_until(lambda: part in (app.health.communities[key] or ""))
    return app.health.communities[key] or ""


async def wait_for_warning(app: App, key: str) -> str:
    await wait_until(lambda: f"room of {key}" in app.health.warnings)
    return app.health.warnings[f"room of {key}"]


async def test_everything_moves_and_a_tap_on_the_old_card_counts(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    powers = {"users": {club.user_id: 100, firm.user_id: 50}}  # the homeserver mutes everybody else in the old room
    old = await create_room(
        live, club, firm, room_alias_name=live.community_key, room_version="10", power_level_content_override=powers
    )
    async with live.run_app() as app:
        await club.say(old, BOOK)
        card = await firm.wait_for_text(old, "📋 Aftale 1")
        new = await upgrade(club, old)
        notice = await club.wait_for_text(new, "📋 Vi er flyttet hertil")
        assert "1: slåning af bane 1" in notice["content"]["body"]
        await firm.tap(old, "✅", card["event_id"])
        new_card = await club.wait_for_text(new, "✅ Aftale 1")
        thanks = await club.wait_for_text(new, "så er det på plads")
        assert thanks["content"]["m.relates_to"]["event_id"] == new_card["event_id"]
        await firm.join(new)
        await firm.say(new, "!færdig 1")
        asked = await firm.wait_for_text(new, "Er det gjort allerede?")
        await firm.tap(new, "✅", asked["event_id"])
        await club.wait_for_text(new, "er færdig med")
        assert app.health.is_ready() is True
        alias = await club.client.call("GET", "directory", "room", live.alias)
        assert alias["room_id"] == new
    async with live.run_app():
        await club.say(new, "!aftaler")
        await club.wait_for_text(new, "er meldt færdig")
    bodies = club.texts_from(new, live.bot_id)
    assert len([body for body in bodies if "flyttet hertil" in body]) == 1


async def test_replaced_while_the_bot_was_off_and_its_room_known_by_id(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    old = await create_room(live, club, firm)
    async with live.run_app():
        await club.say(old, BOOK)
        await club.wait_for_text(old, "📋 Aftale 1")
    await club.say(old, "!ping")
    new = await upgrade(club, old)
    for _ in range(2):
        async with live.run_app():
            await club.wait_for_text(new, "flyttet hertil")
            await club.say(new, "!aftaler")
            await club.wait_for_text(new, "Venter på svar\n1: slåning af bane 1")
    pongs = [body for room in (old, new) for body in club.texts_from(room, live.bot_id) if "pong" in body]
    assert pongs == ["🏓 pong"]


async def test_the_bot_waits_for_an_invitation_to_the_new_room(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    invited = {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "invite"}}
    old = await create_room(live, club, firm, initial_state=[invited], invite=[live.bot_id, firm.user_id])
    async with live.run_app():
        await club.say(old, "!ping 1")
        await club.wait_for_text(old, "pong 1")
        new = await upgrade(club, old)
    async with live.run_app() as app:
        problem = await wait_for_problem(app, live.community_key, "where the bot is not let in yet")
        assert problem.startswith(f"{club.user_id} replaced {old} by {new}")
        await club.client.call("POST", "rooms", new, "invite", body={"user_id": live.bot_id})
        await club.wait_for_event(
            new, lambda e: e.get("state_key") == live.bot_id and e["content"]["membership"] == "join"
        )
        await club.say(new, "!ping 2")
        await club.wait_for_text(new, "pong 2")
        assert app.health.is_ready() is True


async def test_an_upgrade_by_somebody_who_may_not_invite_is_not_followed(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    levels = {"invite": 50, "events": {"m.room.tombstone": 0}}
    old = await create_room(live, club, firm, power_level_content_override=levels)
    async with live.run_app() as app:
        await club.say(old, "!ping 1")
        await club.wait_for_text(old, "pong 1")
        new = await firm.create_room(creation_content={"predecessor": {"room_id": old}})
        await send_tombstone(firm, old, new)
        problem = await wait_for_warning(app, live.community_key)
        assert problem.startswith(
            f"{firm.user_id} replaced {old} by {new}, which the bot does not follow: who did it may"
        )
        await club.say(old, "!ping 2")
        await club.wait_for_text(old, "pong 2")
        assert (await find_membership(firm, new, live.bot_id)) is None


@pytest.mark.parametrize("wrong", ["predecessor", "maker"])
async def test_a_room_that_does_not_name_its_predecessor_is_left_again(live: LiveSetup, wrong: str) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    old = await create_room(live, club, firm)
    predecessor = {} if wrong == "predecessor" else {"predecessor": {"room_id": old}}
    new = await (club if wrong == "predecessor" else firm).create_room(creation_content=predecessor)
    async with live.run_app() as app:
        await club.say(old, "!ping")
        await club.wait_for_text(old, "pong")
        await send_tombstone(club, old, new)
        assert "does not say that it takes its place" in await wait_for_warning(app, live.community_key)
        assert app.health.is_ready() is True
        assert await find_membership(firm if wrong == "maker" else club, new, live.bot_id) == "leave"


async def test_killed_in_the_middle_it_comes_to_the_same_end(live: LiveSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    old = await create_room(live, club, firm, room_alias_name=live.community_key)

    killed = asyncio.Event()
    rooms: list[str] = []

    async def die(*args: Any) -> None:
        await move(*args)
        killed.set()
        raise Fatal("the power is gone", 1)

    async def upgrade_until_killed() -> None:
        async with live.run_app():
            await club.say(old, BOOK)
            await club.wait_for_text(old, "📋 Aftale 1")
            rooms.append(await upgrade(club, old))
            await killed.wait()

    move = move_community.move
    with monkeypatch.context() as patch:
        patch.setattr(move_community, "move", die)
        with suppress(Fatal):  # none is raised if it was asked to stop a moment before
            await upgrade_until_killed()
    (new,) = rooms
    await club.say(new, "!ping")  # the bot is in there already, though it has not moved
    async with live.run_app() as app:
        await club.wait_for_text(new, "1: slåning af bane 1")
        await club.wait_for_text(new, "pong")
        assert app.health.is_ready() is True


@pytest.mark.parametrize("killed_at", ["", "PUT"], ids=["straight", "killed on the way"])
async def test_an_alias_of_the_bot_moves_along(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    """Homeservers move aliases that the upgrader may move; the bot created this one, and the upgrade is by hand."""
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    old = await create_room(live, club, firm)
    async with live.run_app():
        await club.say(old, "!ping")
        await club.wait_for_text(old, "pong")
    await create_alias(live, old)
    await live.write_files(club.user_id, firm.user_id, room=live.alias)
    new = await club.create_room(creation_content={"predecessor": {"room_id": old}})
    call, killed = Client.call, asyncio.Event()

    async def call_or_die(self: Client, method: str, *path: str, **more: Any) -> dict[str, Any]:
        if method == killed_at and path[0] == "directory" and self.account == live.bot_id:
            killed.set()
            raise Fatal("the power is gone", 1)
        return await call(self, method, *path, **more)

    await send_tombstone(club, old, new)
    if killed_at:
        with monkeypatch.context() as patch:
            patch.setattr(Client, "call", call_or_die)
            with suppress(Fatal):
                await run_until_killed(live, killed)
        with pytest.raises(MatrixError):
            await club.client.call("GET", "directory", "room", live.alias)
    async with live.run_app():
        await club.wait_for_event(
            new, lambda e: e.get("state_key") == live.bot_id and e["content"]["membership"] == "join"
        )
        await club.say(new, "!ping")
        await club.wait_for_text(new, "pong")
    assert (await club.client.call("GET", "directory", "room", live.alias))["room_id"] == new


async def run_until_killed(live: LiveSetup, killed: asyncio.Event) -> None:
    async with live.run_app():
        await killed.wait()


async def create_alias(live: LiveSetup, room: str) -> None:
    """Create the community's alias with the bot's account."""
    client = Client(live.homeserver.url, live.bot_id)
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": live.bot_id}}
    answer = await client.call("POST", "login", body={**login, "password": "adgangskode"})
    client.access_token = answer["access_token"]
    await client.call("PUT", "directory", "room", live.alias, body={"room_id": room})
    await client.close()


async def send_tombstone(user: MatrixUser, old: str, new: str) -> None:
    body = {"body": "flyttet", "replacement_room": new}
    await user.client.call("PUT", "rooms", old, "state", "m.room.tombstone", "", body=body)


async def find_membership(user: MatrixUser, room: str, member: str) -> str | None:
    try:
        return str((await user.client.call("GET", "rooms", room, "state", "m.room.member", member))["membership"])
    except MatrixError:
        return None
