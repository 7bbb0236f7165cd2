"""SIGTERM and Ctrl-C: work in progress is finished within five seconds, nothing is lost and nothing is sent twice."""

import asyncio
import os
import signal
import time

import pytest
from bot_process import BotProcess
from live_setup import LiveSetup

from bot.pipeline.shutdown import GRACE_SECONDS
from bot.testing.faults import call_hooks
from bot.testing.proxied_request import ProxiedRequest
from bot.testing.proxy import FaultProxy, Rule

#: Seconds that ending may take on a machine that is busy with other tests: five, and the end of the Python process.
MAX_SECONDS = 6.5
#: How often the bot is ended during work; docs/reliability.md has the figures of longer runs.
TIMES = int(os.environ.get("BYLAUG_TIMES", "2"))


async def test_bot_that_is_ended_repeatedly_during_work_answers_everything_once(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    room = await live.create_room(club)
    words: list[str] = []
    ending = asyncio.Event()

    async def ask() -> None:
        while not ending.is_set():
            word = str(len(words))
            words.append(word)
            await club.say(room, f"!ping {word}")

    asking: asyncio.Task[None] | None = None
    for number in range(TIMES):
        async with BotProcess(live.folder / "config.yaml") as bot:
            await bot.wait_until_serving()
            asking = asking or asyncio.create_task(ask())
            await asyncio.sleep(0.05 * number)  # with more work in progress each time
            code, seconds = await bot.stop(signal.SIGINT if number % 3 == 0 else signal.SIGTERM)
            assert (code, seconds < MAX_SECONDS) == (0, True), (seconds, bot.output)
            assert "ERROR" not in bot.output
    ending.set()
    assert asking is not None
    await asking
    async with live.run_app():
        await club.say(room, "!ping slut")
        await club.wait_for_text(room, "pong slut")
    texts = await club.read_all_texts(room, live.bot_id)
    assert len(words) > 5 * TIMES
    assert sorted(texts) == sorted(f"🏓 pong {word}" for word in (*words, "slut"))


async def test_homeserver_that_does_not_answer_does_not_delay_the_end(live: LiveSetup) -> None:
    club = await live.add_user("klub")
    await live.create_room(club)
    writers: list[asyncio.StreamWriter] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        connected.set()

    connected = asyncio.Event()
    silent = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    config = live.folder / "config.yaml"
    config.write_text(config.read_text("utf-8").replace(f":{live.homeserver.port}", f":{port}"), "utf-8")
    async with BotProcess(config) as bot:
        async with asyncio.timeout(60):
            await connected.wait()
        code, seconds = await bot.stop()
        assert (code, seconds < MAX_SECONDS) == (0, True), (seconds, bot.output)
    for writer in writers:
        writer.close()
    silent.close()


class SlowResponse:
    """Delays one response of the homeserver to a sent message."""

    def __init__(self, proxy: FaultProxy) -> None:
        self.proxy = proxy
        self.is_delaying = asyncio.Event()

    def delay_next(self, seconds: float) -> None:
        async def wait(exchange: ProxiedRequest) -> None:
            self.is_delaying.set()
            await asyncio.sleep(seconds)

        self.proxy.rules.append(Rule(call_hooks(after=wait), method="PUT", path="/send/", times=1))

    def transaction_ids(self) -> list[str]:
        """The transaction ids of all requests to send a message."""
        return [record.transaction_id for record in self.proxy.records if "/send/" in record.path]


@pytest.fixture
def slow_response(bot_behind_proxy: None, proxy: FaultProxy) -> SlowResponse:
    """The proxy between the bot and the homeserver."""
    return SlowResponse(proxy)


async def test_request_in_progress_is_finished_and_stored(live: LiveSetup, slow_response: SlowResponse) -> None:
    club = await live.add_user("klub")
    room = await live.create_room(club)
    async with live.run_app():
        slow_response.delay_next(1.0)
        await club.say(room, "!ping 1")
        await slow_response.is_delaying.wait()
    async with live.run_app():
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1", "🏓 pong 2"]
    assert len(slow_response.transaction_ids()) == len(set(slow_response.transaction_ids())) == 2


async def test_request_that_takes_too_long_is_cut_off(live: LiveSetup, slow_response: SlowResponse) -> None:
    club = await live.add_user("klub")
    room = await live.create_room(club)
    async with live.run_app():
        slow_response.delay_next(60.0)
        await club.say(room, "!ping 1")
        await slow_response.is_delaying.wait()
        began = time.monotonic()
    assert GRACE_SECONDS <= time.monotonic() - began < MAX_SECONDS
    async with live.run_app():
        await club.say(room, "!ping 2")
        await club.wait_for_text(room, "pong 2")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1", "🏓 pong 2"]
    assert (len(slow_response.transaction_ids()), len(set(slow_response.transaction_ids()))) == (3, 2)


async def test_second_signal_ends_the_program_at_once(live: LiveSetup, slow_response: SlowResponse) -> None:
    club = await live.add_user("klub")
    room = await live.create_room(club)
    async with BotProcess(live.folder / "config.yaml") as bot:
        await bot.wait_until_serving()
        slow_response.delay_next(60.0)
        await club.say(room, "!ping 1")
        await slow_response.is_delaying.wait()
        bot.send_signal(signal.SIGTERM)
        await bot.wait_for_output("STOPPING=1")
        code, seconds = await bot.stop()
    assert (code, seconds < GRACE_SECONDS) == (-signal.SIGTERM, True), seconds
    async with live.run_app():
        await club.wait_for_text(room, "pong 1")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1"]
