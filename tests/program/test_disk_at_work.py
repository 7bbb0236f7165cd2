"""The whole program on a bad disk: /ready reports it, work goes on afterwards, and damage ends the program."""

import asyncio
import resource
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from bot_process import BotProcess
from live_setup import TIMEOUT_SECONDS, LiveSetup, MatrixUser

from bot.errors import Fatal


def find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def set_up(live: LiveSetup) -> tuple[Path, MatrixUser, str, int]:
    club, port = await live.add_user("klub"), find_free_port()
    room = await live.create_room(club)
    config = live.folder / "config.yaml"
    config.write_text(config.read_text("utf-8") + f"status_listen: 127.0.0.1:{port}\n", "utf-8")
    return config, club, room, port


async def get(port: int, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.json()


async def wait_until_ready_is(port: int, status: int) -> Any:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while (answer := await get(port, "/ready"))[0] != status:  # noqa: ASYNC110  # polled, as monitoring does
            await asyncio.sleep(0.1)
    return answer[1]


async def test_disk_that_cannot_be_written_for_a_while_is_reported_and_outlasted(live: LiveSetup) -> None:
    config, club, room, port = await set_up(live)
    async with BotProcess(config) as bot:
        await bot.wait_until_serving()
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
        before = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        await club.say(room, "!ping 2")
        ready = await wait_until_ready_is(port, 503)
        assert f"The database {live.folder}/bylaug.db cannot be used: its disk" in ready["hindrances"]["database"]
        assert (await get(port, "/live"))[0] == 200
        await bot.wait_for_output(f"STATUS=The database {live.folder}/bylaug.db cannot be used")
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, before)
        await club.wait_for_text(room, "pong 2")
        await wait_until_ready_is(port, 200)
        assert [line for line in bot.lines if "cannot be used" in line] == [
            line for line in bot.lines if line.startswith("ERROR")
        ]
        assert len([line for line in bot.lines if "cannot be used" in line]) == 1
        assert len([line for line in bot.lines if "the database works again" in line]) == 1
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1", "🏓 pong 2"]


async def test_file_damaged_during_work_ends_the_program_and_is_refused_at_the_next_start(live: LiveSetup) -> None:
    config, club, room, _ = await set_up(live)
    async with live.run_app():
        await club.say(room, "!ping 1")
        await club.wait_for_text(room, "pong 1")
    database = live.folder / "bylaug.db"
    intact = database.read_bytes()
    async with BotProcess(config) as bot:
        await bot.wait_until_serving()
        with database.open("r+b") as opened:
            opened.write(b"\xff" * 4096)
        database.with_name("bylaug.db-wal").write_bytes(b"")
        await club.say(room, "!ping 2")
        assert await bot.wait_until_ended() == 74
        assert f"bylaug: The database {database} is damaged (" in bot.lines[-2]
        assert '"bylaug restore"' in bot.lines[-2]
    with pytest.raises(Fatal, match="is damaged"):
        await live.make_app().run()
    for suffix in ("-wal", "-shm"):
        database.with_name(f"bylaug.db{suffix}").unlink(missing_ok=True)
    database.write_bytes(intact)
    async with live.run_app():
        await club.wait_for_text(room, "pong 2")
    assert club.texts_from(room, live.bot_id) == ["🏓 pong 1", "🏓 pong 2"]
