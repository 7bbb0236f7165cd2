"""A Synapse with rate limits and short sessions: nothing is lost, and the bot waits as long as it is told."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from live_setup import LiveSetup, MatrixUser

from bot.demo.homeserver import Homeserver
from bot.matrix.client import Client
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
        club.client.nio.access_token = answer["access_token"]

    club.client.renew_login = renew
    administrator = await live.homeserver.register("vicevaert", "hemmelig", admin=True)
    admin = Client(live.homeserver.url, administrator.user_id, administrator.device_id, administrator.access_token)
    headers = {"Authorization": f"Bearer {administrator.access_token}"}
    url = f"/_synapse/admin/v1/users/{club.user_id}/override_ratelimit"
    limits = '{"messages_per_second": 0, "burst_count": 0}'
    async with await admin.nio.send("POST", url, limits, headers) as response:
        response.raise_for_status()
    await admin.close()
    return club


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
