"""The lookup of the bot's own messages in the history of a room, on a real homeserver."""

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
    user = MatrixUser(homeserver, await homeserver.register(localpart("bylaug"), "adgangskode"))
    yield user
    await user.client.close()


@pytest.fixture
async def other_device(bot: MatrixUser) -> AsyncIterator[Client]:
    identifier = {"type": "m.id.user", "user": bot.user_id}
    body = {"type": "m.login.password", "identifier": identifier, "password": "adgangskode"}
    answer = await bot.client.call("POST", "login", body=body)
    client = Client(bot.client.homeserver, bot.user_id, answer["device_id"], answer["access_token"])
    yield client
    await client.close()


def make_sender(client: Client) -> SendRow:
    async def send(row: OutboxRow) -> str:
        event_type, content = render(row)
        path = ("rooms", room_id(row.place), "send", event_type, row.transaction_id)
        return str((await client.call("PUT", *path, body=content))["event_id"])

    return send


def make_row(room: str, number: int, plain: str = "hej", created_at: datetime = LONG_AGO, **more: Any) -> OutboxRow:
    content = {"html": plain, "plain": plain, "notify": []}
    place, cause = room_address(room), f"bylaug-{number}"
    values = {"kind": "say", "content": content, "refers_to": None, "target": None, "subject": None, **more}
    return OutboxRow(id=number, inbox_id=number, transaction_id=cause, place=place, created_at=created_at, **values)


async def test_messages_of_this_device_are_found_by_transaction_id(
    bot: MatrixUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_messages, "PAGE_LIMIT", 2)
    room = await bot.create_room()
    rows = [make_row(room, number) for number in range(7)]
    events = [await make_sender(bot.client)(row) for row in rows]
    sent_messages = await own_message_lookup(bot.client)(room_address(room), LONG_AGO)
    found = [sent_messages.match(row) for row in rows]
    assert [message.event_id for message in found if message] == events
    assert [message.event_id for message in sent_messages.messages] == events[::-1]
    assert sent_messages.match(make_row(room, 7)) is None


async def test_messages_are_read_back_to_the_moment_and_no_further(
    bot: MatrixUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_messages, "PAGE_LIMIT", 1)
    room = await bot.create_room()
    events = [await make_sender(bot.client)(make_row(room, number)) for number in range(4)]
    all_messages = await own_message_lookup(bot.client)(room_address(room), LONG_AGO)
    middle = all_messages.messages[1].sent_at
    sent_messages = await own_message_lookup(bot.client)(room_address(room), middle)
    assert {message.event_id for message in sent_messages.messages} == {
        message.event_id for message in all_messages.messages if message.sent_at >= middle
    }
    assert events[0] not in {message.event_id for message in sent_messages.messages}


async def test_messages_of_another_device_are_found_by_content_and_each_once(
    bot: MatrixUser, other_device: Client
) -> None:
    room = await bot.create_room()
    send = make_sender(bot.client)
    first, second = await send(make_row(room, 1)), await send(make_row(room, 2))
    reaction_id = await send(make_row(room, 3, kind="react", content={"key": "✅"}, refers_to=1, target=first))
    sent_messages = await own_message_lookup(other_device)(room_address(room), LONG_AGO)
    found = [sent_messages.match(make_row(room, number)) for number in (1, 2, 4)]
    assert [message and (message.event_id, message.transaction_id) for message in found] == [
        (first, None),
        (second, None),
        None,
    ]
    again = sent_messages.match(make_row(room, 1))
    assert again is not None
    assert again.event_id == first
    reaction = sent_messages.match(make_row(room, 3, kind="react", content={"key": "✅"}, refers_to=1, target=first))
    assert reaction is not None
    assert reaction.event_id == reaction_id
    assert sent_messages.match(make_row(room, 5, kind="react", content={"key": "✅"}, refers_to=4)) is None


async def test_nothing_is_found_in_a_room_that_the_bot_may_not_read(bot: MatrixUser) -> None:
    sent_messages = await own_message_lookup(bot.client)("matrix:roomid/nowhere:bylaug.example", LONG_AGO)
    assert (sent_messages.messages, sent_messages.match(make_row("!nowhere:bylaug.example", 1))) == ([], None)


async def test_a_row_that_waited_long_is_looked_up_before_it_is_sent(bot: MatrixUser, other_device: Client) -> None:
    """Another device sees no transaction ids, like a homeserver that has deleted them."""
    room = await bot.create_room()
    event_id = await make_sender(bot.client)(make_row(room, 1))
    sent_before = SentBefore(own_message_lookup(other_device), lambda: datetime.now(UTC))
    send = sent_before.send_once(make_sender(other_device))
    assert await send(make_row(room, 1)) == event_id
    new = await send(make_row(room, 2, "noget andet"))
    fresh = await send(make_row(room, 1, created_at=datetime.now(UTC) - LOOK_UP_AFTER + timedelta(minutes=1)))
    assert len({event_id, new, fresh}) == 3  # so recent a row is not looked up


async def test_a_lookup_is_cached_for_a_while() -> None:
    now = datetime(2026, 6, 9, tzinfo=UTC)
    lookups: list[tuple[str, datetime]] = []

    async def find_sent(place: str, since: datetime) -> NoSentMessages:
        lookups.append((place, since))
        if len(lookups) == 4:
            raise TemporaryFailure("away")
        return NoSentMessages()

    async def send(row: OutboxRow) -> str:
        return "$new"

    sent_before = SentBefore(find_sent, lambda: now)
    send_once = sent_before.send_once(send)
    old = make_row("!a", 1, created_at=now - timedelta(hours=20))
    hour = timedelta(hours=1)
    for row in (old, replace(old, created_at=now - 19 * hour), replace(old, created_at=now - 21 * hour)):
        assert await send_once(row) == "$new"
    assert lookups == [(old.place, now - 21 * hour), (old.place, now - 22 * hour)]
    now += CACHE_LIFETIME
    await send_once(old)
    now += CACHE_LIFETIME
    with pytest.raises(TemporaryFailure):
        await send_once(old)
    assert len(lookups) == 4
