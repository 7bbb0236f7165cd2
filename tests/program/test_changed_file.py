"""When a community's file loses the key of a pitch, the bot warns before the restart and keeps the agreements."""

import signal
from pathlib import Path

import pytest
from bot_process import BotProcess
from live_setup import LiveSetup

from bot.cli import main


async def test_a_renamed_pitch_is_told_before_the_restart_and_keeps_its_agreement(live: LiveSetup) -> None:
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    room = await live.create_room(club, firm)
    config, file = live.folder / "config.yaml", live.folder / "rooms" / f"{live.community_key}.yaml"
    async with BotProcess(config) as bot:
        await bot.wait_until_serving()
        await club.say(room, "!book bane 1 slåning i overmorgen kl. 14")
        card = await firm.wait_for_text(room, "📋 Aftale 1: slåning af bane 1")
        await firm.tap(room, "✅", card["event_id"])
        await club.wait_for_text(room, "✅ Aftalt")
        content = file.read_text("utf-8")
        file.write_text(content.replace("  bane-1:\n", "  opvisning:\n"), "utf-8")
        line = content.splitlines().index("  bane-1:") + 1
        told = f"{file}:{line}: things: 'bane-1' is not here any more, and 1 open agreement (1) still names it; did it"
        bot.send_signal(signal.SIGHUP)
        await bot.wait_for_output(told)
        code, printed = await bot.run_command("check", "-c", str(config))
        assert (code, told in printed) == (0, True)
        assert (await bot.stop())[0] == 0
        await bot.start()
        await club.say(room, "!hvorfor bane-1 slåning i overmorgen kl. 14")
        await club.wait_for_text(room, "aftale 1")
        assert bot.output.count(told) == 2
        assert (await bot.stop())[0] == 0
        file.write_text(content.replace("  bane-1:\n", "  opvisning:\n    was: bane-1\n"), "utf-8")
        await bot.start()
        await club.say(room, "!hvorfor opvisning slåning i overmorgen kl. 15")
        await club.wait_for_text(room, "kl. 15")
        assert bot.output.count(told) == 2


def write_files(folder: Path, community: str) -> Path:
    (folder / "rooms").mkdir()
    (folder / "rooms" / "skovby.yaml").write_text(f'name: Skovby\nroom: "#skovby"\n{community}', "utf-8")
    config = folder / "config.yaml"
    config.write_text('homeserver: https://x.org\naccount: "@bylaug:x.org"\n', "utf-8")
    return config


def test_checking_makes_no_database(tmp_path: Path) -> None:
    config = write_files(tmp_path, "")
    before = sorted(tmp_path.rglob("*"))
    assert main(["check", "-c", str(config)]) == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_database_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_files(tmp_path, "")
    (tmp_path / "bylaug.db").write_text("this is no database" * 100, "utf-8")
    assert main(["check", "-c", str(config)]) == 0
    assert "database: the database cannot be read, so the keys were not compared" in capsys.readouterr().err
