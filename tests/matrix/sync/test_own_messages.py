"""What a room's history remembers of us, on a real homeserver."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from live_setup import MatrixUser

from bot.concurrency.retry import TemporaryFailure
from bot.demo.homeserver import Homeserver
from bot.matrix.address import room_address, room_id
from bot.matrix.client import Client
from bot.matrix.render import render
from bot.matrix.sync import own_messages
from bot.matrix.sync.own_messages import own_message_lookup
from bot.pipeline.outbound.sender import SendRow
from bot.pipeline.outbound.sent_before import CACHE_LIFETIME, LOOK_UP_AFTER, NoSentMessages, SentBefore
from bot.store.messages.outbox import OutboxRow

LONG_AGO = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
async def bot(homeserver: Homeserver, localpart: Callable[[str], str]) -> AsyncIterator[MatrixUser]:
    made = MatrixUser(homeserver, await homeserver.register(localpart("bylaug"), "adgangskode"))
    yield made
    await made.client.close()


@pytest.fixture
async def other_device(bot: MatrixUser) -> AsyncIterator[Client]:
    identifier = {"type": "m.id.user", "user": bot.user_id}
    body = {"type": "m.login.password", "identifier": identifier, "password": "adgangskode"}
    said = await bot.client.call("POST", "login", body=body)
    made = Client(bot.client.nio.homeserver, bot.user_id, said["device_id"], said["access_token"])
    yield made
    await made.close()


def sender(client: Client) -> SendRow:
    async def send(row: OutboxRow) -> str:
        kind, content = render(row)
        path = ("rooms", room_id(row.place), "send", kind, row.transaction_id)
        return str((await client.call("PUT", *path, body=content))["event_id"])

    return send


def row(room: str, number: int, plain: str = "hej", created_at: datetime = LONG_AGO, **more: Any) -> OutboxRow:
    content = {"html": plain, "plain": plain, "notify": []}
    place, cause = room_address(room), f"bylaug-{number}"
    values = {"kind": "say", "content": content, "refers_to": None, "target": None, "subject": None, **more}
    return OutboxRow(id=number, inbox_id=number, transaction_id=cause, place=place, created_at=created_at, **values)


async def test_look_finds_what_this_device_sent_by_its_transaction_id(
    bot: MatrixUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_messages, "PAGE_LIMIT", 2)
    room = await bot.create_room()
    rows = [row(room, number) for number in range(7)]
    events = [await sender(bot.client)(one) for one in rows]
    memory = await own_message_lookup(bot.client)(room_address(room), LONG_AGO)
    found = [memory.match(one) for one in rows]
    assert [said.event_id for said in found if said] == events
    assert [said.event_id for said in memory.messages] == events[::-1]
    assert memory.match(row(room, 7)) is None


async def test_look_goes_back_to_the_moment_and_no_further(bot: MatrixUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_messages, "PAGE_LIMIT", 1)
    room = await bot.create_room()
    events = [await sender(bot.client)(row(room, number)) for number in range(4)]
    everything = await own_message_lookup(bot.client)(room_address(room), LONG_AGO)
    middle = everything.messages[1].sent_at
    memory = await own_message_lookup(bot.client)(room_address(room), middle)
    assert {said.event_id for said in memory.messages} == {
        said.event_id for said in everything.messages if said.sent_at >= middle
    }
    assert events[0] not in {said.event_id for said in memory.messages}


async def test_look_finds_what_another_device_sent_by_its_words_and_each_once(
    bot: MatrixUser, other_device: Client
) -> None:
    room = await bot.create_room()
    send = sender(bot.client)
    first, second = await send(row(room, 1)), await send(row(room, 2))
    tapped = await send(row(room, 3, kind="react", content={"key": "✅"}, refers_to=1, target=first))
    memory = await own_message_lookup(other_device)(room_address(room), LONG_AGO)
    found = [memory.match(row(room, number)) for number in (1, 2, 4)]
    assert [said and (said.event_id, said.transaction_id) for said in found] == [(first, None), (second, None), None]
    again = memory.match(row(room, 1))
    assert again is not None
    assert again.event_id == first
    tap = memory.match(row(room, 3, kind="react", content={"key": "✅"}, refers_to=1, target=first))
    assert tap is not None
    assert tap.event_id == tapped
    assert memory.match(row(room, 5, kind="react", content={"key": "✅"}, refers_to=4)) is None


async def test_look_into_a_room_we_may_not_see_finds_nothing(bot: MatrixUser) -> None:
    memory = await own_message_lookup(bot.client)("matrix:roomid/nowhere:bylaug.example", LONG_AGO)
    assert (memory.messages, memory.match(row("!nowhere:bylaug.example", 1))) == ([], None)


async def test_what_waited_for_long_is_looked_for_before_it_is_sent(bot: MatrixUser, other_device: Client) -> None:
    """Another device stands for a homeserver that has forgotten our transaction ids."""
    room = await bot.create_room()
    stands = await sender(bot.client)(row(room, 1))
    recollection = SentBefore(own_message_lookup(other_device), lambda: datetime.now(UTC))
    send = recollection.send_once(sender(other_device))
    assert await send(row(room, 1)) == stands
    new = await send(row(room, 2, "noget andet"))
    fresh = await send(row(room, 1, created_at=datetime.now(UTC) - LOOK_UP_AFTER + timedelta(minutes=1)))
    assert len({stands, new, fresh}) == 3  # so young a message is not looked for


async def test_what_was_looked_up_is_kept_for_a_while_and_then_looked_up_anew() -> None:
    now = datetime(2026, 6, 9, tzinfo=UTC)
    looked: list[tuple[str, datetime]] = []

    async def look(place: str, since: datetime) -> NoSentMessages:
        looked.append((place, since))
        if len(looked) == 4:
            raise TemporaryFailure("away")
        return NoSentMessages()

    async def send(row: OutboxRow) -> str:
        return "$new"

    recollection = SentBefore(look, lambda: now)
    remembering = recollection.send_once(send)
    old = row("!a", 1, created_at=now - timedelta(hours=20))
    hour = timedelta(hours=1)
    for one in (old, replace(old, created_at=now - 19 * hour), replace(old, created_at=now - 21 * hour)):
        assert await remembering(one) == "$new"
    assert looked == [(old.place, now - 21 * hour), (old.place, now - 22 * hour)]
    now += CACHE_LIFETIME
    await remembering(old)
    now += CACHE_LIFETIME
    with pytest.raises(TemporaryFailure):
        await remembering(old)
    assert len(looked) == 4
