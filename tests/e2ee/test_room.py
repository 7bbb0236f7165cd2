"""The whole program in an encrypted room with people whose client is matrix-js-sdk: killed, restarted and replaced."""

import asyncio
from collections.abc import Callable

from bot_process import BotProcess
from js_client import TIMEOUT_SECONDS, Event, JsClient, StartClient, verify
from live_setup import PASSPHRASE, LiveSetup


async def start_people(live: LiveSetup, start_client: StartClient, *names: str) -> list[JsClient]:
    """Start clients with identities that give keys only to devices that their owner signed; the last is the firm."""

    async def log_in(name: str) -> JsClient:
        account, person = await live.register_account(name), await start_client(name)
        await person.log_in(live.homeserver.url, account.user_id, "hemmelig")
        await person.do("trust", only="signed")
        return person

    people = await asyncio.gather(*map(log_in, names))
    await live.write_files(*(person.user_id for person in people), more="encrypted: true")
    return people


async def join_all(live: LiveSetup, *people: JsClient) -> str:
    """Let everybody join the room that the bot creates, and return its id."""
    room = ""
    for person in people:
        invitation = await person.wait_for_event(lambda e: e["type"] == "invitation")
        room = await person.do("join", room=invitation["room_id"])
        await person.wait_for_event(lambda e: e["type"] == "m.room.encryption" or e.get("encrypted") is True)
    return room


def is_edit(card: Event, part: str) -> Callable[[Event], bool]:
    """Return whether an event is an edit of the card with these words in it, as a function."""
    relation = {"rel_type": "m.replace", "event_id": card["event_id"]}
    return lambda e: e.get("content", {}).get("m.relates_to") == relation and part in e["content"]["body"]


def find_unreadable(person: JsClient, sender: str) -> list[Event]:
    """Return the events of a sender that this client cannot decrypt, or warns of."""
    latest = {event["event_id"]: event for event in person.events if event.get("sender") == sender}
    return [e for e in latest.values() if e["failure"] or (e["encrypted"] and e["shield"] != "NONE")]


async def test_a_booking_is_agreed_while_the_bot_is_killed(live: LiveSetup, start_client: StartClient) -> None:
    club, firm = await start_people(live, start_client, "klub", "firma")
    async with BotProcess(live.folder / "config.yaml", PASSPHRASE) as bot:
        room = await join_all(live, club, firm)
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        card = await firm.wait_for_text("📋 Aftale 1: slåning af bane 1", live.bot_id)
        assert (card["encrypted"], card["failure"], card["shield"]) == (True, None, "NONE")
        assert card["content"]["m.mentions"] == {"user_ids": [firm.user_id]}
        await bot.kill()
        thread = {"rel_type": "m.thread", "event_id": card["event_id"], "is_falling_back": True}
        await firm.say(room, "kl. 9 passer bedre", **{"m.relates_to": thread})
        await bot.start()
        await club.wait_for_event(is_edit(card, "nyt forslag"))
        reply = await club.wait_for_event(lambda e: "m.thread" in str(e.get("content")) and e["sender"] == live.bot_id)
        assert reply["content"]["m.relates_to"]["event_id"] == card["event_id"]
        await club.tap(room, "✅", card["event_id"])
        for person in (club, firm):
            await person.wait_for_event(is_edit(card, "Aftalt mellem"))
            await person.wait_for_text("✅ Aftalt: slåning", live.bot_id)
        assert find_unreadable(club, live.bot_id) == find_unreadable(firm, live.bot_id) == []


async def test_the_administrators_client_reads_with_the_key_backup_of_the_bot(
    live: LiveSetup, start_client: StartClient
) -> None:
    club, _ = await start_people(live, start_client, "klub", "firma")
    async with BotProcess(live.folder / "config.yaml", PASSPHRASE) as bot:
        room = await join_all(live, club)
        await club.say(room, "!ping før")
        await club.wait_for_text("pong før", live.bot_id)
        await bot.wait_for_output("backed up on the homeserver from now on")
        administrator = await start_client("administrator")
        await administrator.log_in(live.homeserver.url, live.bot_id, "adgangskode", unlock=PASSPHRASE)
        await administrator.wait_for_event(lambda e: e.get("sender") == club.user_id and e.get("failure") is not None)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not (restored := await administrator.do("restore_backup"))["imported"]:  # noqa: ASYNC110
                await asyncio.sleep(0.5)  # the bot uploads the key a moment after it has made the backup
        assert restored == {"trusted": True, "imported": 1, "total": 1}
        await administrator.wait_for_text("!ping før", club.user_id)


async def test_a_verified_bot_stays_verified_when_its_device_is_replaced(
    live: LiveSetup, start_client: StartClient
) -> None:
    club, firm = await start_people(live, start_client, "klub", "firma")
    async with BotProcess(live.folder / "config.yaml", PASSPHRASE) as bot:
        room = await join_all(live, club, firm)
        await club.wait_for_text("Velkommen til landsbyen!", live.bot_id)
        administrator = await start_client("administrator")
        await administrator.log_in(live.homeserver.url, live.bot_id, "adgangskode", unlock=PASSPHRASE)
        await verify(administrator, club)
        before = await club.wait_for_trust(live.bot_id, lambda trust: trust["verified"] and len(trust["devices"]) == 2)
        both = {"signed": True, "verified": True}
        devices = before["devices"].keys()
        assert list(before["devices"].values()) == [both, both]
        await club.do("trust", only="verified")
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        await club.wait_for_text("📋 Aftale 1: slåning af bane 1", live.bot_id)

        await bot.kill()
        code, output = await bot.run_command("keys", "replace")
        assert (code, "is logged out" in output) == (0, True), output
        await bot.start()
        after = await club.wait_for_trust(
            live.bot_id, lambda trust: trust["devices"].keys() != before["devices"].keys()
        )
        assert (after["verified"], after["changed"], list(after["devices"].values())) == (True, False, [both, both])
        assert len(devices & after["devices"].keys()) == 1
        await club.say(room, "!aflys 1 regnvejr")
        await firm.wait_for_text("Aflyst", live.bot_id)
        assert find_unreadable(club, live.bot_id) == find_unreadable(firm, live.bot_id) == []
        assert "giving up" not in bot.output
