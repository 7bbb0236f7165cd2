"""SIGTERM and Ctrl-C: what is in hand is finished within five seconds, nothing is lost and nothing said twice."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from neighbours import Neighbour, Street
from process import Process

from bot.demo.homeserver import Homeserver

#: Seconds it may take on a machine that is busy with other tests: five, and what it costs to end a Python.
LIMIT = 6.5
#: How often it is ended in the middle of its work; docs/reliability.md has the figures of more.
TIMES = int(os.environ.get("BYLAUG_TIMES", "4"))


@pytest.fixture
async def street(homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str]) -> AsyncIterator[Street]:
    made = Street(homeserver, tmp_path, localpart)
    yield made
    await made.close()


async def all_of(reader: Neighbour, room: str, sender: str) -> list[str]:
    """Everything that somebody ever said in a room, oldest first."""
    query = {"dir": "f", "limit": "500", "filter": json.dumps({"senders": [sender], "types": ["m.room.message"]})}
    said: list[str] = []
    while True:
        page = await reader.client.call("GET", "rooms", room, "messages", query=query)
        said += [event["content"]["body"] for event in page["chunk"]]
        if "end" not in page:
            return said
        query["from"] = page["end"]


async def test_ended_again_and_again_in_the_middle_of_its_work_it_answers_everything_once(street: Street) -> None:
    club = await street.add("klub")
    room = await club.make_room(room_alias_name=street.key)
    await street.write_files(club.user_id)
    asked: list[str] = []
    ending = asyncio.Event()

    async def ask() -> None:
        while not ending.is_set():
            word = str(len(asked))
            asked.append(word)
            await club.say(room, f"!ping {word}")

    asking: asyncio.Task[None] | None = None
    for number in range(TIMES):
        async with Process(street.folder / "config.yaml") as bot:
            await bot.serving()
            asking = asking or asyncio.create_task(ask())
            await asyncio.sleep(0.05 * number)  # a little more in hand each time
            code, seconds = await bot.end(signal.SIGINT if number % 3 == 0 else signal.SIGTERM)
            assert (code, seconds < LIMIT) == (0, True), (seconds, bot.log)
            assert "ERROR" not in bot.log
    ending.set()
    assert asking is not None
    await asking
    async with Process(street.folder / "config.yaml") as bot:
        await bot.serving()
        await club.say(room, "!ping slut")
        await club.hear_body(room, "pong slut")
        assert (await bot.end())[0] == 0
    said = await all_of(club, room, street.bot)
    assert len(asked) > 5 * TIMES
    assert sorted(said) == sorted(f"🏓 pong {word}" for word in (*asked, "slut"))


async def test_a_homeserver_that_does_not_answer_holds_nobody_up(street: Street) -> None:
    club = await street.add("klub")
    await club.make_room(room_alias_name=street.key)
    await street.write_files(club.user_id)
    held: list[asyncio.StreamWriter] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        asked.set()

    asked = asyncio.Event()
    silent = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    config = street.folder / "config.yaml"
    config.write_text(config.read_text("utf-8").replace(f":{street.homeserver.port}", f":{port}"), "utf-8")
    async with Process(config) as bot:
        async with asyncio.timeout(60):
            await asked.wait()
        code, seconds = await bot.end()
        assert (code, seconds < LIMIT) == (0, True), (seconds, bot.log)
    for writer in held:
        writer.close()
    silent.close()


async def test_the_second_signal_ends_it_at_once(street: Street) -> None:
    club = await street.add("klub")
    await club.make_room(room_alias_name=street.key)
    await street.write_files(club.user_id)
    async with Process(street.folder / "config.yaml") as bot:
        await bot.serving()
        bot.send(signal.SIGSTOP)
        bot.send(signal.SIGTERM)
        bot.send(signal.SIGCONT)
        await bot.until("STOPPING=1")
        assert (await bot.end())[0] in {0, -signal.SIGTERM}  # it may have been faster than we were
