"""What people wrote rings at nobody's door, by the push rules of a real homeserver, though the bot may ring at all."""

from live_setup import LiveSetup, MatrixUser


async def rung_at(neighbour: MatrixUser, room: str) -> list[str]:
    """Whose messages in a room the homeserver would ring at somebody's door for."""
    answer = await neighbour.client.call("GET", "notifications", query={"only": "highlight", "limit": "50"})
    return [one["event"]["sender"] for one in answer["notifications"] if one["room_id"] == room]


async def test_a_reason_with_everybody_in_it_rings_at_those_alone_who_should_know(live: LiveSetup) -> None:
    resident, club, firm = await live.add_user("beboer"), await live.add_user("klub"), await live.add_user("firma")
    await live.write_files(club.user_id, firm.user_id)
    async with live.run_app():
        room = await club.join(live.alias)
        for other in (firm, resident):
            await other.join(room)
        await resident.client.call("PUT", "profile", resident.user_id, "displayname", body={"displayname": "Beboeren"})
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        await firm.wait_for_text(room, "Aftale 1")
        await club.say(room, f"!aflys 1 @room Beboeren {resident.user_id} https://matrix.to/#/{resident.user_id}")
        told = await resident.wait_for_text(room, "har aflyst")
        assert told["content"]["m.mentions"] == {"user_ids": [firm.user_id]}
        assert await rung_at(firm, room) == [live.bot_id, live.bot_id]
        assert await rung_at(resident, room) == [club.user_id]  # what the club itself wrote does: names in a body count
