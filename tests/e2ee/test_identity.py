"""What a client that is not ours thinks of the bot's identity: matrix-js-sdk with its Rust crypto."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from element import Arrive, Element
from sessions import SECRET, Session

from bot.demo.homeserver import Homeserver
from bot.matrix.crypto.signing.keys import Identity
from bot.matrix.crypto.signing.published_identity import upload_identity
from bot.matrix.crypto.signing.sign_device import sign_own_device
from bot.store.database.transaction import Store

Login = Callable[[], Awaitable[Session]]


@pytest.fixture
async def log_in(homeserver: Homeserver, localpart: Callable[[str], str]) -> AsyncIterator[Login]:
    """Makes sessions of the bot's account."""
    registered = await homeserver.register(localpart("bylaug"), "adgangskode")
    async with AsyncExitStack() as stack:

        async def session() -> Session:
            made = await Session.on(homeserver, registered.user_id)
            stack.push_async_callback(made.close)
            return made

        yield session


@pytest.fixture
async def bot(log_in: Login, store: Store) -> Session:
    """The bot's account, whose device is proven."""
    session = await log_in()
    assert await sign_own_device(session, store, SECRET, session.device) is None
    return session


@pytest.fixture
async def anna(homeserver: Homeserver, localpart: Callable[[str], str], arrive: Arrive, bot: Session) -> Element:
    """The owner of the bot, with an identity of her own, in an encrypted room with it."""
    account = await homeserver.register(localpart("anna"), "hemmelig")
    element = await arrive("anna")
    await element.log_in(homeserver.url, account.user_id, "hemmelig")
    state = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]
    room = await element.ask("make_room", wanted={"invite": [bot.account], "initial_state": state})
    await bot.call("POST", "join", room, body={})
    return element


def devices(*sessions: Session | Element, **status: bool) -> dict[str, dict[str, bool]]:
    """How devices are seen."""
    return {session.device_id: status for session in sessions}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_device_is_seen_as_signed_until_somebody_replaces_the_identity(
    anna: Element, bot: Session, log_in: Login, store: Store
) -> None:
    unproven = await log_in()
    unsigned = devices(unproven, signed=False, verified=False)
    seen = await anna.sees(bot.account, lambda seen: unproven.device_id in seen["devices"])
    known = {"identity": True, "verified": False, "changed": False}
    assert seen == {**known, "devices": devices(bot, signed=True, verified=False) | unsigned}

    await upload_identity(bot, Identity.create(bot.account), "adgangskode")
    seen = await anna.sees(bot.account, lambda seen: seen["changed"])
    assert seen["devices"] == devices(bot, signed=False, verified=False) | unsigned
    assert "another identity" in str(await sign_own_device(bot, store, SECRET, bot.device))
