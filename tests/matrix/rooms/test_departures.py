"""People leave a real room: the other party is told once, however they left and whether or not the bot ran."""

import pytest
from live_setup import LiveSetup, MatrixUser

from bot.matrix.sync import sync_loop

BOOK = "!book bane 1 slåning fredag kl. 14"
DEPARTURE = "er ikke længere i rummet"


async def act(user: MatrixUser, action: str, room: str, **body: object) -> None:
    await user.client.call("POST", "rooms", room, action, body=body)


async def departures_after_ping(user: MatrixUser, room: str, bot: str, number: int) -> list[str]:
    """Return the messages that somebody left, once the bot has read everything until now."""
    await user.say(room, f"!ping {number}")
    await user.wait_for_text(room, f"pong {number}")
    return [body for body in user.texts_from(room, bot) if DEPARTURE in body]


async def test_told_once_of_somebody_who_left_came_back_and_was_removed(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    room = await live.create_room(club, firm)
    async with live.run_app():
        await firm.say(room, "!ping")
        await club.say(room, BOOK)
        card = await club.wait_for_text(room, "📋 Aftale 1")
        await act(firm, "leave", room)
        notice = await club.wait_for_text(room, DEPARTURE)
        assert notice["content"]["body"].startswith("🚪 Nummer 2 er ikke længere i rummet. Nummer 1,")
        assert notice["content"]["m.relates_to"]["event_id"] == card["event_id"]
        assert notice["content"]["m.mentions"] == {"user_ids": [club.user_id]}
        await firm.join(room)
        assert len(await departures_after_ping(club, room, live.bot_id, 1)) == 1
        await act(club, "kick", room, user_id=firm.user_id)
        assert len(await departures_after_ping(club, room, live.bot_id, 2)) == 2


async def test_a_new_name_and_a_declined_invitation_are_no_departures(live: LiveSetup) -> None:
    club, firm, guest = [await live.add_user(name) for name in ("klub", "firma", "gaest")]
    room = await live.create_room(club, guest, firm)
    async with live.run_app():
        await club.say(room, BOOK)
        await club.wait_for_text(room, "📋 Aftale 1")
        await firm.client.call("PUT", "profile", firm.user_id, "displayname", body={"displayname": "Grøn"})
        stranger = await live.add_user("ukendt")
        await act(club, "invite", room, user_id=stranger.user_id)
        await act(stranger, "leave", room)
        await act(guest, "leave", room)  # has nothing open
        assert await departures_after_ping(club, room, live.bot_id, 1) == []


@pytest.mark.parametrize("timeline_limit", [50, 3], ids=["in a sync", "behind a gap"])
async def test_told_of_somebody_who_left_while_the_bot_was_off(
    live: LiveSetup, timeline_limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    room = await live.create_room(club, firm)
    async with live.run_app():
        await club.say(room, BOOK)
        await club.wait_for_text(room, "📋 Aftale 1")
    await act(firm, "leave", room)
    for number in range(6):
        await club.say(room, f"snak {number}")
    monkeypatch.setattr(sync_loop, "TIMELINE_LIMIT", timeline_limit)
    for number in range(2):
        async with live.run_app():
            assert len(await departures_after_ping(club, room, live.bot_id, number)) == 1


async def test_a_deactivated_account_has_left(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    room = await live.create_room(club, firm)
    async with live.run_app():
        await club.say(room, BOOK)
        await club.wait_for_text(room, "📋 Aftale 1")
        name = firm.user_id[1:].partition(":")[0]
        auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name}, "password": "hemmelig"}
        await firm.client.call("POST", "account", "deactivate", body={"auth": auth})
        await club.wait_for_text(room, DEPARTURE)


async def test_a_firm_of_two_people_has_left_with_the_second(live: LiveSetup) -> None:
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
        await act(firm, "leave", room)
        assert await departures_after_ping(club, room, live.bot_id, 1) == []
        await act(foreman, "leave", room)
        assert len(await departures_after_ping(club, room, live.bot_id, 2)) == 1
