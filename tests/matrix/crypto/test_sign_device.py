"""The bot's identity on a real homeserver: created once, stored, found again, and told from somebody else's."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import vodozemac
from bot_session import SECRET, BotSession
from unpaddedbase64 import encode_base64

from bot.demo.homeserver import Homeserver
from bot.matrix.client import MatrixError
from bot.matrix.crypto.signing.identity_store import load_identity
from bot.matrix.crypto.signing.keys import Identity, has_valid_signature
from bot.matrix.crypto.signing.published_identity import (
    IdentityError,
    answer_password_request,
    read_published,
    upload_identity,
)
from bot.matrix.crypto.signing.sign_device import sign_own_device
from bot.store.backup.backup import back_up
from bot.store.database.transaction import Store
from bot.testing.new_database import create_tables

pytestmark = pytest.mark.usefixtures("fast_key_derivation")

Login = Callable[[], Any]


@pytest.fixture
async def log_in(homeserver: Homeserver, localpart: Callable[[str], str]) -> AsyncIterator[Login]:
    """Logs in sessions of one account."""
    account = await homeserver.register(localpart("bylaug"), "adgangskode")
    sessions = []

    async def session() -> BotSession:
        sessions.append(await BotSession.log_in(homeserver, account.user_id))
        return sessions[-1]

    yield session
    for opened in sessions:
        await opened.close()


async def is_signed(bot: BotSession) -> bool:
    """Whether the homeserver shows valid signatures from the master key to the device, and from the device to it."""
    published = await read_published(bot)
    master, self_signing = published.public_keys["master"], published.public_keys["self_signing"]
    answer = await bot.call("POST", "keys", "query", body={"device_keys": {bot.account: []}})
    return (
        has_valid_signature(answer["self_signing_keys"][bot.account], bot.account, master, master)
        and has_valid_signature(published.devices[bot.device_id], bot.account, self_signing, self_signing)
        and has_valid_signature(published.master_key, bot.account, bot.device_id, bot.device.ed25519)
    )


async def test_signing_creates_the_identity_once_and_needs_no_password_for_it(log_in: Login, store: Store) -> None:
    bot = await log_in()
    token_only = replace(SECRET, password=None)
    assert await sign_own_device(bot, store, token_only, bot.device) is None
    assert await is_signed(bot)
    before = (await read_published(bot)).public_keys
    bot.requests.clear()
    assert await sign_own_device(bot, store, token_only, bot.device) is None
    assert bot.requests == {"keys/query": 1}
    assert (await read_published(bot)).public_keys == before


async def test_signing_after_a_crash_anywhere_leads_to_one_identity(log_in: Login, store: Store) -> None:
    bot, steps = await log_in(), 0

    class Killed(Exception):
        pass

    class Fragile(BotSession):
        async def call(self, method: str, *path: str, **more: Any) -> dict[str, Any]:
            if steps_left.pop() is None:
                raise Killed
            return await super().call(method, *path, **more)

    bot.__class__ = Fragile
    master_keys: set[str] = set()
    while True:
        steps_left: list[int | None] = [None, *range(steps)]
        try:
            assert await sign_own_device(bot, store, SECRET, bot.device) is None
        except Killed:
            steps += 1
        else:
            break
        stored = await load_identity(store, bot.account)
        master_keys |= {stored.public_keys["master"]} if stored else set()
    bot.__class__ = BotSession
    assert steps > 2
    assert master_keys == {(await read_published(bot)).public_keys["master"]}
    assert await is_signed(bot)


async def test_a_new_device_is_signed_with_the_stored_identity(log_in: Login, store: Store) -> None:
    before, after = await log_in(), await log_in()
    assert await sign_own_device(before, store, SECRET, before.device) is None
    master = (await read_published(before)).public_keys["master"]
    assert await sign_own_device(after, store, SECRET, after.device) is None
    assert await is_signed(after)
    assert (await read_published(after)).public_keys["master"] == master


async def test_with_a_lost_database_the_identity_is_found_on_the_homeserver(
    log_in: Login, store: Store, tmp_path: Path
) -> None:
    bot = await log_in()
    assert await sign_own_device(bot, store, SECRET, bot.device) is None
    before, empty = await load_identity(store, bot.account), Store(f"sqlite+aiosqlite:///{tmp_path}/new.db")
    await create_tables(empty)
    reason = await sign_own_device(bot, empty, replace(SECRET, passphrase="fem heste på en mark"), bot.device)
    assert reason is not None
    assert "has an identity already, which does not open with the passphrase" in reason
    assert await load_identity(empty, bot.account) is None
    assert await sign_own_device(bot, empty, SECRET, bot.device) is None
    assert await load_identity(empty, bot.account) == before
    await empty.close()


async def test_an_identity_that_somebody_replaced_is_reported_and_signs_nothing(log_in: Login, store: Store) -> None:
    bot = await log_in()
    assert await sign_own_device(bot, store, SECRET, bot.device) is None
    stranger = Identity.create(bot.account)
    await upload_identity(bot, stranger, "adgangskode")
    reason = await sign_own_device(bot, store, SECRET, bot.device)
    assert reason is not None
    assert f"the homeserver shows {stranger.public_key('master')}" in reason
    assert not await is_signed(bot)


def test_link_by_which_keys_are_reset_is_passed_on() -> None:
    """The answer is that of a Synapse whose accounts the Matrix Authentication Service keeps (MSC4312)."""
    link = "https://auth.example.org/account/?action=org.matrix.cross_signing_reset"
    stages = ("m.oauth", "org.matrix.cross_signing_reset")
    body = {
        "session": "dummy",
        "flows": [{"stages": [stage]} for stage in stages],
        "params": {stage: {"url": link} for stage in stages},
        "msg": "To reset your end-to-end encryption cross-signing identity, you first need to approve it.",
    }
    for password in (None, "adgangskode"):
        with pytest.raises(IdentityError) as raised:
            answer_password_request("@bylaug:example.org", password, MatrixError(401, "M_UNKNOWN", "", body))
        assert f"Open {link} there, log in as @bylaug:example.org" in str(raised.value)
    for odd in ({}, {"params": []}, {"params": {"m.oauth": "x"}}, {"params": {"m.oauth": {"url": 7}}}):
        with pytest.raises(IdentityError, match="wants more than a password"):
            answer_password_request("@b:x", "p", MatrixError(401, "M_UNKNOWN", "", {**body, "params": None, **odd}))


async def test_replacing_an_identity_needs_the_right_password(log_in: Login) -> None:
    bot = await log_in()
    await upload_identity(bot, Identity.create(bot.account), None)
    with pytest.raises(IdentityError, match="there is only an access token"):
        await upload_identity(bot, Identity.create(bot.account), None)
    with pytest.raises(MatrixError, match="M_FORBIDDEN"):
        await upload_identity(bot, Identity.create(bot.account), "forkert")


async def test_an_identity_whose_keys_are_not_on_the_homeserver_is_reported(log_in: Login, store: Store) -> None:
    bot = await log_in()
    await upload_identity(bot, Identity.create(bot.account), None)
    reason = await sign_own_device(bot, store, SECRET, bot.device)
    assert reason is not None
    assert "its keys are not on the homeserver" in reason


async def test_keys_that_the_device_did_not_sign_are_not_signed(log_in: Login, store: Store) -> None:
    bot = await log_in()
    ed25519 = vodozemac.Account().ed25519_key.to_base64()
    reason = await sign_own_device(bot, store, SECRET, replace(bot.device, ed25519=ed25519))
    assert reason is not None
    assert "shows other keys for the bot's device" in reason
    assert not await is_signed(bot)


async def test_a_wrong_passphrase_is_reported(log_in: Login, store: Store) -> None:
    bot, new = await log_in(), await log_in()
    reason = await sign_own_device(bot, store, replace(SECRET, passphrase=None), bot.device)
    assert reason is not None
    assert "There is no passphrase" in reason
    assert await sign_own_device(bot, store, SECRET, bot.device) is None
    reason = await sign_own_device(new, store, replace(SECRET, passphrase="fem heste på en mark"), new.device)
    assert reason is not None
    assert "do not open with this passphrase" in reason
    assert not await is_signed(new)


async def test_backup_holds_the_identity_and_reveals_nothing(log_in: Login, store: Store, tmp_path: Path) -> None:
    bot = await log_in()
    assert await sign_own_device(bot, store, SECRET, bot.device) is None
    stored = await load_identity(store, bot.account)
    assert stored is not None
    identity = await stored.decrypt(str(SECRET.passphrase))
    await back_up(store, tmp_path / "backup.db", datetime(2026, 6, 9, 8, 0, tzinfo=UTC))
    restored = Store(f"sqlite+aiosqlite:///{tmp_path}/backup.db")
    restored_identity = await load_identity(restored, bot.account)
    await restored.close()
    assert restored_identity == stored
    backup = (tmp_path / "backup.db").read_bytes()
    for seed in identity.seeds.values():
        assert encode_base64(seed).encode() not in backup
        assert seed not in backup
    assert str(SECRET.passphrase).encode() not in backup
