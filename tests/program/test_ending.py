"""SIGTERM and Ctrl-C: what is in hand is finished within five seconds, nothing is lost and nothing said twice."""

import asyncio
import os
import signal
import time

import pytest
from live_setup import LiveSetup
from process import Process

from bot.pipeline.shutdown import GRACE_SECONDS
from bot.testing.faults import call_hooks
from bot.testing.proxied_request import ProxiedRequest
from bot.testing.proxy import FaultProxy, Rule

#: Seconds it may take on a machine that is busy with other tests: five, and what it costs to end a Python.
LIMIT = 6.5
#: How often it is ended in the middle of its work; docs/reliability.md has the figures of more.
TIMES = int(os.environ.get("BYLAUG_TIMES", "2"))


async def test_ended_again_and_again_in_the_middle_of_its_work_it_answers_everything_once(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await live.create_room(club)
    asked: list[str] = []
    ending = asyncio.Event()

    async def ask() -> None:
        while not ending.is_set():
            word = str(len(asked))
            asked.append(word)
            await club.say(room, f"!ping {word}")

    asking: asyncio.Task[None] | None = None
    for number in range(TIMES):
        async with Process(live.folder / "config.yaml") as bot:
            await bot.serving()
            asking = asking or asyncio.create_task(ask())
            await asyncio.sleep(0.05 * number)  # a little more in hand each time
            code, seconds = await bot.end(signal.SIGINT if number % 3 == 0 else signal.SIGTERM)
            assert (code, seconds < LIMIT) == (0, True), (seconds, bot.log)
            assert "ERROR" not in bot.log
    ending.set()
    assert asking is not None
    await asking
    async with live.run_app():
        await club.say(room, "!ping slut")
        await club.wait_for_text(room, "pong slut")
    said = await club.read_all_texts(room, live.bot_id)
    assert len(asked) > 5 * TIMES
    assert sorted(said) == sorted(f"🏓 pong {word}" for word in (*asked, "slut"))


async def test_a_homeserver_that_does_not_answer_holds_nobody_up(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    await live.create_room(club)
    held: list[asyncio.StreamWriter] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        asked.set()

    asked = asyncio.Event()
    silent = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    config = live.folder / "config.yaml"
    config.write_text(config.read_text("utf-8").replace(f":{live.homeserver.port}", f":{port}"), "utf-8")
    async with Process(config) as bot:
        async with asyncio.timeout(60):
            await asked.wait()
        code, seconds = await bot.end()
        assert (code, seconds < LIMIT) == (0, True), (seconds, bot.log)
    for writer in held:
        writer.close()
    silent.close()


class Held:
    """A homeserver that has done what it was asked and is slow to say so, once."""

    def __init__(self, proxy: FaultProxy) -> None:
        self.proxy = proxy
        self.holds = asyncio.Event()

    def hold(self, seconds: float) -> None:
        async def wait(exchange: ProxiedRequest) -> None:
            self.holds.set()
            await asyncio.sleep(seconds)

        self.proxy.rules.append(Rule(call_hooks(after=wait), method="PUT", path="/send/", times=1))

    def sent(self) -> list[str]:
        """The transaction ids of what was sent, as often as it was."""
        return [record.transaction_id for record in self.proxy.records if "/send/" in record.path]


@pytest.fixture
def held(bot_behind_proxy: None, proxy: FaultProxy) -> Held:
    """What the bot finds."""
    return Held(proxy)


async def test_what_is_on_its_way_arrives_and_is_noted(live: LiveSetup, held: Held) -> None:
    club = await live.add_user("klub")
    room = await live.create_room(club)
    async with live.run_app():
        held.hold(1.0)
        await club.say(room, "!ping 1")
        await held.holds.wait()
    async with live.run_app():
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1", "🏓 pong 2"]
    assert len(held.sent()) == len(set(held.sent())) == 2


async def test_what_takes_too_long_is_cut_off(live: LiveSetup, held: Held) -> None:
    club = await live.add_user("klub")
    room = await live.create_room(club)
    async with live.run_app():
        held.hold(60.0)
        await club.say(room, "!ping 1")
        await held.holds.wait()
        began = time.monotonic()
    assert GRACE_SECONDS <= time.monotonic() - began < LIMIT
    async with live.run_app():
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1", "🏓 pong 2"]
    assert (len(held.sent()), len(set(held.sent()))) == (3, 2)


async def test_a_second_signal_ends_it_at_once(live: LiveSetup, held: Held) -> None:
    club = await live.add_user("klub")
    room = await live.create_room(club)
    async with Process(live.folder / "config.yaml") as bot:
        await bot.serving()
        held.hold(60.0)
        await club.say(room, "!ping 1")
        await held.holds.wait()
        bot.send(signal.SIGTERM)
        await bot.until("STOPPING=1")
        code, seconds = await bot.end()
    assert (code, seconds < GRACE_SECONDS) == (-signal.SIGTERM, True), seconds
    async with live.run_app():
        await club.wait_for_text(room, "pong 1")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1"]
