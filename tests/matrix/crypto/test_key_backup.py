"""The key backup on a real homeserver: uploaded once, fetched again, and believed only where the bot made it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from bot_session import SECRET, BotSession
from nio.crypto import InboundGroupSession, OutboundGroupSession
from olm_devices import ANNA, MALLORY, PICKLE_KEY, ROOM, encrypt_message
from unpaddedbase64 import encode_base64
from vodozemac import Curve25519PublicKey, PkEncryption

from bot.concurrency.retry import TemporaryFailure
from bot.demo.homeserver import Homeserver
from bot.matrix.address import room_address
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.crypto.decrypt import Decryptor
from bot.matrix.crypto.key_backup import fetch, upload
from bot.matrix.crypto.key_backup.backup_key import BackupKey
from bot.matrix.crypto.key_backup.entry import ExportedKey, make_entry
from bot.matrix.crypto.key_backup.key_backup import KeyBackup
from bot.matrix.crypto.key_backup.version import ALGORITHM, SECRET_NAME, publish_backup, read_published_backup
from bot.matrix.crypto.machine import OlmMachine
from bot.matrix.crypto.signing.identity_store import load_identity
from bot.matrix.crypto.signing.sign_device import sign_own_device
from bot.store.crypto import RoomKey, find_room_keys, insert_room_keys, read_crypto_state
from bot.store.database.transaction import Store
from bot.store.key_backup import forget_fetched_rooms
from bot.testing.new_database import create_tables

pytestmark = pytest.mark.usefixtures("fast_key_derivation")

OTHER_ROOM = "!andet:bylaug.example"
NOW = datetime(2026, 6, 9, 14, tzinfo=UTC)


@dataclass
class Bot:
    """The bot's account, and a database of it."""

    session: BotSession
    store: Store

    async def start(self) -> KeyBackup:
        """Return the key backup as after a start of the program."""
        assert await sign_own_device(self.session, self.store, SECRET, self.session.device) is None
        async with self.store.read() as connection:
            state = await read_crypto_state(connection)
        crypto_store = CryptoStore(PICKLE_KEY, self.session.device_id, state)
        machine = OlmMachine(self.session.account, crypto_store)
        return KeyBackup(self.session, self.store, SECRET, machine, lambda: self.session.device)

    async def back_up(self) -> None:
        """Upload as after a start of the program."""
        await (await self.start()).uploader.upload()

    async def add_keys(self, *keys: RoomKey) -> None:
        async with self.store.write() as connection:
            await insert_room_keys(connection, keys)

    async def read(self, session: OutboundGroupSession, sender: str = ANNA) -> bool:
        """Whether the database has the key for a new message of a sender."""
        decryptor = Decryptor(self.store, CryptoStore(PICKLE_KEY, self.session.device_id, {}))
        return await decryptor.decrypt(ROOM, encrypt_message(session, sender, "!ping")) is not None

    async def entries(self, room: str = ROOM) -> dict[str, Any]:
        """Return the entries of a room in the newest backup by session id."""
        query = {"version": await self.version()}
        answer = await self.session.call("GET", "room_keys", "keys", room, query=query)
        entries: dict[str, Any] = answer["sessions"]
        return entries

    async def put_entry(self, session: str, entry: Any, room: str = ROOM) -> None:
        """Change an entry as the homeserver can."""
        query = {"version": await self.version()}
        await self.session.call("DELETE", "room_keys", "keys", room, session, query=query)
        await self.session.call("PUT", "room_keys", "keys", room, session, query=query, body=entry)

    async def version(self) -> str:
        published = await read_published_backup(self.session)
        assert published is not None
        return published.version


def give_key(session: OutboundGroupSession, owner: str = ANNA, room: str = ROOM, sender_key: str = "curve") -> RoomKey:
    """Return the room key of a session as the database stores it."""
    inbound = InboundGroupSession(session.session_key, "", sender_key, room)
    locked = inbound.pickle(PICKLE_KEY).decode()
    return RoomKey(room_address(room), session.id, sender_key, inbound.first_known_index, owner, locked, NOW)


