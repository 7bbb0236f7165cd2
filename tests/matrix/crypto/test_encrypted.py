"""The whole program in encrypted rooms on a real homeserver, with clients that are not ours."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from neighbours import PATIENCE, Event, Street, booked_and_countered
from secret_neighbour import ENCRYPTION, SecretNeighbour, move_in, settle

from bot.matrix import room_encryption
from bot.matrix.crypto import encrypt, undecrypted

ROOT = Path(__file__).parents[3]


async def arrived(street: Street, room: str, *people: SecretNeighbour) -> None:
    """Everybody knows that the bot is there."""
    for person in people:
        await person.hear(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == street.bot)


async def asked(person: SecretNeighbour, room: str, what: str) -> Event:
    """The answer to !ping, from the homeserver as it lies there; that it can be read was seen first."""
    await person.say(room, f"!ping {what}")
    heard = await person.hear_body(room, f"pong {what}")
    lies: Event = await person.client.call("GET", "rooms", room, "event", heard["event_id"])
    return lies


async def test_a_booking_is_made_countered_and_agreed_in_secret(street: Street) -> None:
    room, (club, firm) = await settle(street, "klub", "firma")
    async with street.running():
        await arrived(street, room, club)
        card = await booked_and_countered(room, club, firm)
        await club.tap(room, "✅", card["event_id"])
        agreed = await firm.hear_body(room, "✅ Aftalt")
        assert agreed["content"]["m.relates_to"]["event_id"] == card["event_id"]
        assert (club.look_again(room), firm.look_again(room)) == ([], [])
        lies: Event = await club.client.call("GET", "rooms", room, "event", agreed["event_id"])
        assert lies["type"] == "m.room.encrypted"
        assert lies["content"].keys() == {
            "algorithm", "ciphertext", "device_id", "m.relates_to", "sender_key", "session_id",
        }  # fmt: skip


async def test_a_room_that_the_bot_makes_is_encrypted_from_the_start(street: Street) -> None:
    club = await move_in(street, "klub")
    await street.write_files(club.user_id, more="encrypted: true")
    async with street.running():
        room = await club.join(street.alias)
        assert (await club.state(room))["m.room.encryption", ""][1] == ENCRYPTION["content"]
        assert (await asked(club, room, "her"))["type"] == "m.room.encrypted"


async def test_a_restart_reads_with_the_keys_it_was_given_before(street: Street) -> None:
    room, (club,) = await settle(street, "klub")
    async with street.running():
        await arrived(street, room, club)
        first = await asked(club, room, "1")
    session = club.secret.olm.outbound_group_sessions[room].id
    await club.say(room, "!ping 2")
    async with street.running():
        await club.hear_body(room, "pong 2")
        last = await asked(club, room, "3")
    assert club.secret.olm.outbound_group_sessions[room].id == session
    assert last["content"]["sender_key"] == first["content"]["sender_key"]
    assert last["content"]["session_id"] != first["content"]["session_id"]  # no index is ever used twice


async def test_whoever_joins_reads_from_then_on_and_whoever_leaves_does_not(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encrypt, "LATE_KEY_SECONDS", 2.0)
    room, (club, firm) = await settle(street, "klub", "firma")
    async with street.running():
        await arrived(street, room, club, firm)
        first = await asked(club, room, "1")
        await asyncio.sleep(2.1)  # for a moment it may be that somebody came before it, and was not known of
        late = await move_in(street, "ny")
        await late.join(room)
        await club.hear(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == late.user_id)
        second = await asked(club, room, "2")
        assert second["content"]["session_id"] == first["content"]["session_id"]
        await late.hear_body(room, "pong 2")
        await firm.hear_body(room, "pong 2")
        assert "🏓 pong 1" not in late.bodies(room, street.bot)
        await firm.client.call("POST", "rooms", room, "leave", body={})
        await club.hear(room, lambda e: e["content"].get("membership") == "leave")
        third = await asked(club, room, "3")
        assert third["content"]["session_id"] != first["content"]["session_id"]
        assert (await asked(late, room, "4"))["content"]["session_id"] == third["content"]["session_id"]


async def test_a_room_that_is_encrypted_without_its_file_saying_so_is_served_and_named(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    room, (club,) = await settle(street, "klub", more="")
    async with street.running():
        await arrived(street, room, club)
        assert (await asked(club, room, "her"))["type"] == "m.room.encrypted"
    assert f"{room} is encrypted, though" in caplog.text


async def test_a_room_that_is_encrypted_later_goes_on_in_secret(street: Street) -> None:
    room, (club,) = await settle(street, "klub", state=(), more="")
    async with street.running():
        assert (await asked(club, room, "før"))["type"] == "m.room.message"
        path = ("rooms", room, "state", "m.room.encryption", "")
        await club.client.call("PUT", *path, body=ENCRYPTION["content"])
        await club.hear(room, lambda e: e["type"] == "m.room.encryption")
        plain = Event(msgtype="m.text", body="!ping åbent")
        await club.client.call("PUT", "rooms", room, "send", "m.room.message", "1", body=plain)
        opened = await club.hear_body(room, "pong åbent")
        assert (await club.client.call("GET", "rooms", room, "event", opened["event_id"]))["type"] == "m.room.encrypted"
        assert (await asked(club, room, "efter"))["type"] == "m.room.encrypted"
        await club.client.call("PUT", *path, body={})  # the homeserver lets it; we do not
        assert (await asked(club, room, "stadig"))["type"] == "m.room.encrypted"


async def test_a_room_is_encrypted_when_its_file_says_so_later_and_silent_until_then(street: Street) -> None:
    room, (club,) = await settle(street, "klub", state=(), more="")
    async with street.running():
        await asked(club, room, "før")
    await street.write_files(club.user_id, more="encrypted: true")
    async with street.running() as app:
        await club.say(room, "!ping efter")  # the bot may not turn it on here
        async with asyncio.timeout(PATIENCE):
            while app.health.communities[street.key] is None:  # noqa: ASYNC110  # the watch has no event to wait for
                await asyncio.sleep(0.05)
        await club.client.call("PUT", "rooms", room, "state", "m.room.encryption", "", body=ENCRYPTION["content"])
        await club.hear_body(room, "pong efter")
        assert app.health.communities == {street.key: None}
    sent = [e for e in await events_of(club, room) if e["sender"] == street.bot and e["type"] == "m.room.message"]
    assert [event["content"]["body"] for event in sent] == ["🏓 pong før"]


async def events_of(person: SecretNeighbour, room: str) -> list[Event]:
    query = {"dir": "f", "limit": "200"}
    chunk: list[Event] = (await person.client.call("GET", "rooms", room, "messages", query=query))["chunk"]
    return chunk


async def test_a_message_whose_key_comes_late_is_handled_then_and_once(street: Street) -> None:
    room, (club,) = await settle(street, "klub")
    async with street.running():
        await arrived(street, room, club)
        await asked(club, room, "1")
        key = await club.withhold(room)
        await club.say(room, "!ping 2")
        await club.say(room, "!ping 3")
        path = ("rooms", room, "send", "m.room.message", "plain")
        await club.client.call("PUT", *path, body=Event(msgtype="m.text", body="!ping 4"))
        await club.hear_body(room, "pong 4")
    async with street.running():  # it is kept over a restart
        await club.hand_over(room, key, street.bot)
        await club.hear_body(room, "pong 3")
        await asked(club, room, "5")
    assert club.bodies(room, street.bot) == [f"🏓 pong {number}" for number in (1, 4, 2, 3, 5)]


async def test_the_sender_of_what_stays_unreadable_is_asked_once(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecrypted, "ASK_AFTER", timedelta(seconds=1))
    monkeypatch.setattr(room_encryption, "UNDECRYPTED_CHECK_SECONDS", 0.2)
    room, (club, firm) = await settle(street, "klub", "firma")
    async with street.running():
        await arrived(street, room, club, firm)
        await asked(club, room, "1")
        key = await club.withhold(room)
        lost = await club.say(room, "!ping 2")
        told = await club.hear_body(room, "Jeg kunne ikke læse det")
        assert told["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": lost}}
        await club.say(room, "!ping 3")
        await asked(firm, room, "4")
        await club.hand_over(room, key, street.bot)
        await club.hear_body(room, "pong 3")  # for what came after there was nothing to be asked, and it was kept
        await asked(club, room, "5")
        await club.withhold(room)
        again = await club.say(room, "!ping 6")
        await club.hear(room, lambda e: again in str(e["content"].get("m.relates_to")) and e["sender"] == street.bot)
    answers = [body.split(",")[0] for body in club.bodies(room, street.bot)]
    unread = "Jeg kunne ikke læse det"
    assert answers == ["🏓 pong 1", unread, "🏓 pong 4", "🏓 pong 3", "🏓 pong 5", unread]


def test_nothing_of_encryption_is_loaded_before_there_is_an_encrypted_room() -> None:
    loaded = "import bot.app, sys; print([name for name in sys.modules if name.startswith('bot.matrix.crypto')])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"
