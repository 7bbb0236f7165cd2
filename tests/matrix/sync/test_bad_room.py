"""One room in which nothing works holds up no other, and is itself served as soon as it works again."""

import asyncio

import pytest
from neighbours import PATIENCE, Neighbour, Street

from bot.concurrency import retry
from bot.matrix.client import Client
from bot.matrix.sync import sync_loop
from bot.testing.faults import hang, limited
from bot.testing.proxied_request import Fault
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("far")


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_BACKOFF", lambda state: 0.2)


def named(fault: Fault) -> str:
    """The fault's name."""
    name: str = getattr(fault, "__name__", "")
    return name


async def two_rooms(street: Street) -> tuple[Neighbour, str, str]:
    """Somebody, a good room and a bad one."""
    club = await street.add("klub")
    good = await street.settle(club)
    street.begin_another()
    bad = await street.settle(club)
    return club, good, bad


@pytest.mark.parametrize("fault", [hang(), limited(milliseconds=300)], ids=named)
async def test_a_room_whose_sends_fail_holds_up_no_other(street: Street, proxy: FaultProxy, fault: Fault) -> None:
    club, good, bad = await two_rooms(street)
    async with street.running():
        rule = proxy.add(Rule(fault, path="/send/", room=bad))
        for number in range(6):
            await club.say(bad, f"!ping {number}")
        async with asyncio.timeout(PATIENCE):
            await proxy.until_hit(rule)
        for number in range(3):
            await club.say(good, f"!ping {number}")
            await club.hear_body(good, f"pong {number}")
        assert not any("pong" in body for body in club.bodies(bad, street.bot))
        proxy.remove(rule)
        if named(fault) == "hang":
            async with proxy.gone():  # or it waits for as long as it is ready to
                pass
        await club.hear_body(bad, "pong 5")
    assert club.bodies(bad, street.bot)[-6:] == [f"🏓 pong {number}" for number in range(6)]


@pytest.mark.parametrize("fault", [hang()], ids=named)
async def test_a_room_whose_history_cannot_be_had_holds_up_no_other_and_is_answered_in_order_later(
    street: Street, proxy: FaultProxy, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "timeout", 1.0)
    monkeypatch.setattr(sync_loop, "TIMELINE_LIMIT", 10)
    club, good, bad = await two_rooms(street)
    async with street.running():
        await club.say(bad, "!ping start")
        await club.hear_body(bad, "pong start")
        rule = proxy.add(Rule(fault, path="/messages", room=bad))
        async with proxy.gone():
            for number in range(20):  # more than a sync brings
                await club.say(bad, f"!ping {number}")
        async with asyncio.timeout(PATIENCE):
            await proxy.until_hit(rule)
        for number in range(3):
            await club.say(good, f"!ping {number}")
            await club.hear_body(good, f"pong {number}")
            await club.say(bad, f"!ping senere{number}")
        await club.say(good, "!ping færdig")
        await club.hear_body(good, "pong færdig")
        assert not any("pong senere" in body for body in club.bodies(bad, street.bot))
    async with street.running():  # what is still to be fetched is known after a restart
        async with asyncio.timeout(PATIENCE):
            await proxy.until_hit(rule, rule.hits + 1)
        proxy.remove(rule)
        await club.hear_body(bad, "pong senere2")
    asked = ["start", *range(20), *(f"senere{number}" for number in range(3))]
    said = [body for body in club.bodies(bad, street.bot) if "pong" in body]
    assert sorted(said) == sorted(f"🏓 pong {word}" for word in asked)
