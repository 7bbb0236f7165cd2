"""Which devices get the keys of the bot's messages: without the program, on a real homeserver behind a proxy."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from encrypted_user import ENCRYPTION_EVENT, EncryptedUser, add_encrypted_device, add_encrypted_user
from live_setup import PASSPHRASE, Event, LiveSetup, MatrixUser

from bot.config.credentials import Credentials
from bot.demo.homeserver import Account
from bot.matrix.client import Client
from bot.matrix.crypto import device_list
from bot.matrix.crypto.device import OwnDevice, load_device
from bot.matrix.crypto.signing.identity_store import load_identity
from bot.matrix.crypto.signing.keys import Identity
from bot.matrix.crypto.signing.published_identity import upload_identity, upload_signatures
from bot.store.crypto import read_crypto_state
from bot.store.database.transaction import Store
from bot.testing.faults import delayed
from bot.testing.new_database import create_tables
from bot.testing.proxied_request import ProxiedRequest, ProxyResponse
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("fast_key_derivation")


@dataclass
class Speaker:
    """The bot's device, which encrypts messages in rooms of its own account."""

    client: Client
    device: OwnDevice
    store: Store

    @property
    def own_account(self) -> Account:
        """The account and the login of the bot."""
        return Account(self.client.account, self.client.access_token, self.client.device_id)

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
    await create_tables(store)
    device = await load_device(client, store, Credentials(password="hemmelig", passphrase=PASSPHRASE))
    await device.publish()
    yield Speaker(client, device, store)
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
    monkeypatch.setattr("bot.matrix.crypto.outbound_session.LATE_KEY_SECONDS", 0.0)
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


async def give_identity(user: MatrixUser) -> Identity:
    """Give a user another identity, with which no device is signed yet."""
    identity = Identity.create(user.user_id)
    await upload_identity(user.client, identity, "hemmelig")
    return identity


async def sign(identity: Identity, user: EncryptedUser) -> None:
    """Sign a device with the identity of its owner."""
    device_id = user.nio_client.device_id
    answer = await user.client.call("POST", "keys", "query", body={"device_keys": {user.user_id: [device_id]}})
    signed = identity.sign_device(answer["device_keys"][user.user_id][device_id])
    await upload_signatures(user.client, {device_id: signed})


async def has_key(user: EncryptedUser, room: str, sent: Event) -> bool:
    """Whether a device has received the key of an event."""
    await user.publish_keys()
    return user.nio_client.olm.inbound_group_store.get(room, sent["sender_key"], sent["session_id"]) is not None


async def test_only_signed_devices_of_people_with_an_identity_get_keys_unless_the_community_wants_others_to(
    live: LiveSetup, proxy: FaultProxy, speaker: Speaker, caplog: pytest.LogCaptureFixture
) -> None:
    club, firm = await add_encrypted_user(live, "klub"), await add_encrypted_user(live, "firma")
    room = await speaker.create_room(club, firm)
    phone = await add_encrypted_device(live, club)
    identity = await give_identity(club)
    await sign(identity, club)
    sent = await speaker.say(room, "1")
    assert [await has_key(user, room, sent) for user in (club, firm, phone)] == [True, True, False]
    (withheld,) = proxy.find_requests("/sendToDevice/m.room_key.withheld")
    await speaker.say(room, "2")
    assert proxy.find_requests("/sendToDevice/m.room_key.withheld") == [withheld]  # it is told once
    await sign(identity, phone)
    speaker.receive(changed=[club.user_id])
    assert await has_key(phone, room, await speaker.say(room, "3"))

    await give_identity(club)  # somebody else's, perhaps
    speaker.receive(changed=[club.user_id])
    sent = await speaker.say(room, "4")
    assert [await has_key(user, room, sent) for user in (club, firm, phone)] == [False, True, False]
    assert f"The identity of {club.user_id}" in str(speaker.device.concerns()[f"identity of {club.user_id}"])
    assert f"The identity of {club.user_id}" in caplog.text

    speaker.device.device_list.allows_unsigned = lambda room: True
    assert await has_key(club, room, await speaker.say(room, "5"))


