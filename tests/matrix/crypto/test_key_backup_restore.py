"""The whole program with a lost database and an older backup: it reads what was said since without asking anybody."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from encrypted_user import EncryptedUser, create_encrypted_room
from live_setup import TIMEOUT_SECONDS, LiveSetup
from sqlalchemy import select

from bot.config.load import load_settings
from bot.matrix.client import Client
from bot.matrix.login import LOGIN_FACT
from bot.pipeline.load_features import feature_names, load_features, migration_folders
from bot.store.backup.backup import back_up
from bot.store.backup.restore import restore
from bot.store.crypto_tables import room_keys
from bot.store.database.transaction import Store
from bot.store.facts import get_fact
from bot.testing.faults import refused
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("fast_key_derivation", "bot_behind_proxy")

FEATURES = migration_folders(load_features(feature_names()).values())


def database_url(live: LiveSetup) -> str:
    return load_settings(live.folder / "config.yaml", {}).database


async def wait_until_backed_up(live: LiveSetup, person: EncryptedUser, room: str) -> None:
    """Wait until the key of the person's present session is in the key backup."""
    session, store = person.nio_client.olm.outbound_group_sessions[room].id, Store(database_url(live))
    is_backed_up = select(room_keys.c.is_backed_up).where(room_keys.c.session == session)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            async with store.read() as connection:
                if (await connection.execute(is_backed_up)).scalar():
                    break
            await asyncio.sleep(0.05)
    await store.close()


async def begin_session(live: LiveSetup, person: EncryptedUser, room: str, word: str) -> None:
    """Begin a new session with a message, and wait until its key is in the key backup."""
    person.nio_client.olm.outbound_group_sessions.pop(room, None)
    await person.ping(room, word)
    await wait_until_backed_up(live, person, room)


async def back_up_now(live: LiveSetup) -> Path:
    store = Store(database_url(live))
    await back_up(store, live.folder / "backup.db", datetime.now(UTC), FEATURES)
    await store.close()
    return live.folder / "backup.db"


async def lose_and_restore(live: LiveSetup) -> None:
    """Delete the database, so that nothing of it can be preserved, and restore the backup."""
    for file in live.folder.glob("bylaug.db*"):
        file.unlink()
    await restore(database_url(live), live.folder / "backup.db", datetime.now(UTC), FEATURES)


async def log_in_as_bot(live: LiveSetup) -> Client:
    """Return a client with the bot's own login: it can do to the backup what the homeserver can."""
    store = Store(database_url(live))
    async with store.read() as connection:
        login = json.loads(await get_fact(connection, LOGIN_FACT) or "{}")
    await store.close()
    return Client(live.homeserver.url, live.bot_id, login["device_id"], login["access_token"])


async def play(live: LiveSetup) -> tuple[str, EncryptedUser, EncryptedUser]:
    """Let two people talk to the bot in new sessions after a backup, and lose the database."""
    room, (club, firm) = await create_encrypted_room(live, "klub", "firma")
    async with live.run_app():
        await club.wait_for_membership(room, live.bot_id, "join")
        await begin_session(live, club, room, "1")
        await back_up_now(live)
        await begin_session(live, club, room, "2")
        await begin_session(live, firm, room, "3")
        await club.ping(room, "4")
    for person, word in ((club, "5"), (firm, "6"), (club, "7")):
        await person.say(room, f"!ping {word}")
    await lose_and_restore(live)
    return room, club, firm


async def test_a_bot_with_an_older_database_reads_what_was_said_since_in_order_and_asks_nobody(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    room, club, _ = await play(live)
    async with live.run_app() as app:
        await club.wait_for_text(room, "pong 7")
        await club.ping(room, "8")
        assert "undecrypted" not in app.health.warnings
    assert club.texts_from(room, live.bot_id) == [f"🏓 pong {number}" for number in range(1, 9)]
    assert proxy.find_requests("/sendToDevice/m.room_key_request") == []


async def test_messages_in_a_room_that_has_replaced_the_one_of_the_backup_are_read(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    old, (club, firm) = await create_encrypted_room(live, "klub", "firma")
    async with live.run_app():
        await club.wait_for_membership(old, live.bot_id, "join")
        await begin_session(live, club, old, "1")
        await back_up_now(live)
        body = {"new_version": "10"}
        new = str((await club.client.call("POST", "rooms", old, "upgrade", body=body))["replacement_room"])
        await club.wait_for_membership(new, live.bot_id, "join")
        await firm.join(new)
        await begin_session(live, firm, new, "2")
    await firm.say(new, "!ping 3")
    await lose_and_restore(live)
    async with live.run_app():
        await firm.wait_for_text(new, "pong 3")
    assert firm.texts_from(new, live.bot_id) == ["🏓 pong 2", "🏓 pong 3"]
    assert proxy.find_requests("/sendToDevice/m.room_key_request") == []


async def test_keys_that_the_homeserver_changes_are_not_used(live: LiveSetup, caplog: pytest.LogCaptureFixture) -> None:
    room, club, firm = await play(live)
    bot = await log_in_as_bot(live)
    query = {"version": (await bot.call("GET", "room_keys", "version"))["version"]}
    sessions = (await bot.call("GET", "room_keys", "keys", room, query=query))["sessions"]
    of_club, of_firm = (person.nio_client.olm.outbound_group_sessions[room].id for person in (club, firm))
    await bot.call("DELETE", "room_keys", "keys", room, of_firm, query=query)
    await bot.call("PUT", "room_keys", "keys", room, of_firm, query=query, body=sessions[of_club])
    await bot.close()
    async with live.run_app():
        await club.wait_for_text(room, "pong 7")
    assert club.texts_from(room, live.bot_id) == [f"🏓 pong {number}" for number in (1, 2, 3, 4, 5, 7)]
    assert "1 sessions in the key backup" in caplog.text


async def test_a_homeserver_without_key_backups_is_told_of_and_hinders_nothing(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    proxy.add_rule(Rule(refused(404, "M_UNRECOGNIZED"), path="/room_keys/"))
    room, (club,) = await create_encrypted_room(live, "klub")
    async with live.run_app() as app:
        await club.wait_for_membership(room, live.bot_id, "join")
        await club.ping(room, "1")
        await proxy.wait_until_requested("/room_keys/version", 2)
        await club.ping(room, "2")
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while "key backup" not in app.health.warnings:  # nothing signals a warning
                await club.ping(room, "3")


async def test_without_an_encrypted_room_nothing_is_backed_up(live: LiveSetup, proxy: FaultProxy) -> None:
    live.passphrase = "fire heste på en mark"
    club = await live.add_user("klub")
    room = await live.create_room(club)
    async with live.run_app():
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
        await asyncio.sleep(1.5)
    assert proxy.find_requests("/room_keys/") == []
