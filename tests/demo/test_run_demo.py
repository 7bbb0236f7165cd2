"""The demo as people run it: both languages, staying until Ctrl-C, and what it says when it does not go well."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.demo.environment import SHIPPED_ROOMS
from bot.demo.run_demo import SHIPPED_CONVERSATIONS, play_demo

ROOT = Path(__file__).parents[2]


def environ(folder: Path, **more: str) -> dict[str, str]:
    """Temporary folders are made in ours, where it shows whether they are left behind."""
    return {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "120", **more}


def words(printed: str) -> str:
    """What was printed, wherever its lines were broken."""
    return " ".join(printed.replace("│", " ").split())


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def log_in(url: str, user: str, password: str) -> int:
    body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user}, "password": password}
    async with aiohttp.ClientSession() as session, session.post(f"{url}/_matrix/client/v3/login", json=body) as answer:
        return answer.status


async def start(folder: Path, *arguments: str, **more: str) -> tuple[asyncio.subprocess.Process, asyncio.StreamReader]:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "bot", "demo", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environ(folder, **more),
    )
    assert program.stdout is not None
    return program, program.stdout


async def read_until(printed: asyncio.StreamReader, sign: str) -> list[str]:
    lines = [""]
    while sign not in lines[-1]:
        lines.append((await printed.readline()).decode())
        assert lines[-1], "".join(lines)
    return lines


async def test_danish_story_is_played_and_people_let_in_until_ctrl_c(tmp_path: Path) -> None:
    program, stream = await start(tmp_path, "--stay", LC_ALL="C")
    lines = await read_until(stream, "Ctrl-C")
    printed = words("".join(lines))
    assert "kl. 9 passer bedre" in printed
    assert "🔔 besked til Grøn Pleje og Skovby IF" in printed
    assert "3 aftaler i databasen" in printed
    assert "\x1b" not in printed
    said = dict(line.strip("│ \n").rsplit(maxsplit=1) for line in lines if "Hjemmeserver " in line or "Adgangs" in line)
    url, password = said["Hjemmeserver"], said["Adgangskode for alle"]
    for user in ("skovby-if", "nabo", "riverside-fc"):
        assert f"@{user}:bylaug.example" in printed
        assert await log_in(url, user, password) == 200
    program.send_signal(signal.SIGINT)
    await stream.read()
    assert await program.wait() == 0
    assert left_in(tmp_path) == []
    with pytest.raises(aiohttp.ClientConnectorError):
        await log_in(url, "nabo", password)


async def test_english_story_is_played_where_only_ascii_can_be_printed(tmp_path: Path) -> None:
    program, stream = await start(tmp_path, "--language", "en", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    printed = (await stream.read()).decode()
    assert await program.wait() == 0, printed
    assert "The agreements, as they stand in the database" in printed
    assert "and 3 agreements in the database." in words(printed)
    assert printed.isascii()


async def test_stopping_it_early_leaves_nothing_behind(tmp_path: Path) -> None:
    program, stream = await start(tmp_path)
    await read_until(stream, "Starter hjemmeserveren")
    program.send_signal(signal.SIGTERM)
    printed = (await stream.read()).decode()
    assert await program.wait() == 128 + signal.SIGTERM, printed
    assert "Stoppet." in printed
    assert left_in(tmp_path) == []


async def test_bot_that_cannot_start_is_quoted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rooms = shutil.copytree(SHIPPED_ROOMS, tmp_path / "rooms")
    for file in rooms.glob("*.yaml"):
        file.write_text(re.sub(r"features: \[.*\]", "features: [bogholderi]", file.read_text("utf-8")), "utf-8")
    assert await play_demo("da", stay=False, rooms=rooms) == 1
    printed = capsys.readouterr().out
    assert "Botten sluttede med kode 78" in words(printed)
    assert "bogholderi" in printed


async def test_checkout_without_communities_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await play_demo("en", stay=False, rooms=tmp_path / "rooms") == 1
    assert "they are not in" in words(capsys.readouterr().out)


async def test_other_words_than_written_end_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = tmp_path / "mowing.da.yaml"
    written = (SHIPPED_CONVERSATIONS / "mowing.da.yaml").read_text("utf-8")
    story.write_text(written.replace("- bot: Skovby IF, Grøn Pleje", "- bot: Kære Skovby IF, Grøn Pleje"), "utf-8")
    assert await play_demo("da", stay=False, conversation=story) == 1
    printed = capsys.readouterr().out
    assert "Botten sagde ikke det, der er skrevet." in printed
    assert "Skrevet: Kære Skovby IF, Grøn Pleje foreslår" in words(printed)
    assert printed.index("Kære Skovby IF, Grøn Pleje") < printed.rindex("Skovby IF, Grøn Pleje foreslår")


async def test_other_end_than_written_ends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = tmp_path / "short.yaml"
    story.write_text(
        """
title: Kort
community: skovby
leads_to: {1: confirmed}
talk:
  - skovby-if: "!book bane 1 slåning fredag kl. 14"
  - card: |
      📋 Aftale 1: slåning af bane 1
      🕑 {+fredag kl. 14-16}
      ⏳ Skovby IF spørger Grøn Pleje: ✅ ja, ❌ nej, eller skriv en anden tid i tråden.
""",
        "utf-8",
    )
    assert await play_demo("da", stay=False, conversation=story) == 1
    printed = words(capsys.readouterr().out)
    assert "Aftale 1 er foreslået i databasen og ikke udført og bekræftet." in printed
