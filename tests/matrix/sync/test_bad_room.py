"""A room in which requests fail holds up no other room, and is served as soon as requests succeed again."""

import asyncio

import pytest
from live_setup import TIMEOUT_SECONDS, LiveSetup, MatrixUser

from bot.concurrency import retry
from bot.matrix.client import Client
from bot.matrix.sync import sync_loop
from bot.testing.faults import hang, rate_limited
from bot.testing.proxied_request import Fault
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("bot_behind_proxy")


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_BACKOFF", lambda state: 0.2)


def fault_name(fault: Fault) -> str:
    """Return the name of a fault."""
    name: str = getattr(fault, "__name__", "")
    return name


async def two_rooms(live: LiveSetup) -> tuple[MatrixUser, str, str]:
    """Create a user, a good room and a bad one."""
    club = await live.add_user("klub")
    good = await live.create_room(club)
    live.start_another_community()
    bad = await live.create_room(club)
    return club, good, bad


@pytest.mark.parametrize("fault", [hang(), rate_limited(milliseconds=300)], ids=fault_name)
async def test_a_room_whose_sends_fail_holds_up_no_other(live: LiveSetup, proxy: FaultProxy, fault: Fault) -> None:
    club, good, bad = await two_rooms(live)
    async with live.run_app():
        rule = proxy.add_rule(Rule(fault, path="/send/", room=bad))
        for number in range(6):
            await club.say(bad, f"!ping {number}")
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await proxy.wait_until_hit(rule)
        for number in range(3):
            await club.say(good, f"!ping {number}")
            await club.wait_for_text(good, f"pong {number}")
        assert not any("pong" in body for body in club.texts_from(bad, live.bot_id))
        proxy.remove_rule(rule)
        if fault_name(fault) == "hang":
            async with proxy.unreachable():  # otherwise the request hangs until its timeout
                pass
        await club.wait_for_text(bad, "pong 5")
    assert club.texts_from(bad, live.bot_id)[-6:] == [f"🏓 pong {number}" for number in range(6)]


@pytest.mark.parametrize("fault", [hang()], ids=fault_name)
async def test_a_room_whose_history_cannot_be_read_holds_up_no_other_and_is_answered_later(
    live: LiveSetup, proxy: FaultProxy, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "timeout_seconds", 1.0)
    monkeypatch.setattr(sync_loop, "TIMELINE_LIMIT", 10)
    club, good, bad = await two_rooms(live)
    async with live.run_app():
        await club.say(bad, "!ping start")
        await club.wait_for_text(bad, "pong start")
        rule = proxy.add_rule(Rule(fault, path="/messages", room=bad))
        async with proxy.unreachable():
            for number in range(20):  # more than a sync brings
                await club.say(bad, f"!ping {number}")
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await proxy.wait_until_hit(rule)
        for number in range(3):
            await club.say(good, f"!ping {number}")
            await club.wait_for_text(good, f"pong {number}")
            await club.say(bad, f"!ping senere{number}")
        await club.say(good, "!ping færdig")
        await club.wait_for_text(good, "pong færdig")
        assert not any("pong senere" in body for body in club.texts_from(bad, live.bot_id))
    async with live.run_app():  # the gap is known after a restart
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await proxy.wait_until_hit(rule, rule.hits + 1)
        proxy.remove_rule(rule)
        await club.wait_for_text(bad, "pong senere2")
    pings = ["start", *range(20), *(f"senere{number}" for number in range(3))]
    answers = [body for body in club.texts_from(bad, live.bot_id) if "pong" in body]
    assert sorted(answers) == sorted(f"🏓 pong {word}" for word in pings)
