"""All faults between the bot and its homeserver: nothing is lost, nothing is sent twice, and the order stays."""

import asyncio
import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from live_setup import TIMEOUT_SECONDS, LiveSetup, MatrixUser

from bot.concurrency import retry
from bot.matrix.client import Client
from bot.matrix.rooms import provision
from bot.matrix.sync import gaps, sync_loop
from bot.testing.faults import cut_connection, delayed, hang, html_page, rate_limited, refused, truncated
from bot.testing.proxied_request import Fault
from bot.testing.proxy import FaultProxy, Rule

pytestmark = pytest.mark.usefixtures("bot_behind_proxy")

#: Seconds that the bot waits for an answer in these tests instead of half a minute.
REQUEST_TIMEOUT_SECONDS = 1.0

FAULTS: dict[str, Fault] = {
    "429": rate_limited(),
    "429 with milliseconds": rate_limited(milliseconds=200),
    "429 with the header": rate_limited(header="1"),
    "429 with both": rate_limited(milliseconds=60_000, header="1"),
    "500": refused(500),
    "501": refused(501),
    "502": html_page(502),
    "503": refused(503),
    "504": html_page(504),
    "a page": html_page(200),
    "no answer": hang(),
    "no answer, but done": hang(forwarded=True),
    "cut": cut_connection(),
    "cut, but done": cut_connection(forwarded=True),
    "half of an answer": truncated(),
    "slow": delayed(REQUEST_TIMEOUT_SECONDS / 2),
}

#: Faults after which it is open whether the bot is in the room.
JOIN_FAULTS = ("429 with both", "502", "a page", "no answer, but done", "cut, but done", "half of an answer")


