"""A Synapse with rate limits and short sessions: nothing is lost, and the bot waits as long as it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from secrets import token_hex

import pytest
from live_setup import TIMEOUT_SECONDS, LiveSetup, MatrixUser

from bot.commands.check_online import OnlineCheck, check_online
from bot.demo.homeserver import Homeserver
from bot.matrix.homeserver_watch import describe_rate_limit
from bot.testing.proxy import FaultProxy

pytestmark = pytest.mark.usefixtures("bot_behind_proxy")

#: Messages a second that Synapse lets a user send, and how many at once before that; joins count as messages.
PER_SECOND, BURST = 3, 4
#: Seconds after which a user has to log in again.
SESSION_SECONDS = 3


@pytest.fixture
async def homeserver(tmp_path: Path) -> AsyncIterator[Homeserver]:
    """A Synapse whose limits apply to all users without an exemption (admin API, "Override ratelimiting")."""
    more = {
        "rc_message": {"per_second": PER_SECOND, "burst_count": BURST},
        "session_lifetime": f"{SESSION_SECONDS}s",
    }
    async with Homeserver(tmp_path / "synapse", extra_config=more) as server:
        yield server


async def add_unlimited_user(live: LiveSetup) -> MatrixUser:
    """Add a user without limits who logs in again when the session is over."""
    club = await live.add_user("klub")

    async def renew() -> None:
        identifier = {"type": "m.id.user", "user": club.user_id}
        body = {"type": "m.login.password", "identifier": identifier, "password": "hemmelig"}
        answer = await club.client.call_without_token("POST", "login", body=body)
        club.client.access_token = answer["access_token"]

    club.client.renew_login = renew
    await lift_limit(live, describe_rate_limit(live.homeserver.url, club.user_id))
    return club


async def lift_limit(live: LiveSetup, sentence: str) -> None:
    """Run the curl command in a sentence for the administrator, with the access token of an administrator."""
    administrator = await live.homeserver.register(f"vicevaert-{token_hex(4)}", "hemmelig", admin=True)
    command = "curl -sf " + sentence[sentence.index("-X POST") :].replace("TOKEN", administrator.access_token)
    curl = await asyncio.create_subprocess_shell(command, stdout=asyncio.subprocess.DEVNULL)
    assert await curl.wait() == 0


async def test_limits_and_short_sessions_lose_nothing_and_double_nothing(live: LiveSetup, proxy: FaultProxy) -> None:
    club = await add_unlimited_user(live)
    rooms = []
    for _ in range(3):
        rooms.append(await club.create_room(room_alias_name=live.community_key))
        await live.write_files(club.user_id)
        live.start_another_community()
    refusals = 0
    async with live.run_app():
        async with proxy.unreachable():  # so that many answers have to be sent at once
            for number in range(6):
                await asyncio.gather(*(club.say(room, f"!ping {number}") for room in rooms))
        for room in rooms:
            await club.wait_for_text(room, "pong 5")
        await asyncio.sleep(SESSION_SECONDS)  # the session is over in real time, not by the bot's clock
        await club.say(rooms[0], "!ping slut")
        await club.wait_for_text(rooms[0], "pong slut")
    for room in rooms:
        answers = [body for body in club.texts_from(room, live.bot_id) if "pong" in body and "slut" not in body]
        assert answers == [f"🏓 pong {number}" for number in range(6)]
    sends = proxy.find_requests("/send/")
    assert [record.homeserver_status for record in sends].count(200) == 3 * 6 + 1
    assert len(proxy.find_requests("/login")) > 1
    for room in rooms:
        room_sends = [record for record in sends if record.room == room]
        pauses = [
            after.started_at - before.started_at
            for before, after in pairwise(room_sends)
            if before.client_status == 429
        ]
        assert all(pause >= 1.0 for pause in pauses)  # Synapse rounds Retry-After up to whole seconds
        refusals += len(pauses)
    assert refusals > 0


async def check_until(config: Path, is_as_expected: Callable[[OnlineCheck], bool]) -> OnlineCheck:
    """Repeat `bylaug check --online` until the bot has written what it found."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            if is_as_expected(check := await check_online(config, {})):
                return check
            await asyncio.sleep(0.1)


async def test_limited_account_is_named_with_the_command_that_lifts_the_limit(live: LiveSetup) -> None:
    club = await add_unlimited_user(live)
    room = await live.create_room(club)
    config = live.folder / "config.yaml"
    assert (await check_online(config, {})).findings[-1].startswith("the bot has not logged in yet")
    async with live.run_app() as app:
        await asyncio.gather(*(club.say(room, f"!ping {number}") for number in range(12)))
        await club.wait_for_text(room, "pong 11")
        sentence = app.health.warnings["rate limit"]
        assert f"/_synapse/admin/v1/users/{live.bot_id}/override_ratelimit" in sentence
        check = await check_until(config, lambda found: bool(found.problems))
        assert (check.exit_code, check.problems[0].startswith(sentence)) == (0, True)
    async with live.run_app() as app:  # it is known after a restart
        assert app.health.warnings["rate limit"] == sentence
        await lift_limit(live, sentence)
        for number in range(3):
            await asyncio.gather(*(club.say(room, f"!ping {number}{letter}") for letter in "abcdefghij"))
            await club.wait_for_text(room, f"pong {number}j")
        assert "rate limit" not in app.health.warnings
        await check_until(config, lambda found: not found.problems)


async def test_check_online_says_when_the_homeserver_or_the_login_cannot_be_used(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    await live.create_room(club)
    async with live.run_app():
        pass
    config = live.folder / "config.yaml"
    await asyncio.sleep(SESSION_SECONDS)
    ended = await check_online(config, {})
    assert (ended.exit_code, "log in again" in ended.problems[0]) == (77, True)
    config.write_text(config.read_text("utf-8").replace(live.homeserver_url, "http://127.0.0.1:9"), "utf-8")
    away = await check_online(config, {})
    assert (away.exit_code, "http://127.0.0.1:9 cannot be used: homeserver not reached" in away.problems[0]) == (
        75,
        True,
    )
