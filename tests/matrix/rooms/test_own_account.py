"""What other logins of the bot's account do counts, and an encrypted room is not left for an unencrypted one."""

from collections.abc import Awaitable, Callable

import pytest
from encrypted_user import ENCRYPTION_EVENT, EncryptedUser, create_encrypted_room
from live_setup import Event, LiveSetup, MatrixUser, book_and_counter, wait_until

from bot.demo.homeserver import Account
from bot.matrix.client import Client
from bot.matrix.crypto import device_list
from bot.matrix.sync import own_state

pytestmark = pytest.mark.usefixtures("fast_key_derivation")


@pytest.fixture
async def log_in_as_bot(live: LiveSetup) -> Callable[[], Awaitable[Client]]:
    """Returns a function that logs the caretaker in with the bot's account."""

    async def log_in() -> Client:
        user = live.track_user(MatrixUser(live.homeserver, Account(live.bot_id, "", "")))
        identifier = {"type": "m.id.user", "user": live.bot_id}
        body = {"type": "m.login.password", "identifier": identifier, "password": "adgangskode"}
        user.client.access_token = (await user.client.call("POST", "login", body=body))["access_token"]
        return user.client

    return log_in


async def give_power(owner: MatrixUser, room: str, user: str) -> None:
    """Let a user remove people from a room, encrypt it and upgrade it."""
    levels = (await owner.state(room))["m.room.power_levels", ""][1]
    levels["users"][user] = levels["events"]["m.room.tombstone"] = 100
    await owner.client.call("PUT", "rooms", room, "state", "m.room.power_levels", "", body=levels)


async def find_event(user: MatrixUser, room: str, event: Event) -> Event:
    """Return an event as the homeserver has it."""
    return await user.client.call("GET", "rooms", room, "event", event["event_id"])


async def test_who_is_removed_with_the_bot_s_account_has_left(
    live: LiveSetup, log_in_as_bot: Callable[[], Awaitable[Client]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_state, "OWN_STATE_SECONDS", 0.2)
    room, (club, firm) = await create_encrypted_room(live, "klub", "firma")
    async with live.run_app():
        await club.wait_for_membership(room, live.bot_id, "join")
        await give_power(club, room, live.bot_id)
        await book_and_counter(room, club, firm)
        first = await find_event(club, room, await club.wait_for_text(room, "📋 Aftale 1"))
        caretaker = await log_in_as_bot()
        await caretaker.call("POST", "rooms", room, "kick", body={"user_id": firm.user_id})
        told = await find_event(club, room, await club.wait_for_text(room, "er ikke længere i rummet"))
    assert told["content"]["session_id"] != first["content"]["session_id"]


async def test_members_are_asked_for_again_before_the_bot_speaks(
    live: LiveSetup, log_in_as_bot: Callable[[], Awaitable[Client]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_list, "MEMBERS_MAX_AGE_SECONDS", 0.0)
    room, (club, firm) = await create_encrypted_room(live, "klub", "firma")
    async with live.run_app():
        await club.wait_for_membership(room, live.bot_id, "join")
        await give_power(club, room, live.bot_id)
        await club.say(room, "!ping 1")
        first = await find_event(club, room, await club.wait_for_text(room, "pong 1"))
        caretaker = await log_in_as_bot()
        await caretaker.call("POST", "rooms", room, "kick", body={"user_id": firm.user_id})
        await club.say(room, "!ping 2")
        second = await find_event(club, room, await club.wait_for_text(room, "pong 2"))
    assert second["content"]["session_id"] != first["content"]["session_id"]


async def test_encryption_that_is_switched_on_with_the_bot_s_account_counts(
    live: LiveSetup, log_in_as_bot: Callable[[], Awaitable[Client]], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, (club,) = await create_encrypted_room(live, "klub", state=(), more="")
    async with live.run_app():
        await club.wait_for_membership(room, live.bot_id, "join")
        await give_power(club, room, live.bot_id)
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
    caretaker = await log_in_as_bot()
    path = ("rooms", room, "state", "m.room.encryption", "")
    await caretaker.call("PUT", *path, body=ENCRYPTION_EVENT["content"])  # while the bot is off
    monkeypatch.setattr(own_state, "OWN_STATE_SECONDS", 0.2)
    async with live.run_app():
        await club.client.call("PUT", "rooms", room, "send", "m.room.message", "1", body=text("!ping 2"))
        second = await find_event(club, room, await club.wait_for_text(room, "pong 2"))
    assert second["type"] == "m.room.encrypted"


def text(body: str) -> Event:
    return {"msgtype": "m.text", "body": body}


async def test_an_encrypted_room_is_not_left_for_one_that_is_not(live: LiveSetup) -> None:
    room, (club,) = await create_encrypted_room(live, "klub")
    async with live.run_app() as app:
        await club.wait_for_membership(room, live.bot_id, "join")
        new = await club.create_room(creation_content={"predecessor": {"room_id": room}})
        body = {"body": "flyttet", "replacement_room": new}
        await club.client.call("PUT", "rooms", room, "state", "m.room.tombstone", "", body=body)
        key = f"room of {live.community_key}"
        await wait_until(lambda: key in app.health.warnings)
        assert "it is encrypted, and that room is not" in app.health.warnings[key]
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")


@pytest.mark.parametrize("is_off", [False, True])
async def test_an_upgrade_with_the_bot_s_account_is_followed(
    live: LiveSetup, log_in_as_bot: Callable[[], Awaitable[Client]], monkeypatch: pytest.MonkeyPatch, *, is_off: bool
) -> None:
    monkeypatch.setattr(own_state, "OWN_STATE_SECONDS", 0.2)
    room, (club, firm) = await create_encrypted_room(live, "klub", "firma")

    async def upgrade() -> str:
        caretaker = await log_in_as_bot()
        answer = await caretaker.call("POST", "rooms", room, "upgrade", body={"new_version": "11"})
        return str(answer["replacement_room"])

    async with live.run_app():
        await club.wait_for_membership(room, live.bot_id, "join")
        await give_power(club, room, live.bot_id)
        await book_and_counter(room, club, firm)
        new = "" if is_off else await upgrade()
        if new:
            await wait_until_moved(club, new)
    if is_off:
        new = await upgrade()
        async with live.run_app():
            await wait_until_moved(club, new)
    card = await club.wait_for_text(new, "flyttet hertil")
    assert (await find_event(club, new, card))["type"] == "m.room.encrypted"


async def wait_until_moved(user: EncryptedUser, room: str) -> None:
    await user.join(room)
    await user.say(room, "!aftaler")
    await user.wait_for_text(room, "1: slåning af bane 1")


async def test_an_upgrade_with_the_bot_s_account_is_checked_as_any_other(
    live: LiveSetup, log_in_as_bot: Callable[[], Awaitable[Client]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_state, "OWN_STATE_SECONDS", 0.2)
    room, (club,) = await create_encrypted_room(live, "klub")
    async with live.run_app() as app:
        await club.wait_for_membership(room, live.bot_id, "join")
        await give_power(club, room, live.bot_id)
        caretaker = await log_in_as_bot()
        creation = {"preset": "public_chat", "creation_content": {"predecessor": {"room_id": room}}}
        new = (await caretaker.call("POST", "createRoom", body=creation))["room_id"]
        body = {"body": "flyttet", "replacement_room": new}
        await caretaker.call("PUT", "rooms", room, "state", "m.room.tombstone", "", body=body)
        key = f"room of {live.community_key}"
        await wait_until(lambda: key in app.health.warnings)
        assert "it is encrypted, and that room is not" in app.health.warnings[key]
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")
