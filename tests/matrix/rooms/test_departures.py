"""People leave a real room: the other party is told once, whatever way they went and whether the bot was there."""

import pytest
from live_setup import LiveSetup, MatrixUser

from bot.matrix.sync import sync_loop

BOOK = "!book bane 1 slåning fredag kl. 14"
GONE = "er ikke længere i rummet"


async def do(who: MatrixUser, what: str, room: str, **body: object) -> None:
    await who.client.call("POST", "rooms", room, what, body=body)


async def gone_after_ping(who: MatrixUser, room: str, bot: str, number: int) -> list[str]:
    """Who was said to be gone, once the bot has heard of everything until now."""
    await who.say(room, f"!ping {number}")
    await who.wait_for_text(room, f"pong {number}")
    return [body for body in who.texts_from(room, bot) if GONE in body]


async def test_told_once_of_somebody_who_left_came_back_and_was_removed(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    room = await live.create_room(club, firm)
    async with live.run_app():
        await firm.say(room, "!ping")
        await club.say(room, BOOK)
        card = await club.wait_for_text(room, "📋 Aftale 1")
        await do(firm, "leave", room)
        told = await club.wait_for_text(room, GONE)
        assert told["content"]["body"].startswith("🚪 Nummer 2 er ikke længere i rummet. Nummer 1,")
        assert told["content"]["m.relates_to"]["event_id"] == card["event_id"]
        assert told["content"]["m.mentions"] == {"user_ids": [club.user_id]}
        await firm.join(room)
        assert len(await gone_after_ping(club, room, live.bot_id, 1)) == 1
        await do(club, "kick", room, user_id=firm.user_id)
        assert len(await gone_after_ping(club, room, live.bot_id, 2)) == 2


async def test_a_new_name_and_a_declined_invitation_are_no_leaving(live: LiveSetup) -> None:
    club, firm, guest = [await live.add_user(name) for name in ("klub", "firma", "gaest")]
    room = await live.create_room(club, guest, firm)
    async with live.run_app():
        await club.say(room, BOOK)
        await club.wait_for_text(room, "📋 Aftale 1")
        await firm.client.call("PUT", "profile", firm.user_id, "displayname", body={"displayname": "Grøn"})
        stranger = await live.add_user("ukendt")
        await do(club, "invite", room, user_id=stranger.user_id)
        await do(stranger, "leave", room)
        await do(guest, "leave", room)  # has nothing open
        assert await gone_after_ping(club, room, live.bot_id, 1) == []


@pytest.mark.parametrize("at_once", [50, 3], ids=["at once", "behind a gap"])
async def test_told_of_somebody_who_left_while_the_bot_was_off(
    live: LiveSetup, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    room = await live.create_room(club, firm)
    async with live.run_app():
        await club.say(room, BOOK)
        await club.wait_for_text(room, "📋 Aftale 1")
    await do(firm, "leave", room)
    for number in range(6):
        await club.say(room, f"snak {number}")
    monkeypatch.setattr(sync_loop, "TIMELINE_LIMIT", at_once)
    for number in range(2):
        async with live.run_app():
            assert len(await gone_after_ping(club, room, live.bot_id, number)) == 1


async def test_an_account_that_is_closed_has_left(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    room = await live.create_room(club, firm)
    async with live.run_app():
        await club.say(room, BOOK)
        await club.wait_for_text(room, "📋 Aftale 1")
        name = firm.user_id[1:].partition(":")[0]
        proof = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name}, "password": "hemmelig"}
        await firm.client.call("POST", "account", "deactivate", body={"auth": proof})
        await club.wait_for_text(room, GONE)


async def test_a_firm_of_two_has_left_with_the_second(live: LiveSetup) -> None:
    club, firm, foreman = [await live.add_user(name) for name in ("klub", "firma", "formand")]
    room = await live.create_room(club, firm)
    await foreman.join(room)
    file = live.folder / "rooms" / f"{live.community_key}.yaml"
    handle = firm.user_id[1:].partition(":")[0]
    both = f'  {handle}:\n    matrix: ["{firm.user_id}", "{foreman.user_id}"]\n'
    file.write_text(file.read_text("utf-8").replace(f"  {handle}:\n", both), "utf-8")
    async with live.run_app():
        await club.say(room, BOOK)
        await club.wait_for_text(room, "📋 Aftale 1")
        await do(firm, "leave", room)
        assert await gone_after_ping(club, room, live.bot_id, 1) == []
        await do(foreman, "leave", room)
        assert len(await gone_after_ping(club, room, live.bot_id, 2)) == 1
