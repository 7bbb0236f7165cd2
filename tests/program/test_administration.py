"""What the administrator sees of a running bot: its log, what SIGHUP says, and what a second one says."""

import asyncio
import signal
from importlib.metadata import version
from pathlib import Path

import pytest
from bot_process import BotProcess
from live_setup import LiveSetup
from postgres import without_driver
from test_disk_at_work import find_free_port

from bot.cli import main


async def set_up(live: LiveSetup, more: str = "") -> Path:
    """Return the configuration file of a bot with one community."""
    club = await live.add_user("klub")
    await live.create_room(club)
    config = live.folder / "config.yaml"
    config.write_text(config.read_text("utf-8") + more, "utf-8")
    return config


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"bylaug {version('bylaug')}\n")


async def test_log_says_when_it_serves_and_sighup_what_a_restart_would_change(live: LiveSetup) -> None:
    config = await set_up(live)
    async with BotProcess(config) as bot:
        await bot.wait_for_output(f"Bylaug {version('bylaug')} is serving 1 of 1 communities")
        bot.send_signal(signal.SIGHUP)
        await bot.wait_for_output("there is nothing to take into use")
        config.write_text(config.read_text("utf-8") + "stale_after: 1d\n", "utf-8")
        bot.send_signal(signal.SIGHUP)
        await bot.wait_for_output(f"{config} has changed: stale_after")
        assert (await bot.stop())[0] == 0


async def test_second_bot_with_the_same_configuration_is_told_of_the_first(live: LiveSetup) -> None:
    config = await set_up(live, f"status_listen: 127.0.0.1:{find_free_port()}\n")
    async with BotProcess(config) as first:
        await first.wait_until_serving()
        async with BotProcess(config) as second:
            assert await second.wait_until_ended() == 75
            assert f"Another Bylaug works on the database {live.folder}/bylaug.db: process" in second.output
            assert "status page" not in second.output


async def test_second_bot_on_postgresql_with_the_same_port_is_told_of_the_first(
    live: LiveSetup, postgres_url: str
) -> None:
    more = f"database: {without_driver(postgres_url)}\nstatus_listen: 127.0.0.1:{find_free_port()}\n"
    config = await set_up(live, more)
    async with BotProcess(config) as first:
        await first.wait_until_serving()
        async with BotProcess(config) as second:
            assert await second.wait_until_ended() == 78
            assert "Another Bylaug works on this database, and has the port of the status page" in second.output


async def test_port_of_another_program_is_told_as_before(live: LiveSetup) -> None:
    port = find_free_port()
    config = await set_up(live, f"status_listen: 127.0.0.1:{port}\n")
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", port)
    async with server, BotProcess(config) as bot:
        assert await bot.wait_until_ended() == 78
        assert f"The status page cannot listen on 127.0.0.1, port {port}: another program has it" in bot.output