@pytest.fixture
def _short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "timeout_seconds", REQUEST_TIMEOUT_SECONDS)
    monkeypatch.setattr(sync_loop, "SYNC_TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(provision, "RETRY_SECONDS", 0.3)
    monkeypatch.setattr(retry, "_BACKOFF", lambda state: 0.1)


async def create_room(live: LiveSetup, club: MatrixUser) -> str:
    """Create one more community with a room."""
    live.start_another_community()
    return await live.create_room(club)


def answers_in(club: MatrixUser, room: str, bot: str) -> list[str]:
    """Return the answers to !ping in the order of the room."""
    return [body.removeprefix("🏓 pong ") for body in club.texts_from(room, bot) if "pong" in body]


@pytest.mark.usefixtures("_short_timeouts")
async def test_each_fault_in_turn_in_sync_and_send_loses_nothing_and_doubles_nothing(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club)
    async with live.run_app():
        for number, fault in enumerate(FAULTS.values()):
            rules = [proxy.add_rule(Rule(fault, path=path, times=1)) for path in ("/sync", "/send/")]
            await club.say(room, f"!ping {number:02}")
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await asyncio.gather(club.wait_for_text(room, f"pong {number:02}"), *map(proxy.wait_until_hit, rules))
    assert answers_in(club, room, live.bot_id) == [f"{number:02}" for number in range(len(FAULTS))]
    sends = proxy.find_requests("/send/", room=room)
    transaction_ids = [record.transaction_id for record in sends if record.homeserver_status == 200]
    assert len(transaction_ids) == len(FAULTS) + len(("no answer", "cut", "half"))
    assert len(set(transaction_ids)) == len(FAULTS)


@pytest.mark.usefixtures("_short_timeouts")
async def test_each_fault_in_turn_while_a_gap_is_filled_loses_nothing(
    live: LiveSetup, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "PAGE_LIMIT", 5)
    monkeypatch.setattr(sync_loop, "TIMELINE_LIMIT", 5)
    club = await live.add_user("klub")
    room = await create_room(live, club)
    pings = [str(number) for number in range(20)]
    async with live.run_app():
        # the first page is written, and each request after that has a fault
        rules = [proxy.add_rule(Rule(fault, path="/messages", times=1, skip=1)) for fault in FAULTS.values()]
        async with proxy.unreachable():
            for number in pings:
                await club.say(room, f"!ping {number}")
        await club.wait_for_text(room, "pong 19")
    assert answers_in(club, room, live.bot_id) == pings
    assert [rule.hits for rule in rules] == [1] * len(FAULTS)


@pytest.mark.usefixtures("_short_timeouts")
async def test_each_fault_in_joining_delays_its_own_room_alone(live: LiveSetup, proxy: FaultProxy) -> None:
    club = await live.add_user("klub")
    rooms, rules = [], []
    for name in JOIN_FAULTS:
        rooms.append(await create_room(live, club))
        rules.append(proxy.add_rule(Rule(FAULTS[name], path="/join/", room=live.alias, times=1)))
    async with live.run_app():
        for room in rooms:
            await club.wait_for_event(room, lambda e: e["type"] == "m.room.member" and e["sender"] == live.bot_id)
            await club.say(room, "!ping")
        for room in rooms:
            await club.wait_for_text(room, "pong")
    assert [len(answers_in(club, room, live.bot_id)) for room in rooms] == [1] * len(rooms)
    assert [rule.hits for rule in rules] == [1] * len(rules)


@pytest.mark.usefixtures("_short_timeouts")
async def test_all_faults_at_once_and_an_outage_lose_nothing_and_double_nothing(
    live: LiveSetup, proxy: FaultProxy
) -> None:
    club = await live.add_user("klub")
    rooms = [await create_room(live, club) for _ in range(3)]
    pings = [str(number) for number in range(15)]
    async with live.run_app():
        for fault in FAULTS.values():
            proxy.add_rule(Rule(fault, chance=0.03))
        for number in pings:
            await asyncio.gather(*(club.say(room, f"!ping {number}") for room in rooms))
            if number == "10":
                async with proxy.unreachable():
                    await asyncio.gather(*(club.say(room, f"!ping {number}væk") for room in rooms))
        for room in rooms:
            await club.wait_for_text(room, "pong 14")
    for room in rooms:
        answers = answers_in(club, room, live.bot_id)
        assert sorted(answers) == sorted([*pings, "10væk"])
        assert len({record.transaction_id for record in proxy.find_requests("/send/", room=room)}) == len(answers)


async def test_in_an_outage_requests_become_fewer_and_fewer(live: LiveSetup, proxy: FaultProxy) -> None:
    club = await live.add_user("klub")
    rooms = [await create_room(live, club) for _ in range(3)]
    async with live.run_app():
        send_rule = proxy.add_rule(Rule(html_page(502), path="/send/"))
        await asyncio.gather(*(club.say(room, f"!ping {n}") for n in range(10) for room in rooms))
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await proxy.wait_until_hit(send_rule, 3)
        syncs = proxy.add_rule(Rule(refused(503), path="/sync"))
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await proxy.wait_until_hit(syncs, 5)
        sends = {room: proxy.find_requests("/send/", room=room) for room in rooms}
        pauses = [
            after.started_at - (before.ended_at or 0)
            for before, after in pairwise(proxy.find_requests("/sync"))
            if before.fault
        ]
        seconds = proxy.elapsed_seconds - min(records[0].started_at for records in sends.values())
        proxy.rules.clear()
        for room in rooms:
            await club.wait_for_text(room, "pong 9")
    # The n-th pause is 0.1 s and a random part of 0.5 * 2^n s, half a minute at most: on average the number of tries
    # grows with the logarithm of the time. Four times as many are allowed, because the pauses are random.
    max_requests = 4 * (math.log2(1 + seconds / 0.5) + 1)
    assert all(len(records) <= max_requests for records in sends.values())
    assert all(pause >= 0.1 for pause in pauses)
    assert len({round(pause, 3) for pause in pauses}) > 1
    for room in rooms:
        assert sorted(answers_in(club, room, live.bot_id)) == sorted(str(number) for number in range(10))


async def test_the_bot_does_not_send_before_the_time_in_retry_after(live: LiveSetup, proxy: FaultProxy) -> None:
    club = await live.add_user("klub")
    room = await create_room(live, club)
    async with live.run_app():
        until = datetime.now(UTC) + timedelta(seconds=3)  # an HTTP date has whole seconds
        rule = proxy.add_rule(
            Rule(rate_limited(milliseconds=1, header=format_datetime(until, usegmt=True)), path="/send/", times=1)
        )
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")
    first, second = proxy.find_requests("/send/", room=room)
    assert rule.hits == 1
    assert second.started_at - first.started_at >= 1.0
    assert first.transaction_id == second.transaction_id


async def test_a_room_whose_creation_was_not_answered_is_found_and_greeted_once(
    live: LiveSetup, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provision, "RETRY_SECONDS", 0.3)
    club = await live.add_user("klub")
    await live.write_files(club.user_id)
    rule = proxy.add_rule(Rule(cut_connection(forwarded=True), path="/createRoom", times=1))
    async with live.run_app():
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await proxy.wait_until_requested("/send/")
        room = await club.join(live.alias)
        await club.say(room, "!ping")
        await club.wait_for_text(room, "pong")
    assert rule.hits == 1
    assert len(proxy.find_requests("/createRoom")) == 1
    page = await club.client.call("GET", "rooms", room, "messages", query={"dir": "b", "limit": "100"})
    bodies = [event["content"].get("body", "") for event in page["chunk"]]
    assert sum("Velkommen til landsbyen" in body for body in bodies) == 1