async def test_an_identity_that_the_homeserver_hides_still_counts_after_a_restart(
    live: LiveSetup, proxy: FaultProxy, speaker: Speaker
) -> None:
    club = await add_encrypted_user(live, "klub")
    room = await speaker.create_room(club)
    await give_identity(club)
    assert not await has_key(club, room, await speaker.say(room, "før"))
    await speaker.device.save()
    again = await load_device(speaker.client, speaker.store, Credentials(password="hemmelig", passphrase=PASSPHRASE))

    async def hide(request: ProxiedRequest) -> ProxyResponse:
        answer = json.loads((await request.forward()).body)
        answer["master_keys"].pop(club.user_id, None)
        return ProxyResponse(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    with proxy.with_rule(Rule(hide, path="/keys/query")):
        sent = await Speaker(speaker.client, again, speaker.store).say(room, "nu")
    assert not await has_key(club, room, sent)
    assert "is gone" in str(again.concerns()[f"identity of {club.user_id}"])


async def test_other_logins_of_the_bot_s_account_get_keys_when_its_identity_has_signed_them(
    live: LiveSetup, speaker: Speaker
) -> None:
    club = await add_encrypted_user(live, "klub")
    room = await speaker.create_room(club)
    other = await add_encrypted_device(live, live.track_user(MatrixUser(live.homeserver, speaker.own_account)))
    sent = await speaker.say(room, "1")
    assert (await has_key(club, room, sent), await has_key(other, room, sent)) == (True, False)
    assert str(other.nio_client.device_id) in str(speaker.device.concerns()["logins"])
    stored = await load_identity(speaker.store, speaker.client.account)
    assert stored is not None
    await sign(await stored.decrypt(PASSPHRASE), other)
    speaker.receive(changed=[speaker.client.account])
    assert await has_key(other, room, await speaker.say(room, "2"))
    assert speaker.device.concerns()["logins"] is None


async def test_a_device_without_one_time_keys_is_told_once_and_given_the_key_when_it_has_one(
    live: LiveSetup, proxy: FaultProxy, speaker: Speaker
) -> None:
    club = await add_encrypted_user(live, "klub")
    room = await speaker.create_room(club)
    told: list[Any] = []

    async def exhausted(request: ProxiedRequest) -> ProxyResponse:
        return ProxyResponse(200, b'{"one_time_keys": {}, "failures": {}}', {"Content-Type": "application/json"})

    async def listen(request: ProxiedRequest) -> ProxyResponse:
        told.append(json.loads(request.body))
        return await request.forward()

    with proxy.with_rule(Rule(exhausted, path="/keys/claim")), proxy.with_rule(Rule(listen, path="withheld")):
        await speaker.say(room, "1")
        assert told == []  # it may be about to upload its keys
        for _ in range(2):
            pause = speaker.device.seconds_to_next_work
            assert pause is not None
            await asyncio.sleep(pause)
            await speaker.device.do_pending_work()
        await speaker.say(room, "2")
    (message,) = told
    content = message["messages"][club.user_id][club.nio_client.device_id]
    assert (content["code"], "room_id" in content, "session_id" in content) == ("m.no_olm", False, False)
    stored = [name for kind, name in (await read_state(speaker)) if kind == "told no olm"]
    assert stored == [f"{club.user_id} {club.nio_client.device_id}"]
    speaker.device.encryptor._device_retries.clear()
    await speaker.say(room, "3")
    await club.wait_for_text(room, "1")
    await speaker.device.save()
    assert [name for kind, name in (await read_state(speaker)) if kind == "told no olm"] == []


async def read_state(speaker: Speaker) -> dict[tuple[str, str], str]:
    async with speaker.store.read() as connection:
        return await read_crypto_state(connection)


async def test_a_device_that_finds_no_one_time_key_of_the_bot_is_given_a_session_and_asked_for_keys(
    live: LiveSetup, proxy: FaultProxy, speaker: Speaker
) -> None:
    club = await add_encrypted_user(live, "klub")
    room = await speaker.create_room(club)
    await speaker.device.device_list.find_devices(room)
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "code": "m.no_olm",
        "sender_key": club.nio_client.olm.account.identity_keys["curve25519"],
    }
    speaker.device.key_requests.want(room, "session", club.user_id)
    await speaker.device.do_pending_work()
    for _ in range(3):
        speaker.receive({"type": "m.room_key.withheld", "sender": club.user_id, "content": content})
        await speaker.device.do_pending_work()
    assert len(proxy.find_requests("/keys/claim")) == 1
    assert len(proxy.find_requests("/sendToDevice/m.room.encrypted")) == 1
    assert len(proxy.find_requests("/sendToDevice/m.room_key_request")) == 2
    await club.publish_keys()
    assert club.nio_client.olm.session_store.get(speaker.device.machine.olm.account.identity_keys["curve25519"])
    speaker.receive({"type": "m.room_key.withheld", "sender": "@fremmed:bylaug.example", "content": content})
    assert speaker.device.machine.claims_for_wedged_devices() == {}