@pytest.fixture
async def bot(homeserver: Homeserver, localpart: Callable[[str], str], store: Store) -> AsyncIterator[Bot]:
    account = await homeserver.register(localpart("bylaug"), "adgangskode")
    session = await BotSession.log_in(homeserver, account.user_id)
    yield Bot(session, store)
    await session.close()


class Killed(Exception):
    """The process is killed at this moment."""


EmptyDatabase = Callable[[], Awaitable[Bot]]


@pytest.fixture
async def lose_database(bot: Bot, tmp_path: Any) -> AsyncIterator[EmptyDatabase]:
    """Returns the same bot with an empty database."""
    stores: list[Store] = []

    async def start_empty() -> Bot:
        stores.append(Store(f"sqlite+aiosqlite:///{tmp_path}/empty-{len(stores)}.db"))
        await create_tables(stores[-1])
        return Bot(bot.session, stores[-1])

    yield start_empty
    for store in stores:
        await store.close()


async def test_a_bot_that_lost_its_database_reads_with_the_keys_of_the_backup(
    bot: Bot, lose_database: EmptyDatabase
) -> None:
    sessions = [OutboundGroupSession() for _ in range(3)]
    unconfirmed = replace(give_key(sessions[2]), is_confirmed=False)
    await bot.add_keys(give_key(sessions[0]), give_key(sessions[1], MALLORY), unconfirmed)
    await bot.back_up()
    assert (await bot.entries()).keys() == {sessions[0].id, sessions[1].id}

    empty = await lose_database()
    fetcher = (await empty.start()).fetcher
    assert sorted(await fetcher.fetch(ROOM)) == sorted((ROOM, session.id) for session in sessions[:2])
    assert [await empty.read(session) for session in sessions] == [True, False, False]
    assert [await empty.read(session, MALLORY) for session in sessions] == [False, True, False]
    async with empty.store.read() as connection:
        (key,) = await find_room_keys(connection, room_address(ROOM), sessions[0].id)
    assert (key.sender_key, key.owner, key.received_at, key.is_backed_up) == ("curve", ANNA, NOW, True)
    empty.session.requests.clear()
    await (await empty.start()).uploader.upload()
    assert await fetcher.fetch(ROOM) == await (await empty.start()).fetcher.fetch(ROOM) == []
    assert "room_keys/keys/" + ROOM not in empty.session.requests
    async with empty.store.write() as connection:
        await forget_fetched_rooms(connection)
    assert len(await (await empty.start()).fetcher.fetch(ROOM)) == 2


