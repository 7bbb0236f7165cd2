"""Words of people that the bot quotes notify nobody, by the push rules of a real homeserver; its own mentions do."""

from live_setup import LiveSetup, MatrixUser


async def highlight_senders(user: MatrixUser, room: str) -> list[str]:
    """Return the senders of the messages in a room that the homeserver notifies a user of."""
    answer = await user.client.call("GET", "notifications", query={"only": "highlight", "limit": "50"})
    return [entry["event"]["sender"] for entry in answer["notifications"] if entry["room_id"] == room]


async def test_a_reason_that_names_everybody_notifies_only_the_parties(live: LiveSetup) -> None:
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
        cancellation = await resident.wait_for_text(room, "har aflyst")
        assert cancellation["content"]["m.mentions"] == {"user_ids": [firm.user_id]}
        assert await highlight_senders(firm, room) == [live.bot_id, live.bot_id]
        assert await highlight_senders(resident, room) == [club.user_id]  # for its own message: names in a body count
