"""Rooms on a real homeserver: created or joined as the YAML says, any number of times without harm."""

from live_setup import Event, LiveSetup, MatrixUser


async def test_a_room_is_created_with_its_name_people_and_greeting_and_a_second_start_changes_nothing(
    live: LiveSetup,
) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    await live.write_files(club.user_id, firm.user_id)
    async with live.run_app() as app:
        assert app.health.is_ready() is True
        room = await club.join(live.alias)
        assert (await club.wait_for_text(room, "Velkommen"))["sender"] == live.bot_id
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
        await club.wait_for_event(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == firm.user_id)
        before = await club.state(room)
    assert before["m.room.name", ""][1] == {"name": "Landsbyen"}
    assert before["m.room.canonical_alias", ""][1] == {"alias": live.alias}
    async with live.run_app():
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
    assert await club.state(room) == before
    assert club.texts_from(room, live.bot_id) == ["Velkommen til landsbyen!", "🏓 pong 1", "🏓 pong 2"]


async def test_an_existing_room_is_joined_without_a_greeting(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await club.create_room(room_alias_name=live.community_key)
    await live.write_files(club.user_id, club.user_id.replace("klub", "firma"), room=live.alias)
    async with live.run_app():
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong"]


async def test_a_changed_name_is_shown_at_the_next_start(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    await live.write_files(club.user_id)
    async with live.run_app():
        room = await club.join(live.alias)
    file = live.folder / "rooms" / f"{live.community_key}.yaml"
    file.write_text(file.read_text("utf-8").replace("Landsbyen", "Byen <ved> åen"), "utf-8")
    async with live.run_app():
        content = {"name": "Byen <ved> åen"}
        await club.wait_for_event(room, lambda e: e["type"] == "m.room.name" and e["content"] == content)


async def test_an_invitation_to_a_room_that_is_not_configured_is_declined_with_a_reason(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    await live.write_files(club.user_id)
    async with live.run_app():
        room = await club.create_room(preset="private_chat", invite=[live.bot_id])
        leave_event = await club.wait_for_event(
            room, lambda e: e.get("state_key") == live.bot_id and e["content"]["membership"] == "leave"
        )
        assert leave_event["content"]["reason"].startswith("Jeg er kun med i de rum")


async def test_an_invitation_from_before_the_first_start_is_declined_too(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    await live.write_files(club.user_id)
    room = await club.create_room(preset="private_chat", invite=[live.bot_id])
    async with live.run_app():
        await club.wait_for_event(
            room, lambda e: e.get("state_key") == live.bot_id and e["content"]["membership"] == "leave"
        )


async def test_a_private_room_known_by_its_id_is_joined_when_the_bot_is_invited(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await club.create_room(preset="private_chat")
    await live.write_files(club.user_id, room=room)
    async with live.run_app() as app:
        assert app.health.is_ready() is False
        assert room in str(app.health.communities[live.community_key])
        await club.client.call("POST", "rooms", room, "invite", body={"user_id": live.bot_id})
        await club.wait_for_event(
            room, lambda e: e.get("state_key") == live.bot_id and e["content"]["membership"] == "join"
        )
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")
        assert app.health.is_ready() is True


async def test_kicked_and_invited_again_it_rejoins(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await live.create_room(club)
    async with live.run_app() as app:
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
        await club.client.call("POST", "rooms", room, "kick", body={"user_id": live.bot_id})
        await club.client.call("POST", "rooms", room, "invite", body={"user_id": live.bot_id})
        await club.wait_for_event(
            room, lambda e: e.get("state_key") == live.bot_id and e["content"]["membership"] == "leave"
        )
        await _wait_for_rejoin(club, room, live.bot_id)
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
        assert app.health.is_ready() is True


async def _wait_for_rejoin(user: MatrixUser, room: str, bot: str) -> None:
    memberships: list[str] = []

    def has_rejoined(event: Event) -> bool:
        if event.get("state_key") == bot:
            memberships.append(event["content"]["membership"])
        return memberships[-1:] == ["join"] and "leave" in memberships

    await user.wait_for_event(room, has_rejoined)


async def test_a_room_for_one_homeserver_is_closed_to_others(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    server = club.user_id.partition(":")[2]
    await live.write_files(club.user_id, firm.user_id, more=f"servers: {server}")
    async with live.run_app():
        room = await club.join(live.alias)
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
        state = await club.state(room)
    assert state["m.room.create", ""][1]["m.federate"] is False
    assert state["m.room.server_acl", ""][1] == {"allow": [server], "deny": [], "allow_ip_literals": False}
