"""How another client sees the bot's identity: matrix-js-sdk with its Rust crypto."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from bot_session import SECRET, BotSession
from js_client import JsClient, StartClient

from bot.demo.homeserver import Homeserver
from bot.matrix.crypto.signing.keys import Identity
from bot.matrix.crypto.signing.published_identity import upload_identity
from bot.matrix.crypto.signing.sign_device import sign_own_device
from bot.store.database.transaction import Store

Login = Callable[[], Awaitable[BotSession]]


@pytest.fixture
async def log_in(homeserver: Homeserver, localpart: Callable[[str], str]) -> AsyncIterator[Login]:
    """Logs in sessions of the bot's account."""
    account = await homeserver.register(localpart("bylaug"), "adgangskode")
    async with AsyncExitStack() as stack:

        async def log_in_session() -> BotSession:
            session = await BotSession.log_in(homeserver, account.user_id)
            stack.push_async_callback(session.close)
            return session

        yield log_in_session


@pytest.fixture
async def bot(log_in: Login, store: Store) -> BotSession:
    """A session of the bot whose device is signed."""
    session = await log_in()
    assert await sign_own_device(session, store, SECRET, session.device) is None
    return session


@pytest.fixture
async def anna(
    homeserver: Homeserver, localpart: Callable[[str], str], start_client: StartClient, bot: BotSession
) -> JsClient:
    """A person with an identity of her own, in an encrypted room with the bot."""
    account = await homeserver.register(localpart("anna"), "hemmelig")
    client = await start_client("anna")
    await client.log_in(homeserver.url, account.user_id, "hemmelig")
    state = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]
    room = await client.do("create_room", options={"invite": [bot.account], "initial_state": state})
    await bot.call("POST", "join", room, body={})
    return client


def devices(*sessions: BotSession | JsClient, **status: bool) -> dict[str, dict[str, bool]]:
    """Return the same status for all of these devices."""
    return {session.device_id: status for session in sessions}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_device_is_seen_as_signed_until_somebody_replaces_the_identity(
    anna: JsClient, bot: BotSession, log_in: Login, store: Store
) -> None:
    unsigned_session = await log_in()
    unsigned = devices(unsigned_session, signed=False, verified=False)
    trust = await anna.wait_for_trust(bot.account, lambda trust: unsigned_session.device_id in trust["devices"])
    known = {"identity": True, "verified": False, "changed": False}
    assert trust == {**known, "devices": devices(bot, signed=True, verified=False) | unsigned}

    await upload_identity(bot, Identity.create(bot.account), "adgangskode")
    trust = await anna.wait_for_trust(bot.account, lambda trust: trust["changed"])
    assert trust["devices"] == devices(bot, signed=False, verified=False) | unsigned
    assert "another identity" in str(await sign_own_device(bot, store, SECRET, bot.device))
