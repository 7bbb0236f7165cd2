"""The whole program in encrypted rooms on a real homeserver, with another client than the bot's."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from encrypted_user import ENCRYPTION_EVENT, EncryptedUser, add_encrypted_user, create_encrypted_room
from live_setup import TIMEOUT_SECONDS, Event, LiveSetup, book_and_counter
from sqlalchemy import text

from bot.matrix import room_encryption
from bot.matrix.crypto import outbound_session, undecrypted
from bot.store.database.transaction import Store

pytestmark = pytest.mark.usefixtures("fast_key_derivation")

ROOT = Path(__file__).parents[3]


async def wait_for_bot(live: LiveSetup, room: str, *people: EncryptedUser) -> None:
    """Wait until everybody has seen that the bot joined."""
    for person in people:
        await person.wait_for_event(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == live.bot_id)


async def test_a_booking_is_made_countered_and_agreed(live: LiveSetup) -> None:
    room, (club, firm) = await create_encrypted_room(live, "klub", "firma")
    async with live.run_app():
        await wait_for_bot(live, room, club)
        card = await book_and_counter(room, club, firm)
        await club.tap(room, "✅", card["event_id"])
        agreed = await firm.wait_for_text(room, "✅ Aftalt")
        assert agreed["content"]["m.relates_to"]["event_id"] == card["event_id"]
        assert (club.retry_decryption(room), firm.retry_decryption(room)) == ([], [])
        event: Event = await club.client.call("GET", "rooms", room, "event", agreed["event_id"])
        assert event["type"] == "m.room.encrypted"
        assert event["content"].keys() == {
            "algorithm", "ciphertext", "device_id", "m.relates_to", "sender_key", "session_id",
        }  # fmt: skip


async def test_a_room_that_the_bot_creates_is_encrypted_from_the_start(live: LiveSetup) -> None:
    club = await add_encrypted_user(live, "klub")
    await live.write_files(club.user_id, more="encrypted: true")
    async with live.run_app():
        room = await club.join(live.alias)
        assert (await club.state(room))["m.room.encryption", ""][1] == ENCRYPTION_EVENT["content"]
        assert (await club.ping(room, "her"))["type"] == "m.room.encrypted"


async def test_after_a_restart_the_bot_decrypts_with_the_keys_it_was_given_before(live: LiveSetup) -> None:
    room, (club,) = await create_encrypted_room(live, "klub")
    async with live.run_app():
        await wait_for_bot(live, room, club)
        first = await club.ping(room, "1")
    session = club.nio_client.olm.outbound_group_sessions[room].id
    await club.say(room, "!ping 2")
    async with live.run_app() as app:
        await club.wait_for_text(room, "pong 2")
        last = await club.ping(room, "3")
        store = Store(app.settings.database)
        async with store.read() as connection:
            stored = [*await connection.execute(text("SELECT payload, content FROM inbox, outbox"))]
        await store.close()
    assert stored
    assert [word for word in ("!ping", "pong") if word in str(stored)] == []
    assert club.nio_client.olm.outbound_group_sessions[room].id == session
    assert last["content"]["sender_key"] == first["content"]["sender_key"]
    assert last["content"]["session_id"] != first["content"]["session_id"]  # no index is ever used twice


async def test_a_new_member_reads_from_then_on_and_a_former_member_does_not(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound_session, "LATE_KEY_SECONDS", 2.0)
    room, (club, firm) = await create_encrypted_room(live, "klub", "firma")
    async with live.run_app():
        await wait_for_bot(live, room, club, firm)
        first = await club.ping(room, "1")
        await asyncio.sleep(2.1)  # until then somebody may have joined before the message without the bot knowing
        late = await add_encrypted_user(live, "ny")
        await late.join(room)
        await club.wait_for_event(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == late.user_id)
        second = await club.ping(room, "2")
        assert second["content"]["session_id"] == first["content"]["session_id"]
        await late.wait_for_text(room, "pong 2")
        await firm.wait_for_text(room, "pong 2")
        assert "🏓 pong 1" not in late.texts_from(room, live.bot_id)
        await firm.client.call("POST", "rooms", room, "leave", body={})
        await club.wait_for_event(room, lambda e: e["content"].get("membership") == "leave")
        third = await club.ping(room, "3")
        assert third["content"]["session_id"] != first["content"]["session_id"]
        assert (await late.ping(room, "4"))["content"]["session_id"] == third["content"]["session_id"]


async def test_a_room_that_is_encrypted_without_its_file_saying_so_is_served_and_logged(
    live: LiveSetup, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    room, (club,) = await create_encrypted_room(live, "klub", more="")
    async with live.run_app():
        await wait_for_bot(live, room, club)
        assert (await club.ping(room, "her"))["type"] == "m.room.encrypted"
    assert f"{room} is encrypted, though" in caplog.text


async def test_in_a_room_that_is_encrypted_later_the_bot_encrypts_from_then_on(live: LiveSetup) -> None:
    room, (club,) = await create_encrypted_room(live, "klub", state=(), more="")
    async with live.run_app():
        assert (await club.ping(room, "før"))["type"] == "m.room.message"
        path = ("rooms", room, "state", "m.room.encryption", "")
        await club.client.call("PUT", *path, body=ENCRYPTION_EVENT["content"])
        await club.wait_for_event(room, lambda e: e["type"] == "m.room.encryption")
        plain = Event(msgtype="m.text", body="!ping åbent")
        await club.client.call("PUT", "rooms", room, "send", "m.room.message", "1", body=plain)
        answer = await club.wait_for_text(room, "pong åbent")
        assert (await club.client.call("GET", "rooms", room, "event", answer["event_id"]))["type"] == "m.room.encrypted"
        assert (await club.ping(room, "efter"))["type"] == "m.room.encrypted"
        await club.client.call("PUT", *path, body={})  # the homeserver accepts this; the bot does not
        assert (await club.ping(room, "stadig"))["type"] == "m.room.encrypted"


async def test_a_room_is_encrypted_when_its_file_says_so_later_and_silent_until_then(live: LiveSetup) -> None:
    room, (club,) = await create_encrypted_room(live, "klub", state=(), more="")
    async with live.run_app():
        await club.ping(room, "før")
    await live.write_files(club.user_id, more="encrypted: true")
    async with live.run_app() as app:
        await club.say(room, "!ping efter")  # the bot may not turn on encryption here
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while app.health.communities[live.community_key] is None:  # noqa: ASYNC110  # nothing signals a change of health
                await asyncio.sleep(0.05)
        await club.client.call("PUT", "rooms", room, "state", "m.room.encryption", "", body=ENCRYPTION_EVENT["content"])
        await club.wait_for_text(room, "pong efter")
        assert app.health.communities == {live.community_key: None}
    sent = [e for e in await events_of(club, room) if e["sender"] == live.bot_id and e["type"] == "m.room.message"]
    assert [event["content"]["body"] for event in sent] == ["🏓 pong før"]


async def events_of(person: EncryptedUser, room: str) -> list[Event]:
    query = {"dir": "f", "limit": "200"}
    chunk: list[Event] = (await person.client.call("GET", "rooms", room, "messages", query=query))["chunk"]
    return chunk


async def test_a_message_whose_key_comes_late_is_handled_then_and_once(live: LiveSetup) -> None:
    room, (club,) = await create_encrypted_room(live, "klub")
    async with live.run_app():
        await wait_for_bot(live, room, club)
        await club.ping(room, "1")
        key = await club.start_withheld_session(room)
        await club.say(room, "!ping 2")
        await club.say(room, "!ping 3")
        path = ("rooms", room, "send", "m.room.message", "plain")
        await club.client.call("PUT", *path, body=Event(msgtype="m.text", body="!ping 4"))
        await club.wait_for_text(room, "pong 4")
    async with live.run_app():  # the message is kept over a restart
        await club.share_withheld_key(room, key, live.bot_id)
        await club.wait_for_text(room, "pong 3")
        await club.ping(room, "5")
    assert club.texts_from(room, live.bot_id) == [f"🏓 pong {number}" for number in (1, 4, 2, 3, 5)]


async def test_the_sender_of_an_undecrypted_message_is_asked_once(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecrypted, "ASK_AFTER", timedelta(seconds=1))
    monkeypatch.setattr(room_encryption, "UNDECRYPTED_CHECK_SECONDS", 0.2)
    room, (club, firm) = await create_encrypted_room(live, "klub", "firma")
    async with live.run_app():
        await wait_for_bot(live, room, club, firm)
        await club.ping(room, "1")
        await club.send(room, "m.sticker", {"body": "en ko", "url": "mxc://bylaug.example/ko"})  # is not for the bot
        key = await club.start_withheld_session(room)
        unreadable = await club.say(room, "!ping 2")
        question = await club.wait_for_text(room, "Jeg kunne ikke læse det")
        assert question["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": unreadable}}
        await club.say(room, "!ping 3")
        await firm.ping(room, "4")
        await club.share_withheld_key(room, key, live.bot_id)
        await club.wait_for_text(room, "pong 3")  # nobody is asked about later messages, and they are kept
        await club.ping(room, "5")
        await club.start_withheld_session(room)
        again = await club.say(room, "!ping 6")
        await club.wait_for_event(
            room, lambda e: again in str(e["content"].get("m.relates_to")) and e["sender"] == live.bot_id
        )
    answers = [body.split(",")[0] for body in club.texts_from(room, live.bot_id)]
    question_text = "Jeg kunne ikke læse det"
    assert answers == ["🏓 pong 1", question_text, "🏓 pong 4", "🏓 pong 3", "🏓 pong 5", question_text]


async def test_a_sender_who_cannot_be_read_is_asked_again_after_a_day_and_the_administrator_is_told(
    live: LiveSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecrypted, "ASK_AFTER", timedelta(seconds=0.2))
    monkeypatch.setattr(undecrypted, "ASK_AGAIN_AFTER", timedelta(seconds=1))
    monkeypatch.setattr(room_encryption, "UNDECRYPTED_CHECK_SECONDS", 0.2)
    room, (club,) = await create_encrypted_room(live, "klub")
    async with live.run_app() as app:
        await wait_for_bot(live, room, club)
        key = await club.start_withheld_session(room)
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "Jeg kunne ikke læse det")
        assert f"{club.user_id} in {room}" in app.health.warnings["undecrypted"]
    async with live.run_app() as app:  # as of when they were asked is known after a restart
        later = await club.say(room, "!ping 2")
        await club.wait_for_event(room, lambda e: later in str(e["content"].get("m.relates_to")))
        await club.share_withheld_key(room, key, live.bot_id)
        await club.ping(room, "3")
        assert "undecrypted" not in app.health.warnings
    assert [body[:6] for body in club.texts_from(room, live.bot_id)] == ["Jeg ku", "Jeg ku", "🏓 pong"]


async def test_a_sender_whose_app_wants_the_bot_verified_is_told_so_at_once(live: LiveSetup) -> None:
    room, (club,) = await create_encrypted_room(live, "klub")
    async with live.run_app():
        await wait_for_bot(live, room, club)
        await club.ping(room, "1")
        await club.start_withheld_session(room)
        unreadable = await club.say(room, "!ping 2")
        await club.withhold_key(room, live.bot_id)
        told = await club.wait_for_text(room, "kun nøglen til dem, du har bekræftet")
        assert told["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": unreadable}}


def test_nothing_of_encryption_is_loaded_before_there_is_an_encrypted_room() -> None:
    names = "[name for name in sys.modules if name.startswith(('bot.matrix.crypto', 'nio'))]"
    program = f"import bot.app, sys; print({names})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"
