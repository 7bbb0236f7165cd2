"""The first start in rooms that the bot is in already: one sync tells of all of them, and none is asked about."""

from collections.abc import Awaitable, Callable

import pytest
from encrypted_user import ENCRYPTION_EVENT
from live_setup import PASSPHRASE, LiveSetup, MatrixUser

from bot.demo.homeserver import Account
from bot.matrix.client import Client
from bot.matrix.rooms.joined_rooms import read_joined_rooms
from bot.testing.faults import delayed
from bot.testing.proxy import FaultProxy, Rule

#: Creates a community whose room has these initial state events, and lets the bot's account join. Returns the room id.
CreateJoined = Callable[..., Awaitable[str]]


@pytest.fixture
async def club(live: LiveSetup) -> MatrixUser:
    """The person who creates the rooms."""
    return await live.add_user("klub")


@pytest.fixture
async def create_joined(live: LiveSetup, club: MatrixUser) -> CreateJoined:
    """Returns a function that creates one more community, with a room that the bot's account is in."""
    await live.write_files(club.user_id)
    (live.folder / "rooms" / f"{live.community_key}.yaml").unlink()
    bot = live.track_user(MatrixUser(live.homeserver, Account(live.bot_id, "", "")))
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": live.bot_id},
        "password": "adgangskode",
    }
    bot.client.access_token = (await bot.client.call("POST", "login", body=body))["access_token"]

    async def create(*people: str, more: str = "", **options: object) -> str:
        live.start_another_community()
        room = await club.create_room(**({"name": "Landsbyen"} | options))
        await bot.join(room)
        await live.write_files(*people, room=room, more=more)
        if not people:  # then there is nobody for the task either
            file = live.folder / "rooms" / f"{live.community_key}.yaml"
            head, _, rest = file.read_text("utf-8").partition("tasks:")
            file.write_text(head + rest[rest.index("features:") :], "utf-8")
        return room

    return create


@pytest.mark.usefixtures("bot_behind_proxy")
async def test_nothing_is_requested_in_a_room_that_needs_no_change(
    live: LiveSetup, proxy: FaultProxy, club: MatrixUser, create_joined: CreateJoined
) -> None:
    rooms = [await create_joined(), await create_joined()]
    async with live.run_app() as app:
        assert app.health.is_ready() is True
        for room in rooms:
            await club.say(room, "!ping")
            await club.wait_for_text(room, "pong")
    requests = [request.path for room in rooms for request in proxy.find_requests(room=room)]
    assert len(requests) == 2
    assert all("/send/m.room.message/" in path for path in requests)
    assert proxy.find_requests("/join/") == []


async def test_name_and_people_are_brought_up_to_date(
    live: LiveSetup, club: MatrixUser, create_joined: CreateJoined
) -> None:
    firm = await live.add_user("firma")
    room = await create_joined(firm.user_id, name="Byen", power_level_content_override={"users_default": 100})
    async with live.run_app():
        await club.wait_for_event(room, lambda e: e["content"] == {"name": "Landsbyen"})
        await club.wait_for_membership(room, firm.user_id, "invite")


async def test_room_that_shall_be_encrypted_is_encrypted_before_anything_is_said(
    live: LiveSetup, club: MatrixUser, create_joined: CreateJoined, fast_key_derivation: None
) -> None:
    live.passphrase = PASSPHRASE
    room = await create_joined(more="encrypted: yes", power_level_content_override={"users_default": 100})
    async with live.run_app():
        assert ("m.room.encryption", "") in await club.state(room)


async def test_answer_in_a_room_that_is_encrypted_is_encrypted(
    live: LiveSetup, club: MatrixUser, create_joined: CreateJoined, fast_key_derivation: None
) -> None:
    live.passphrase = PASSPHRASE
    room = await create_joined(initial_state=[ENCRYPTION_EVENT])
    async with live.run_app():
        await club.say(room, "!ping")
        answer = await club.wait_for_event(room, lambda e: e["sender"] == live.bot_id and "state_key" not in e)
        assert answer["type"] == "m.room.encrypted"


async def test_room_that_was_replaced_is_followed(
    live: LiveSetup, club: MatrixUser, create_joined: CreateJoined
) -> None:
    old = await create_joined()
    new = (await club.client.call("POST", "rooms", old, "upgrade", body={"new_version": "11"}))["replacement_room"]
    async with live.run_app():
        await club.wait_for_membership(new, live.bot_id, "join")
        await club.say(new, "!ping")
        await club.wait_for_text(new, "pong")


@pytest.mark.usefixtures("bot_behind_proxy")
async def test_sync_of_all_rooms_may_take_longer_than_another_request(
    live: LiveSetup, proxy: FaultProxy, create_joined: CreateJoined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "timeout_seconds", 2.0)
    await create_joined()
    slow = Rule(delayed(2.5), path="/sync", times=1)
    with proxy.with_rule(slow):
        async with live.run_app() as app:
            assert app.health.is_ready() is True
    assert slow.hits == 1
    assert app.health.counts["sync_errors", ""] == 0


def test_present_state_is_read_and_incomplete_state_is_not() -> None:
    create = {"type": "m.room.create", "state_key": "", "content": {"room_version": "11"}}
    name = {"type": "m.room.name", "state_key": "", "content": {"name": "Byen"}}
    later_name = {**name, "content": {"name": "Landsbyen"}}
    message = {"type": "m.room.message", "content": {"body": "hej"}}
    member = {"type": "m.room.member", "state_key": "@klub:example.org", "content": {"membership": "join"}}
    rooms = {
        "!whole": {"state": {"events": [create, name, member]}, "timeline": {"events": [message, later_name]}},
        "!incomplete": {"state": {"events": [name]}},
        "!empty": {},
    }
    assert read_joined_rooms({"rooms": {"join": rooms}}) == {
        "!whole": {"m.room.create": {"room_version": "11"}, "m.room.name": {"name": "Landsbyen"}}
    }
    assert read_joined_rooms({}) == {}
