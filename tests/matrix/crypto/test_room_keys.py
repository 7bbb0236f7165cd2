"""Room keys and messages: what is kept of them, from whom, and that no ciphertext is obeyed a second time."""

from dataclasses import replace

import pytest
from nio.crypto import OutboundGroupSession
from olm_devices import ANNA, BOT, ROOM, encrypt_message, make_machine, send_room_key, start_session, write_changes

from bot.matrix.address import room_address
from bot.matrix.crypto import crypto_store
from bot.matrix.crypto.decrypt import Decryptor, UnusableEvent
from bot.store import crypto
from bot.store.crypto import (
    KeySource,
    MessageIndex,
    RoomKey,
    confirm_keys,
    find_message_indexes,
    find_room_keys,
    find_unconfirmed_keys,
    insert_message_indexes,
    insert_room_keys,
    reject_keys,
)
from bot.store.database.transaction import Store

PLACE = room_address(ROOM)


async def test_a_ciphertext_in_another_event_is_not_obeyed_after_a_restart(store: Store) -> None:
    bot, anna = make_machine(BOT), make_machine(ANNA)
    session = OutboundGroupSession()
    bot.receive_to_device(send_room_key(anna, start_session(anna, bot), session))
    event = encrypt_message(session, ANNA, "!book bane 1")
    assert await Decryptor(store, bot.store).decrypt(ROOM, event) is not None
    state = await write_changes(store, bot.store)
    after_restart = Decryptor(store, make_machine(BOT, state).store)
    with pytest.raises(UnusableEvent):
        await after_restart.decrypt(ROOM, {**event, "event_id": "$again"})
    assert await after_restart.decrypt(ROOM, event) is not None  # the sync comes again after a kill


async def test_indexes_of_more_sessions_than_are_cached_are_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.matrix.crypto.decrypt.MAX_CACHED_INDEXES", 1)
    bot, anna = make_machine(BOT), make_machine(ANNA)
    device, sessions = start_session(anna, bot), [OutboundGroupSession(), OutboundGroupSession()]
    for session in sessions:
        bot.receive_to_device(send_room_key(anna, device, session))
    decryptor = Decryptor(store, bot.store)
    events = [encrypt_message(session, ANNA, "!ping", f"${number}") for number, session in enumerate(sessions)]
    for event in events:
        assert await decryptor.decrypt(ROOM, event) is not None
    for event in events:
        with pytest.raises(UnusableEvent):  # also before anything is written
            await decryptor.decrypt(ROOM, {**event, "event_id": "$again"})


async def test_keys_of_rooms_that_are_not_served_are_not_stored(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto_store, "MAX_KEYS_OF_OTHER_ROOMS", 3)
    bot, anna = make_machine(BOT), make_machine(ANNA)
    served: set[str] = set()
    bot.store.is_served = served.__contains__
    device, sessions = start_session(anna, bot), [OutboundGroupSession() for _ in range(5)]
    for session in sessions:
        bot.receive_to_device(send_room_key(anna, device, session))
    assert bot.store.unwritten_changes().room_keys == {}
    served.add(PLACE)  # the bot joins the room that it was about to join
    bot.store.take_keys_of_joined_rooms()
    assert {key.session for key in bot.store.unwritten_changes().room_keys.values()} == {s.id for s in sessions[2:]}
    await write_changes(store, bot.store)
    assert await Decryptor(store, bot.store).decrypt(ROOM, encrypt_message(sessions[4], ANNA, "!ping")) is not None


async def test_a_person_has_so_many_keys_and_the_newest_ones(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "MAX_KEYS_PER_PERSON", 2)
    base = RoomKey(PLACE, "", "curve", 0, ANNA, "locked")
    keys = [
        replace(base, session=str(number), received_at=base.received_at.replace(day=number)) for number in range(1, 5)
    ]
    other = replace(base, session="other", owner="@bo:bylaug.example")
    async with store.write() as connection:
        await insert_room_keys(connection, [*keys[:2], other])
        indexes = {MessageIndex(PLACE, ANNA, str(number), 7): f"${number}" for number in range(1, 3)}
        await insert_message_indexes(connection, indexes)
        await insert_room_keys(connection, keys[2:3])
    async with store.read() as connection:
        found = [len(await find_room_keys(connection, PLACE, name)) for name in ("1", "2", "3", "other")]
        left = [await find_message_indexes(connection, PLACE, ANNA, name) for name in ("1", "2")]
    assert (found, left) == ([0, 1, 1, 1], [{}, {7: "$2"}])


async def test_unconfirmed_keys_decrypt_nothing_until_they_are_confirmed(store: Store) -> None:
    bot, anna = make_machine(BOT), make_machine(ANNA)
    session = OutboundGroupSession()
    bot.receive_to_device(send_room_key(anna, start_session(anna, bot, is_known=False), session))
    event = encrypt_message(session, ANNA, "!ping")
    await write_changes(store, bot.store)
    decryptor = Decryptor(store, bot.store)
    assert await decryptor.decrypt(ROOM, event) is None
    source = KeySource(PLACE, ANNA, anna.olm.account.identity_keys["curve25519"], session.id)
    async with store.write() as connection:
        assert await find_unconfirmed_keys(connection) == [source]
        await confirm_keys(connection, source)
        await reject_keys(connection, source)  # it is confirmed, and stays
        assert await find_unconfirmed_keys(connection) == []
    assert await decryptor.decrypt(ROOM, event) is not None


async def test_rejected_and_surplus_unconfirmed_keys_are_deleted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "MAX_UNCONFIRMED_KEYS", 2)
    base = RoomKey(PLACE, "", "curve", 0, "", "locked", is_confirmed=False)
    keys = [replace(base, session=str(number), owner=f"@{number}:a", received_at=base.received_at.replace(day=number))
            for number in range(1, 5)]  # fmt: skip
    async with store.write() as connection:
        await insert_room_keys(connection, keys)
        sources = await find_unconfirmed_keys(connection)
        assert [source.session for source in sources] == ["3", "4"]
        await reject_keys(connection, sources[0])
        assert await find_unconfirmed_keys(connection) == sources[1:]
