"""A room is replaced: the community moves with everything that is its own, if whoever did it could have invited us."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from neighbours import Neighbour, Street, until

from bot.app import App
from bot.errors import Fatal
from bot.matrix.client import Client, MatrixError
from bot.store import move_community

BOOK = "!book bane 1 slåning fredag kl. 14"


async def upgrade(who: Neighbour, room: str, version: str = "12") -> str:
    answer = await who.client.call("POST", "rooms", room, "upgrade", body={"new_version": version})
    return str(answer["replacement_room"])


async def room_of(street: Street, club: Neighbour, firm: Neighbour, **wanted: Any) -> str:
    room = await club.make_room(**wanted)
    await firm.join(room)
    await street.write_files(club.user_id, firm.user_id, room=room if "room_alias_name" not in wanted else "")
    return room


async def trouble(app: App, key: str, part: str) -> str:
    await until(lambda: part in (app.health.communities[key] or ""))
    return app.health.communities[key] or ""


async def concern(app: App, key: str) -> str:
    await until(lambda: f"room of {key}" in app.health.concerns)
    return app.health.concerns[f"room of {key}"]


async def test_everything_moves_and_a_tap_on_the_old_card_counts(street: Street) -> None:
    club, firm = await street.add("klub"), await street.add("firma")
    powers = {"users": {club.user_id: 100, firm.user_id: 50}}  # the homeserver silences everybody else in the old room
    old = await room_of(
        street, club, firm, room_alias_name=street.key, room_version="10", power_level_content_override=powers
    )
    async with street.running() as app:
        await club.say(old, BOOK)
        card = await firm.hear_body(old, "📋 Aftale 1")
        new = await upgrade(club, old)
        told = await club.hear_body(new, "📋 Vi er flyttet hertil")
        assert "1: slåning af bane 1" in told["content"]["body"]
        await firm.tap(old, "✅", card["event_id"])
        fresh = await club.hear_body(new, "✅ Aftale 1")
        thanks = await club.hear_body(new, "så er det på plads")
        assert thanks["content"]["m.relates_to"]["event_id"] == fresh["event_id"]
        await firm.join(new)
        await firm.say(new, "!færdig 1")
        await club.hear_body(new, "er færdig med")
        assert app.health.ready() is True
        led = await club.client.call("GET", "directory", "room", street.alias)
        assert led["room_id"] == new
    async with street.running():
        await club.say(new, "!aftaler")
        await club.hear_body(new, "er meldt færdig")
    bodies = club.bodies(new, street.bot)
    assert len([body for body in bodies if "flyttet hertil" in body]) == 1


async def test_replaced_while_the_bot_was_off_and_its_room_known_by_id(street: Street) -> None:
    club, firm = await street.add("klub"), await street.add("firma")
    old = await room_of(street, club, firm)
    async with street.running():
        await club.say(old, BOOK)
        await club.hear_body(old, "📋 Aftale 1")
    await club.say(old, "!ping")
    new = await upgrade(club, old)
    for _ in range(2):
        async with street.running():
            await club.hear_body(new, "flyttet hertil")
            await club.say(new, "!aftaler")
            await club.hear_body(new, "Venter på svar\n1: slåning af bane 1")
    said = [body for room in (old, new) for body in club.bodies(room, street.bot) if "pong" in body]
    assert said == ["🏓 pong"]


async def test_a_room_that_has_to_invite_us_is_waited_for(street: Street) -> None:
    club, firm = await street.add("klub"), await street.add("firma")
    invited = {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "invite"}}
    old = await room_of(street, club, firm, initial_state=[invited], invite=[street.bot, firm.user_id])
    async with street.running():
        await club.say(old, "!ping 1")
        await club.hear_body(old, "pong 1")
        new = await upgrade(club, old)
    async with street.running() as app:
        why = await trouble(app, street.key, "where the bot is not let in yet")
        assert why.startswith(f"{club.user_id} replaced {old} by {new}")
        await club.client.call("POST", "rooms", new, "invite", body={"user_id": street.bot})
        await club.hear(new, lambda e: e.get("state_key") == street.bot and e["content"]["membership"] == "join")
        await club.say(new, "!ping 2")
        await club.hear_body(new, "pong 2")
        assert app.health.ready() is True


async def test_whoever_could_not_have_invited_is_not_followed(street: Street) -> None:
    club, firm = await street.add("klub"), await street.add("firma")
    levels = {"invite": 50, "events": {"m.room.tombstone": 0}}
    old = await room_of(street, club, firm, power_level_content_override=levels)
    async with street.running() as app:
        await club.say(old, "!ping 1")
        await club.hear_body(old, "pong 1")
        new = await firm.make_room(creation_content={"predecessor": {"room_id": old}})
        await bury(firm, old, new)
        why = await concern(app, street.key)
        assert why.startswith(f"{firm.user_id} replaced {old} by {new}, which the bot does not follow: who did it may")
        await club.say(old, "!ping 2")
        await club.hear_body(old, "pong 2")
        assert (await state_of(firm, new, street.bot)) is None


@pytest.mark.parametrize("wrong", ["predecessor", "maker"])
async def test_a_room_that_is_no_successor_is_left_again(street: Street, wrong: str) -> None:
    club, firm = await street.add("klub"), await street.add("firma")
    old = await room_of(street, club, firm)
    predecessor = {} if wrong == "predecessor" else {"predecessor": {"room_id": old}}
    new = await (club if wrong == "predecessor" else firm).make_room(creation_content=predecessor)
    async with street.running() as app:
        await club.say(old, "!ping")
        await club.hear_body(old, "pong")
        await bury(club, old, new)
        assert "does not say that it takes its place" in await concern(app, street.key)
        assert app.health.ready() is True
        assert await state_of(firm if wrong == "maker" else club, new, street.bot) == "leave"


async def test_killed_in_the_middle_it_comes_to_the_same_end(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    club, firm = await street.add("klub"), await street.add("firma")
    old = await room_of(street, club, firm, room_alias_name=street.key)

    killed = asyncio.Event()
    rooms: list[str] = []

    async def die(*args: Any) -> None:
        await move(*args)
        killed.set()
        raise Fatal("the power is gone", 1)

    async def until_killed() -> None:
        async with street.running():
            await club.say(old, BOOK)
            await club.hear_body(old, "📋 Aftale 1")
            rooms.append(await upgrade(club, old))
            await killed.wait()

    move = move_community.move
    with monkeypatch.context() as patch:
        patch.setattr(move_community, "move", die)
        with suppress(Fatal):  # or it was asked to stop a moment before
            await until_killed()
    (new,) = rooms
    await club.say(new, "!ping")  # the bot is in there already, though it has not moved
    async with street.running() as app:
        await club.hear_body(new, "1: slåning af bane 1")
        await club.hear_body(new, "pong")
        assert app.health.ready() is True


@pytest.mark.parametrize("killed_at", ["", "PUT"], ids=["straight", "killed on the way"])
async def test_an_alias_of_ours_is_brought_along(
    street: Street, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    """Homeservers bring along what the upgrader may; this one was made by the bot, and the upgrade by hand."""
    club, firm = await street.add("klub"), await street.add("firma")
    old = await room_of(street, club, firm)
    async with street.running():
        await club.say(old, "!ping")
        await club.hear_body(old, "pong")
    await lead(street, old)
    await street.write_files(club.user_id, firm.user_id, room=street.alias)
    new = await club.make_room(creation_content={"predecessor": {"room_id": old}})
    call, killed = Client.call, asyncio.Event()

    async def call_or_die(self: Client, method: str, *path: str, **more: Any) -> dict[str, Any]:
        if method == killed_at and path[0] == "directory" and self.account == street.bot:
            killed.set()
            raise Fatal("the power is gone", 1)
        return await call(self, method, *path, **more)

    await bury(club, old, new)
    if killed_at:
        with monkeypatch.context() as patch:
            patch.setattr(Client, "call", call_or_die)
            with suppress(Fatal):
                await until_it_ends(street, killed)
        with pytest.raises(MatrixError):
            await club.client.call("GET", "directory", "room", street.alias)
    async with street.running():
        await club.hear(new, lambda e: e.get("state_key") == street.bot and e["content"]["membership"] == "join")
        await club.say(new, "!ping")
        await club.hear_body(new, "pong")
    assert (await club.client.call("GET", "directory", "room", street.alias))["room_id"] == new


async def until_it_ends(street: Street, killed: asyncio.Event) -> None:
    async with street.running():
        await killed.wait()


async def lead(street: Street, room: str) -> None:
    """Let the community's alias be made by the bot's account."""
    ours = Client(street.homeserver.url, street.bot)
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": street.bot}}
    answer = await ours.call("POST", "login", body={**login, "password": "adgangskode"})
    ours.nio.access_token = answer["access_token"]
    await ours.call("PUT", "directory", "room", street.alias, body={"room_id": room})
    await ours.close()


async def bury(who: Neighbour, old: str, new: str) -> None:
    body = {"body": "flyttet", "replacement_room": new}
    await who.client.call("PUT", "rooms", old, "state", "m.room.tombstone", "", body=body)


async def state_of(who: Neighbour, room: str, user: str) -> str | None:
    try:
        return str((await who.client.call("GET", "rooms", room, "state", "m.room.member", user))["membership"])
    except MatrixError:
        return None
