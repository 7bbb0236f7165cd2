"""A session that ends: after a soft logout the bot logs in as the same device; otherwise the program ends."""

import asyncio

import pytest
from live_setup import TIMEOUT_SECONDS, LiveSetup, MatrixUser, start_app

from bot.config.load import load_settings
from bot.errors import Fatal
from bot.matrix.login import open_client
from bot.matrix.sync import sync_loop
from bot.store.database.transaction import Store
from bot.testing.faults import html_page, logged_out, rate_limited
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("bot_behind_proxy")


async def create_room(live: LiveSetup) -> tuple[str, MatrixUser]:
    """Create a room with a user in it."""
    club = await live.add_user("klub")
    room = await live.create_room(club)
    return room, club


async def create_bot_token(live: LiveSetup) -> str:
    """Return an access token of the bot's account, as an administrator would create it."""
    body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": live.bot_id}}
    client = (await live.add_user("hjaelper")).client
    return str((await client.call("POST", "login", body={**body, "password": "adgangskode"}))["access_token"])


async def read_device_id(live: LiveSetup) -> str:
    """Return the device of the bot's last login from the database."""
    settings = load_settings(live.folder / "config.yaml", {})
    store = Store(settings.database)
    client = await open_client(settings, live.make_app().credentials, store)
    device: str = client.device_id
    await client.close()
    await store.close()
    return device


@pytest.mark.parametrize("where", ["sync", "send"])
async def test_a_soft_logout_is_followed_by_a_login_as_the_same_device_and_nothing_else(
    live: LiveSetup, proxy: FaultProxy, where: str
) -> None:
    room, club = await create_room(live)
    async with live.run_app():
        before = await read_device_id(live)
        rule = proxy.add_rule(Rule(logged_out(is_soft=True), path=f"/{where}", times=1))
        for number in range(5):
            await club.say(room, f"!ping {number}")
            await club.wait_for_text(room, f"pong {number}")
        assert rule.hits == 1
        assert await read_device_id(live) == before
    assert club.texts_from(room, live.bot_id) == [f"🏓 pong {number}" for number in range(5)]
    assert len(proxy.find_requests("/login")) == 2


async def test_a_login_that_has_to_wait_is_waited_for(live: LiveSetup, proxy: FaultProxy) -> None:
    room, club = await create_room(live)
    async with live.run_app():
        proxy.add_rule(Rule(html_page(502), path="/login", times=1))
        proxy.add_rule(Rule(rate_limited(milliseconds=200), path="/login", times=1))
        proxy.add_rule(Rule(logged_out(is_soft=True), path="/send/", times=3))
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1"]


async def test_killed_while_it_logs_in_again_the_next_start_logs_in_as_the_same_device(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    room, club = await create_room(live)
    task = await start_app(live.make_app())
    before = await read_device_id(live)
    proxy.add_rule(Rule(logged_out(is_soft=True), path="/send/"))
    login = proxy.add_rule(Rule(html_page(502), path="/login"))
    await club.say(room, "!ping 1")
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await proxy.wait_until_hit(login)
    task.cancel()
    await asyncio.wait({task})
    proxy.rules.clear()
    async with live.run_app():
        await club.wait_for_text(room, "pong 1")
        assert await read_device_id(live) == before


async def test_a_soft_logout_of_an_access_token_is_followed_by_the_password_that_is_there_too(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    room, club = await create_room(live)
    token = await create_bot_token(live)
    async with live.run_app(live.make_app("adgangskode", token)):
        proxy.add_rule(Rule(logged_out(is_soft=True), path="/send/", times=1))
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
    async with live.run_app(live.make_app("adgangskode", token)):
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
    assert len(proxy.find_requests("/login")) == 1


async def test_a_soft_logout_with_an_access_token_alone_ends_it_and_says_what_to_do(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    room, club = await create_room(live)
    task = await start_app(live.make_app(None, await create_bot_token(live)))
    proxy.add_rule(Rule(logged_out(is_soft=True), path="/send/"))
    await club.say(room, "!ping 1")
    with pytest.raises(Fatal, match=r"access token alone cannot do.*password_file in config\.yaml") as error:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await task
    assert error.value.exit_code == 77


async def test_somebody_elses_access_token_ends_it_with_a_sentence(live: LiveSetup) -> None:
    _, club = await create_room(live)
    with pytest.raises(Fatal, match=f"belongs to {club.user_id}, not to {live.bot_id}") as error:
        await live.make_app(None, club.client.access_token).run()
    assert error.value.exit_code == 78


@pytest.mark.parametrize("where", ["/login", "/join/", "/state/", "/sync"])
async def test_a_revoked_token_at_the_start_ends_it_with_a_sentence(
    live: LiveSetup, proxy: FaultProxy, where: str
) -> None:
    await create_room(live)
    proxy.add_rule(Rule(logged_out(is_soft=False), path=where))
    with pytest.raises(Fatal, match="no longer accepts our login") as error:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await live.make_app().run()
    assert error.value.exit_code == 77


@pytest.mark.parametrize("where", ["/send/", "/messages"])
async def test_a_revoked_token_ends_it_with_a_sentence_and_the_next_start_loses_and_doubles_nothing(
    live: LiveSetup, proxy: FaultProxy, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_loop, "TIMELINE_LIMIT", 5)
    room, club = await create_room(live)
    task = await start_app(live.make_app())
    rule = proxy.add_rule(Rule(logged_out(is_soft=False), path=where))
    async with proxy.unreachable():
        for number in range(20):  # more than a sync brings, so there is a gap
            await club.say(room, f"!ping {number}")
    with pytest.raises(Fatal, match="no longer accepts our login") as error:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await task
    assert error.value.exit_code == 77
    request_count = len(proxy.records)
    proxy.remove_rule(rule)
    async with live.run_app():
        await club.say(room, "!ping slut")
        await club.wait_for_text(room, "pong slut")
    assert sorted(club.texts_from(room, live.bot_id)) == sorted(f"🏓 pong {n}" for n in (*range(20), "slut"))
    assert rule.hits <= 32
    assert len(proxy.records) > request_count
