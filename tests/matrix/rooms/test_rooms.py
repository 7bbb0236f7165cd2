"""Rooms on a real homeserver: made or joined as the YAML says, any number of times without harm."""

from neighbours import Street


async def test_a_room_is_made_with_its_name_people_and_greeting_and_a_second_start_changes_nothing(
    street: Street,
) -> None:
    club, firm = await street.add("klub"), await street.add("firma")
    await street.write_files(club.user_id, firm.user_id)
    async with street.running() as app:
        assert app.health.ready() is True
        room = await club.join(street.alias)
        assert (await club.hear_body(room, "Velkommen"))["sender"] == street.bot
        await club.say(room, "!ping 1")
        await club.hear_body(room, "pong 1")
        await club.hear(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == firm.user_id)
        before = await club.state(room)
    assert before["m.room.name", ""][1] == {"name": "Landsbyen"}
    assert before["m.room.canonical_alias", ""][1] == {"alias": street.alias}
    async with street.running():
        await club.say(room, "!ping 2")
        await club.hear_body(room, "pong 2")
    assert await club.state(room) == before
    assert club.bodies(room, street.bot) == ["Velkommen til landsbyen!", "🏓 pong 1", "🏓 pong 2"]


async def test_a_room_that_is_there_already_is_joined_and_says_no_greeting(street: Street) -> None:
    club = await street.add("klub")
    room = await club.make_room(room_alias_name=street.key)
    await street.write_files(club.user_id, club.user_id.replace("klub", "firma"), room=street.alias)
    async with street.running():
        await club.say(room, "!ping")
        await club.hear_body(room, "pong")
    assert club.bodies(room, street.bot) == ["🏓 pong"]


async def test_a_changed_name_is_shown_at_the_next_start(street: Street) -> None:
    club = await street.add("klub")
    await street.write_files(club.user_id)
    async with street.running():
        room = await club.join(street.alias)
    file = street.folder / "rooms" / f"{street.key}.yaml"
    file.write_text(file.read_text("utf-8").replace("Landsbyen", "Byen <ved> åen"), "utf-8")
    async with street.running():
        wanted = {"name": "Byen <ved> åen"}
        await club.hear(room, lambda e: e["type"] == "m.room.name" and e["content"] == wanted)


async def test_an_invitation_to_a_room_that_is_not_configured_is_declined_with_a_word_of_why(street: Street) -> None:
    club = await street.add("klub")
    await street.write_files(club.user_id)
    async with street.running():
        room = await club.make_room(preset="private_chat", invite=[street.bot])
        left = await club.hear(
            room, lambda e: e.get("state_key") == street.bot and e["content"]["membership"] == "leave"
        )
        assert left["content"]["reason"].startswith("Jeg er kun med i de rum")


async def test_an_invitation_from_before_the_first_start_is_declined_too(street: Street) -> None:
    club = await street.add("klub")
    await street.write_files(club.user_id)
    room = await club.make_room(preset="private_chat", invite=[street.bot])
    async with street.running():
        await club.hear(room, lambda e: e.get("state_key") == street.bot and e["content"]["membership"] == "leave")


async def test_a_private_room_known_by_its_id_is_joined_when_we_are_invited(street: Street) -> None:
    club = await street.add("klub")
    room = await club.make_room(preset="private_chat")
    await street.write_files(club.user_id, room=room)
    async with street.running() as app:
        assert app.health.ready() is False
        assert room in str(app.health.communities[street.key])
        await club.client.call("POST", "rooms", room, "invite", body={"user_id": street.bot})
        await club.hear(room, lambda e: e.get("state_key") == street.bot and e["content"]["membership"] == "join")
        await club.say(room, "!ping")
        await club.hear_body(room, "pong")
        assert app.health.ready() is True


async def test_thrown_out_it_says_so_and_invited_again_it_comes_back(street: Street) -> None:
    club = await street.add("klub")
    room = await street.settle(club)
    async with street.running() as app:
        await club.say(room, "!ping 1")
        await club.hear_body(room, "pong 1")
        await club.client.call("POST", "rooms", room, "kick", body={"user_id": street.bot})
        await club.client.call("POST", "rooms", room, "invite", body={"user_id": street.bot})
        await club.hear(room, lambda e: e.get("state_key") == street.bot and e["content"]["membership"] == "leave")
        await _join_after_leave(club, room, street.bot)
        await club.say(room, "!ping 2")
        await club.hear_body(room, "pong 2")
        assert app.health.ready() is True


async def _join_after_leave(club: object, room: str, bot: str) -> None:
    seen: list[str] = []

    def rejoined(event: dict[str, object]) -> bool:
        if event.get("state_key") == bot:
            seen.append(event["content"]["membership"])  # type: ignore[index]
        return seen[-1:] == ["join"] and "leave" in seen

    await club.hear(room, rejoined)  # type: ignore[attr-defined]


async def test_a_room_for_our_own_people_alone_is_closed_to_other_homeservers(street: Street) -> None:
    club, firm = await street.add("klub"), await street.add("firma")
    server = club.user_id.partition(":")[2]
    await street.write_files(club.user_id, firm.user_id, more=f"servers: {server}")
    async with street.running():
        room = await club.join(street.alias)
        await club.say(room, "!ping 1")
        await club.hear_body(room, "pong 1")
        state = await club.state(room)
    assert state["m.room.create", ""][1]["m.federate"] is False
    assert state["m.room.server_acl", ""][1] == {"allow": [server], "deny": [], "allow_ip_literals": False}
