"""A Synapse that limits how much is said and whose sessions grow old: nothing is lost, nothing asked in vain."""

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

#: Messages a second that Synapse lets somebody send, and how many at once before it counts; joins are messages.
PER_SECOND, BURST = 3, 4
#: Seconds after which somebody has to log in again.
SESSION = 3


@pytest.fixture
async def homeserver(tmp_path: Path) -> AsyncIterator[Homeserver]:
    """Limits apply to everybody who is not exempted (admin API, "Override ratelimiting")."""
    more = {
        "rc_message": {"per_second": PER_SECOND, "burst_count": BURST},
        "session_lifetime": f"{SESSION}s",
    }
    async with Homeserver(tmp_path / "synapse", extra_config=more) as server:
        yield server


async def free_neighbour(live: LiveSetup) -> MatrixUser:
    """Somebody without limits, who logs in again when the session is too old."""
    club = await live.add_user("klub")

    async def renew() -> None:
        identifier = {"type": "m.id.user", "user": club.user_id}
        body = {"type": "m.login.password", "identifier": identifier, "password": "hemmelig"}
        answer = await club.client.call_without_token("POST", "login", body=body)
        club.client.nio.access_token = answer["access_token"]

    club.client.renew_login = renew
    caretaker = await live.homeserver.register("vicevaert", "hemmelig", admin=True)
    admin = Client(live.homeserver.url, caretaker.user_id, caretaker.device_id, caretaker.access_token)
    headers = {"Authorization": f"Bearer {caretaker.access_token}"}
    url = f"/_synapse/admin/v1/users/{club.user_id}/override_ratelimit"
    limits = '{"messages_per_second": 0, "burst_count": 0}'
    (await admin.nio.send("POST", url, limits, headers)).raise_for_status()
    await admin.close()
    return club


async def test_limits_and_sessions_that_grow_old_lose_nothing_and_double_nothing(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    club = await free_neighbour(live)
    rooms = []
    for _ in range(3):
        rooms.append(await club.create_room(room_alias_name=live.community_key))
        await live.write_files(club.user_id)
        live.start_another_community()
    refused = 0
    async with live.run_app():
        async with proxy.unreachable():  # so that there is much to be said at once
            for number in range(6):
                await asyncio.gather(*(club.say(room, f"!ping {number}") for room in rooms))
        for room in rooms:
            await club.wait_for_text(room, "pong 5")
        await asyncio.sleep(SESSION)  # it passes for real, as it does for everybody
        await club.say(rooms[0], "!ping slut")
        await club.wait_for_text(rooms[0], "pong slut")
    for room in rooms:
        said = [body for body in club.texts_from(room, live.bot_id) if "pong" in body and "slut" not in body]
        assert said == [f"🏓 pong {number}" for number in range(6)]
    sends = proxy.find_requests("/send/")
    assert [record.homeserver_status for record in sends].count(200) == 3 * 6 + 1
    assert len(proxy.find_requests("/login")) > 1
    for room in rooms:
        here = [record for record in sends if record.room == room]
        waited = [
            after.started_at - before.started_at for before, after in pairwise(here) if before.client_status == 429
        ]
        assert all(pause >= 1.0 for pause in waited)  # Synapse rounds Retry-After up to whole seconds
        refused += len(waited)
    assert refused > 0
