"""Who gets the key of the bot's messages: the bot's device alone, on a real homeserver behind a proxy."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from encrypted_user import ENCRYPTION_EVENT, EncryptedUser, add_encrypted_device, add_encrypted_user
from live_setup import PASSPHRASE, Event, LiveSetup

from bot.config.credentials import Credentials
from bot.matrix.client import Client
from bot.matrix.crypto import device_list
from bot.matrix.crypto.device import OwnDevice, load_device
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store
from bot.testing.faults import delayed
from bot.testing.proxied_request import ProxiedRequest, ProxyResponse
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("fast_key_derivation")


@dataclass
class Speaker:
    """The bot's device, which encrypts messages in rooms of its own account."""

    client: Client
    device: OwnDevice
    users: LiveSetup

    async def create_room(self, *people: EncryptedUser) -> str:
        """Create an encrypted room with people in it."""
        body = {"preset": "public_chat", "initial_state": [ENCRYPTION_EVENT]}
        room = str((await self.client.call("POST", "createRoom", body=body))["room_id"])
        for person in people:
            await person.join(room)
        return room

    async def say(self, room: str, text: str) -> Event:
        """Send a text, encrypted, and return the content of the event."""
        content = {"msgtype": "m.text", "body": text}
        encrypted = await self.device.encrypt(room, "m.room.message", content, {})
        path = ("rooms", room, "send", "m.room.encrypted", f"t{id(encrypted)}")
        await self.client.call("PUT", *path, body=encrypted)
        return encrypted

    def receive(self, *messages: Event, changed: list[str] | None = None) -> None:
        """Let the device receive to-device messages and changed device lists."""
        answer: dict[str, Any] = {"to_device": {"events": list(messages)}}
        self.device.receive_sync({**answer, "device_lists": {"changed": changed or []}})


@pytest.fixture
async def speaker(live: LiveSetup, proxy: FaultProxy) -> AsyncIterator[Speaker]:
    account = await live.register_account("taler")
    client = Client(proxy.url, account.user_id, account.device_id, account.access_token)
    store = Store(f"sqlite+aiosqlite:///{live.folder}/speaker.db")
    await migrate(store)
    device = await load_device(client, store, Credentials(password="hemmelig", passphrase=PASSPHRASE))
    await device.publish()
    yield Speaker(client, device, live)
    await client.close()
    await store.close()


def key_request(user: EncryptedUser, room: str, sent: Event) -> Event:
    """Return the message with which a device asks for the key of an event."""
    body = {"algorithm": sent["algorithm"], "room_id": room, "session_id": sent["session_id"]}
    device = user.nio_client.device_id
    content = {"action": "request", "requesting_device_id": device, "request_id": "1", "body": body}
    return {"type": "m.room_key_request", "sender": user.user_id, "content": content}


async def test_two_rooms_that_speak_at_once_know_the_new_phone_of_a_common_member(
    live: LiveSetup, proxy: FaultProxy, speaker: Speaker
) -> None:
    club = await add_encrypted_user(live, "klub")
    rooms = [await speaker.create_room(club) for _ in range(2)]
    for room in rooms:
        await speaker.say(room, "før")
    phone = await add_encrypted_device(live, club)
    speaker.receive(changed=[club.user_id])
    with proxy.with_rule(Rule(delayed(0.5), path="/keys/query")):
        await asyncio.gather(*(speaker.say(room, "nu") for room in rooms))
    assert len(proxy.find_requests("/keys/query")) >= 2
    for room in rooms:
        await phone.wait_for_text(room, "nu")


async def test_an_answer_to_an_older_query_does_not_hide_a_later_change(
    live: LiveSetup, proxy: FaultProxy, speaker: Speaker
) -> None:
    club = await add_encrypted_user(live, "klub")
    room = await speaker.create_room(club)
    phones: list[EncryptedUser] = []

    async def change_after_answer(request: ProxiedRequest) -> ProxyResponse:
        response = await request.forward()
        if not phones:
            phones.append(await add_encrypted_device(live, club))
            speaker.receive(changed=[club.user_id])
        return response

    with proxy.with_rule(Rule(change_after_answer, path="/keys/query")):
        await speaker.say(room, "nu")
    await phones[0].wait_for_text(room, "nu")


async def test_a_member_whose_homeserver_was_silent_gets_the_key_of_what_was_said_meanwhile(
    live: LiveSetup, proxy: FaultProxy, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_list, "_NO_SILENCE", device_list._Silence(0.0, 0.1))
    club = await add_encrypted_user(live, "klub")
    room = await speaker.create_room(club)

    async def silent(request: ProxiedRequest) -> ProxyResponse:
        answer = {"device_keys": {}, "failures": {"bylaug.example": {"status": 503}}}
        return ProxyResponse(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    with proxy.with_rule(Rule(silent, path="/keys/query")):
        await speaker.say(room, "første")
        await speaker.say(room, "anden")
    pause = speaker.device.seconds_to_next_work
    assert pause is not None
    await asyncio.sleep(pause)
    await speaker.device.do_pending_work()
    await club.wait_for_text(room, "første")
    await club.wait_for_text(room, "anden")


async def test_a_device_that_is_not_known_is_given_the_key_it_asks_for(live: LiveSetup, speaker: Speaker) -> None:
    club = await add_encrypted_user(live, "klub")
    room = await speaker.create_room(club)
    await speaker.say(room, "før")
    phone = await add_encrypted_device(live, club)  # the homeserver does not tell the bot
    sent = await speaker.say(room, "nu")
    speaker.receive(key_request(phone, room, sent))
    await speaker.device.do_pending_work()
    await phone.wait_for_text(room, "nu")


async def test_a_new_device_reads_from_now_on_only(
    live: LiveSetup, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.matrix.crypto.encrypt.LATE_KEY_SECONDS", 0.0)
    club = await add_encrypted_user(live, "klub")
    room = await speaker.create_room(club)
    first = await speaker.say(room, "før")
    phone = await add_encrypted_device(live, club)
    speaker.receive(changed=[club.user_id])
    second = await speaker.say(room, "nu")
    assert first["session_id"] == second["session_id"]
    await phone.wait_for_text(room, "nu")
    assert phone.texts_from(room, speaker.client.account) == ["nu"]
    assert await club.wait_for_text(room, "før")


@pytest.mark.parametrize("rejoins", [False, True])
async def test_who_asks_for_the_key_and_leaves_cannot_read_on(
    live: LiveSetup, speaker: Speaker, *, rejoins: bool
) -> None:
    club, firm = await add_encrypted_user(live, "klub"), await add_encrypted_user(live, "firma")
    room = await speaker.create_room(club, firm)
    first = await speaker.say(room, "før")
    speaker.receive(key_request(firm, room, first))
    await firm.client.call("POST", "rooms", room, "leave", body={})
    if rejoins:  # without the device, which keeps the key
        tablet = await add_encrypted_device(live, firm)
        await firm.client.call("POST", "logout", body={})
        await tablet.join(room)
    speaker.device.members_changed(room)
    speaker.receive(changed=[firm.user_id])
    second = await speaker.say(room, "nu")
    assert second["session_id"] != first["session_id"]
