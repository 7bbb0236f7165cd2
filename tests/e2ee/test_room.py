"""The whole bot in an encrypted room with people whose client is matrix-js-sdk: killed, restarted and replaced."""

import asyncio
from collections.abc import Callable

from element import Arrive, Element, Event, verify
from live_setup import PASSPHRASE, LiveSetup
from process import Process


async def settle(live: LiveSetup, arrive: Arrive, *names: str) -> list[Element]:
    """People with identities of their own, who speak to devices only that their owner signed; the last is the firm."""

    async def settle_one(name: str) -> Element:
        account, person = await live.register_account(name), await arrive(name)
        await person.log_in(live.homeserver.url, account.user_id, "hemmelig")
        await person.ask("trust", only="signed")
        return person

    people = await asyncio.gather(*map(settle_one, names))
    await live.write_files(*(person.user_id for person in people), more="encrypted: true")
    return people


async def come_in(live: LiveSetup, *people: Element) -> str:
    """Everybody joins the room that the bot makes; its id."""
    room = ""
    for person in people:
        invitation = await person.hear(lambda e: e["type"] == "invitation")
        room = await person.ask("join", room=invitation["room_id"])
        await person.hear(lambda e: e["type"] == "m.room.encryption" or e.get("encrypted") is True)
    return room


def edit(card: Event, part: str) -> Callable[[Event], bool]:
    """The card with these words in it."""
    relation = {"rel_type": "m.replace", "event_id": card["event_id"]}
    return lambda e: e.get("content", {}).get("m.relates_to") == relation and part in e["content"]["body"]


def unreadable(person: Element, sender: str) -> list[Event]:
    """What somebody said that this client cannot read, or warns of, to this day."""
    latest = {event["event_id"]: event for event in person.events if event.get("sender") == sender}
    return [e for e in latest.values() if e["failure"] or (e["encrypted"] and e["shield"] != "NONE")]


async def test_a_booking_is_agreed_while_the_bot_is_killed(live: LiveSetup, arrive: Arrive) -> None:
    club, firm = await settle(live, arrive, "klub", "firma")
    async with Process(live.folder / "config.yaml") as bot:
        room = await come_in(live, club, firm)
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        card = await firm.hear_body("📋 Aftale 1: slåning af bane 1", live.bot_id)
        assert (card["encrypted"], card["failure"], card["shield"]) == (True, None, "NONE")
        assert card["content"]["m.mentions"] == {"user_ids": [firm.user_id]}
        await bot.kill()
        thread = {"rel_type": "m.thread", "event_id": card["event_id"], "is_falling_back": True}
        await firm.say(room, "kl. 9 passer bedre", **{"m.relates_to": thread})
        await bot.start()
        await club.hear(edit(card, "nyt forslag"))
        told = await club.hear(lambda e: "m.thread" in str(e.get("content")) and e["sender"] == live.bot_id)
        assert told["content"]["m.relates_to"]["event_id"] == card["event_id"]
        await club.tap(room, "✅", card["event_id"])
        for person in (club, firm):
            await person.hear(edit(card, "Aftalt mellem"))
            await person.hear_body("✅ Aftalt: slåning", live.bot_id)
        assert unreadable(club, live.bot_id) == unreadable(firm, live.bot_id) == []


async def test_a_verified_bot_stays_verified_when_its_device_is_replaced(live: LiveSetup, arrive: Arrive) -> None:
    club, firm = await settle(live, arrive, "klub", "firma")
    async with Process(live.folder / "config.yaml") as bot:
        room = await come_in(live, club, firm)
        await club.hear_body("Velkommen til landsbyen!", live.bot_id)
        caretaker = await arrive("caretaker")
        await caretaker.log_in(live.homeserver.url, live.bot_id, "adgangskode", unlock=PASSPHRASE)
        await verify(caretaker, club)
        before = await club.sees(live.bot_id, lambda seen: seen["verified"] and len(seen["devices"]) == 2)
        both = {"signed": True, "verified": True}
        assert list(before["devices"].values()) == [both, both]
        await club.ask("trust", only="verified")
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        await club.hear_body("📋 Aftale 1: slåning af bane 1", live.bot_id)

        await bot.kill()
        code, said = await bot.command("keys", "replace")
        assert (code, "is logged out" in said) == (0, True), said
        await bot.start()
        after = await club.sees(live.bot_id, lambda seen: seen["devices"].keys() != before["devices"].keys())
        assert (after["verified"], after["changed"], list(after["devices"].values())) == (True, False, [both, both])
        assert len(before["devices"].keys() & after["devices"].keys()) == 1
        await club.say(room, "!aflys 1 regnvejr")
        await firm.hear_body("Aflyst", live.bot_id)
        assert unreadable(club, live.bot_id) == unreadable(firm, live.bot_id) == []
        assert "giving up" not in bot.log
