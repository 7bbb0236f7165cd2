"""The whole program in encrypted rooms on a real homeserver, with clients that are not ours."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from neighbours import Street
from secret_neighbour import SecretNeighbour

from bot.demo.homeserver import Homeserver

ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


@pytest.fixture
async def street(homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str]) -> AsyncIterator[Street]:
    made = Street(homeserver, tmp_path, localpart)
    yield made
    await made.close()


async def add(street: Street, name: str) -> SecretNeighbour:
    return street.take_in(
        SecretNeighbour(street.homeserver, await street.register(name), street.folder / "stores" / name)
    )


async def settle(street: Street, *names: str, **room: Any) -> tuple[str, list[SecretNeighbour]]:
    """An encrypted room with the bot and some neighbours in it; the last one is the contractor."""
    people = [await add(street, name) for name in names]
    made = await people[0].make_room(**{"room_alias_name": street.key, "initial_state": [ENCRYPTION], **room})
    for person in people[1:]:
        await person.join(made)
    for person in people:
        await person.meet()
    await street.write_files(*(person.user_id for person in people), more="encrypted: true")
    return made, people


async def test_a_booking_is_made_countered_and_agreed_in_secret(street: Street) -> None:
    room, (club, firm) = await settle(street, "klub", "firma")
    async with street.running():
        await club.hear(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == street.bot)
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        card = await firm.hear_body(room, "📋 Aftale 1: slåning af bane 1")
        assert card["content"]["m.mentions"] == {"user_ids": [firm.user_id]}
        await firm.hear(room, lambda e: e["type"] == "m.reaction" and "❌" in str(e["content"]))
        thread = {"rel_type": "m.thread", "event_id": card["event_id"], "is_falling_back": True}
        await firm.say(room, "kl. 9 passer bedre", **{"m.relates_to": thread})
        countered = await club.hear_body(room, "nyt forslag")
        assert countered["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": card["event_id"]}
        await club.tap(room, "✅", card["event_id"])
        agreed = await firm.hear_body(room, "✅ Aftalt")
        assert agreed["content"]["m.relates_to"]["event_id"] == card["event_id"]
        assert (club.look_again(room), firm.look_again(room)) == ([], [])