async def test_only_as_many_keys_of_a_person_are_fetched_as_the_database_keeps(
    bot: Bot, lose_database: EmptyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = [OutboundGroupSession() for _ in range(4)]
    await bot.add_keys(*(replace(give_key(s), received_at=NOW.replace(hour=n)) for n, s in enumerate(sessions)))
    await bot.back_up()
    monkeypatch.setattr(fetch, "MAX_KEYS_PER_PERSON", 2)
    empty = await lose_database()
    found = await (await empty.start()).fetcher.fetch(ROOM)
    assert {session for _, session in found} == {session.id for session in sessions[2:]}
    assert [await empty.read(session) for session in sessions] == [False, False, True, True]


async def test_without_keys_nothing_is_made_and_without_a_backup_nothing_is_fetched(bot: Bot) -> None:
    backup = await bot.start()
    await backup.uploader.upload()
    assert await backup.fetcher.fetch(ROOM) == []
    assert await read_published_backup(bot.session) is None


async def test_a_kill_between_two_batches_loses_no_key_and_makes_no_second_entry(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "BATCH_SESSIONS", 2)
    sessions = [OutboundGroupSession() for _ in range(5)]
    await bot.add_keys(*map(give_key, sessions))
    mark, calls = upload.mark_backed_up, 0

    async def mark_until_killed(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Killed
        await mark(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(upload, "mark_backed_up", mark_until_killed)
        with pytest.raises(Killed):
            await bot.back_up()
    assert len(await bot.entries()) == 4
    version = await bot.version()
    bot.session.requests.clear()
    await bot.back_up()
    assert bot.session.requests["room_keys/keys"] == 2  # the batch under way, and the last
    assert (await bot.entries()).keys() == {session.id for session in sessions}
    assert await bot.version() == version


async def test_a_kill_anywhere_leads_to_one_backup_whose_key_is_not_lost(
    bot: Bot, lose_database: EmptyDatabase
) -> None:
    session, steps = OutboundGroupSession(), 0
    await bot.add_keys(give_key(session))
    backup = await bot.start()

    class Fragile(BotSession):
        async def call(self, method: str, *path: str, **options: Any) -> dict[str, Any]:
            nonlocal steps_left
            answer = await super().call(method, *path, **options)
            steps_left -= 1
            if steps_left < 0:
                raise Killed
            return answer

    bot.session.__class__ = Fragile
    versions: set[str] = set()
    while True:
        steps_left = steps
        try:
            await backup.uploader.upload()
        except Killed:
            steps, steps_left = steps + 1, 1000
            published = await read_published_backup(bot.session)
            versions |= {published.version} if published else set()
            backup = await bot.start()
        else:
            break
    steps_left = 1000
    assert (steps, len(versions)) == (3, 1)
    assert (await bot.entries()).keys() == {session.id}
    empty = await lose_database()
    await (await empty.start()).fetcher.fetch(ROOM)
    assert await empty.read(session)


@dataclass(frozen=True)
class PublicKeyOnly(BackupKey):
    """A backup key as the homeserver has it: it encrypts like the bot's, and cannot authenticate."""

    known_public_key: str

    def encrypt(self, text: str) -> dict[str, str]:
        message = PkEncryption.from_key(Curve25519PublicKey.from_base64(self.known_public_key)).encrypt(text.encode())
        parts = {"ciphertext": message.ciphertext, "mac": message.mac, "ephemeral": message.ephemeral_key}
        return {name: encode_base64(part) for name, part in parts.items()}


async def test_entries_that_the_homeserver_changes_or_adds_are_not_believed(
    bot: Bot, lose_database: EmptyDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    mine, moved, forged = (OutboundGroupSession() for _ in range(3))
    await bot.add_keys(give_key(mine), give_key(moved, room=OTHER_ROOM))
    await bot.back_up()
    entries = await bot.entries()
    published = await read_published_backup(bot.session)
    assert published is not None
    exported = InboundGroupSession(forged.session_key, "", "curve", ROOM).export_session(0)
    keys = [ExportedKey(ANNA, "curve", exported, 0, NOW)]
    attacker = PublicKeyOnly(b"?" * 32, published.public_key)
    await bot.put_entry(forged.id, make_entry(attacker, bot.session.account, ROOM, forged.id, keys))
    await bot.put_entry(moved.id, (await bot.entries(OTHER_ROOM))[moved.id])
    await bot.put_entry("anden", entries[mine.id])
    empty = await lose_database()
    assert await (await empty.start()).fetcher.fetch(ROOM) == [(ROOM, mine.id)]
    assert [await empty.read(session) for session in (mine, moved, forged)] == [True, False, False]
    assert [record.getMessage()[:10] for record in caplog.records if "ignored" in record.getMessage()] == ["3 sessions"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_backup_that_somebody_else_made_is_not_used(
    bot: Bot, lose_database: EmptyDatabase, when: str, caplog: pytest.LogCaptureFixture
) -> None:
    session, foreign = OutboundGroupSession(), BackupKey.create()
    await bot.add_keys(give_key(session))
    if when == "after":
        await bot.back_up()
    body = {"algorithm": ALGORITHM, "auth_data": {"public_key": foreign.public_key}}
    strange = (await bot.session.call("POST", "room_keys", "version", body=body))["version"]
    await bot.add_keys(give_key(OutboundGroupSession()))
    assert await (await (await lose_database()).start()).fetcher.fetch(ROOM) == []
    await bot.back_up()
    assert await bot.version() != strange
    assert len(await bot.entries()) == 2
    assert (await bot.session.call("GET", "room_keys", "keys", query={"version": strange}))["rooms"] == {}
    assert "is not signed by the bot's identity" in caplog.text
    empty = await lose_database()
    await (await empty.start()).fetcher.fetch(ROOM)
    assert await empty.read(session)


async def test_another_newest_version_of_the_bots_own_gets_all_keys(bot: Bot) -> None:
    sessions = [OutboundGroupSession() for _ in range(3)]
    await bot.add_keys(*map(give_key, sessions[:2]))
    backup = await bot.start()
    await backup.uploader.upload()
    before, identity = await bot.version(), await load_identity(bot.store, bot.session.account)
    assert identity is not None
    passphrase = str(SECRET.passphrase)
    await publish_backup(bot.session, BackupKey.create(), identity, passphrase, bot.session.device)  # in Element
    await bot.add_keys(give_key(sessions[2]))
    await backup.uploader.upload()  # the homeserver answers M_WRONG_ROOM_KEYS_VERSION
    assert await bot.version() != before
    assert (await bot.entries()).keys() == {session.id for session in sessions}


@pytest.mark.parametrize("lost", ["version", "entries", "secret"])
async def test_a_homeserver_that_lost_the_backup_gets_it_again(
    bot: Bot, lose_database: EmptyDatabase, lost: str
) -> None:
    sessions = [OutboundGroupSession() for _ in range(3)]
    await bot.add_keys(*map(give_key, sessions[:2]))
    await bot.back_up()
    version = await bot.version()
    if lost == "version":
        await bot.session.call("DELETE", "room_keys", "version", version)
    elif lost == "entries":
        query = {"version": version}
        await bot.session.call("DELETE", "room_keys", "keys", ROOM, sessions[0].id, query=query)
    else:
        await bot.session.call("PUT", "user", bot.session.account, "account_data", SECRET_NAME, body={})
    await bot.add_keys(give_key(sessions[2]))
    await bot.back_up()
    if lost == "entries":
        await bot.add_keys(give_key(OutboundGroupSession(), room=OTHER_ROOM))
        await bot.back_up()
    assert (await bot.entries()).keys() == {session.id for session in sessions}
    empty = await lose_database()
    await (await empty.start()).fetcher.fetch(ROOM)
    assert [await empty.read(session) for session in sessions] == [True] * 3


async def test_the_same_session_from_two_people_is_kept_of_both(bot: Bot, lose_database: EmptyDatabase) -> None:
    session = OutboundGroupSession()
    await bot.add_keys(give_key(session, MALLORY, sender_key="mallory"))
    await bot.back_up()
    await bot.add_keys(give_key(session))
    await bot.back_up()
    empty = await lose_database()
    await (await empty.start()).fetcher.fetch(ROOM)
    assert await empty.read(session)


async def test_nobody_waits_long_for_a_backup_that_is_out_of_reach(
    bot: Bot, lose_database: EmptyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "WAIT_SECONDS", 0.2)
    session = OutboundGroupSession()
    await bot.add_keys(give_key(session))
    await bot.back_up()
    empty = await lose_database()
    fetcher, call = (await empty.start()).fetcher, BotSession.call

    async def fail(self: BotSession, method: str, *path: str, **options: Any) -> dict[str, Any]:
        if path[:2] == ("room_keys", "keys"):
            raise TemporaryFailure("homeserver answered 500")
        return await call(self, method, *path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(BotSession, "call", fail)
        async with asyncio.timeout(5):
            assert await fetcher.fetch(ROOM) == await fetcher.fetch(OTHER_ROOM) == await fetcher.fetch_behind() == []
        assert fetcher.seconds_to_next_try is not None
    assert await fetcher.fetch(ROOM) == []
    assert await fetcher.fetch_behind() == [(ROOM, session.id)]
    assert fetcher.seconds_to_next_try is None
    assert await empty.read(session)
