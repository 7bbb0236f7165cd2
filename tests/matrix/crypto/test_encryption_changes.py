"""Encryption that changes while the program works: switched on, a device logged out or new, keys from strangers."""

import asyncio
import json
from datetime import timedelta

import pytest
from encrypted_user import (
    ENCRYPTION_EVENT,
    add_encrypted_device,
    add_encrypted_user,
    create_encrypted_room,
)
from live_setup import PASSPHRASE, TIMEOUT_SECONDS, LiveSetup
from sqlalchemy import select

from bot.matrix.client import Client, LoggedOut
from bot.matrix.crypto import undecrypted
from bot.matrix.login import LOGIN_FACT
from bot.store.crypto_tables import room_keys
from bot.store.database.transaction import Store
from bot.store.facts import get_fact
from bot.store.messages.undecrypted import find_all_undecrypted
from bot.testing.faults import delayed
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("fast_key_derivation")


async def test_a_question_is_answered_when_the_room_is_encrypted_meanwhile(live: LiveSetup) -> None:
    room, (club, firm) = await create_encrypted_room(live, "klub", "firma", state=(), more="")
    async with live.run_app():
        await club.wait_for_membership(room, live.bot_id, "join")
        await club.say(room, "!book bane 1 slåning")
        question = await club.wait_for_text(room, "Hvornår")
        path = ("rooms", room, "state", "m.room.encryption", "")
        await club.client.call("PUT", *path, body=ENCRYPTION_EVENT["content"])
        await club.wait_for_event(room, lambda e: e["type"] == "m.room.encryption")
        reply = {"m.relates_to": {"m.in_reply_to": {"event_id": question["event_id"]}}}
        await club.say(room, "i overmorgen kl. 14", **reply)  # at once, in the first encrypted message
        card = await firm.wait_for_text(room, "📋 Aftale 1: slåning af bane 1")
        assert (await firm.client.call("GET", "rooms", room, "event", card["event_id"]))["type"] == "m.room.encrypted"
        await firm.tap(room, "✅", card["event_id"])
        await club.wait_for_text(room, "✅ Aftalt")


async def test_what_is_said_encrypted_before_there_is_a_passphrase_is_asked_for_again(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecrypted, "ASK_AFTER", timedelta())
    room, (club,) = await create_encrypted_room(live, "klub", state=(), more="")
    live.passphrase = None
    async with live.run_app() as app:
        await club.wait_for_membership(room, live.bot_id, "join")
        await club.say(room, "!book bane 1 slåning")
        await club.wait_for_text(room, "Hvornår")
        await club.client.call("PUT", "rooms", room, "state", "m.room.encryption", "", body=ENCRYPTION_EVENT["content"])
        await club.wait_for_event(room, lambda e: e["type"] == "m.room.encryption")
        answer = await club.say(room, "i overmorgen kl. 14")
        store = Store(app.settings.database)
        await wait_until_kept(store)
        await store.close()
    live.passphrase = PASSPHRASE
    async with live.run_app():
        asked = await club.wait_for_text(room, "Jeg kunne ikke læse det")
        assert asked["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": answer}}
        await club.ping(room, "nu")


async def wait_until_kept(store: Store) -> None:
    """Wait until an encrypted message is kept."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            async with store.read() as connection:
                if await find_all_undecrypted(connection):
                    return
            await asyncio.sleep(0.05)


async def test_a_device_that_was_logged_out_is_given_keys_again(live: LiveSetup) -> None:
    room, (club,) = await create_encrypted_room(live, "klub")
    async with live.run_app() as app:
        await club.wait_for_membership(room, live.bot_id, "join")
        await club.ping(room, "før")
        store = Store(app.settings.database)
        async with store.read() as connection:
            login = await get_fact(connection, LOGIN_FACT)
        await store.close()
    assert login is not None
    bot = Client(live.homeserver.url, live.bot_id, access_token=json.loads(login)["access_token"])
    await bot.call("POST", "logout", body={})
    await bot.close()
    with pytest.raises(LoggedOut):
        async with live.run_app():
            pass
    async with live.run_app():
        await club.ping(room, "efter")
        await club.say(room, "!ping igen")
        await club.wait_for_text(room, "pong igen")


@pytest.mark.usefixtures("bot_behind_proxy")
async def test_a_message_from_a_device_that_is_new_is_handled_when_the_homeserver_knows_it(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    room, (club,) = await create_encrypted_room(live, "klub")
    async with live.run_app():
        await club.wait_for_membership(room, live.bot_id, "join")
        await club.ping(room, "1")
        phone = await add_encrypted_device(live, club)
        with proxy.with_rule(Rule(delayed(1.0), path="/keys/query")):
            await phone.say(room, "!ping 2")
            await phone.wait_for_text(room, "pong 2")


async def test_room_keys_of_strangers_are_not_kept(live: LiveSetup) -> None:
    room, (club,) = await create_encrypted_room(live, "klub")
    stranger = await add_encrypted_user(live, "fremmed")
    async with live.run_app() as app:
        await club.wait_for_membership(room, live.bot_id, "join")
        await club.ping(room, "1")
        await stranger.know_devices_of(live.bot_id)
        for other_room in (room, room, "!andet:example.org"):
            key = stranger.start_session(other_room)
            await stranger.share_withheld_key(other_room, key, live.bot_id)
        await club.ping(room, "2")
        await club.ping(room, "3")
        store = Store(app.settings.database)
        async with store.read() as connection:
            owners = set((await connection.execute(select(room_keys.c.owner))).scalars())
        await store.close()
    assert owners == {club.user_id}
