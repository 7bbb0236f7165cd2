"""The command `bylaug keys`, as a caretaker gives it: what it says before it touches anything."""

import asyncio
from pathlib import Path

import pytest

from bot.cli import main
from bot.store.seat import held, seat_at
from bot.store.transaction import Store

CONFIG = 'homeserver: http://127.0.0.1:9\naccount: "@bylaug:example.org"\npassphrase_file: words\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG, "utf-8")
    (tmp_path / "words").write_text("fire heste på en mark", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("BYLAUG_PASSWORD", "adgangskode")
    return tmp_path


def test_keys_are_shown_once_there_are_any(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "show"]) == 78
    assert "@bylaug:example.org has no identity yet" in capsys.readouterr().err


def test_keys_are_not_replaced_where_a_token_is_the_login(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BYLAUG_ACCESS_TOKEN", "token")
    assert main(["keys", "replace"]) == 78
    assert "put the new token in place of the old one" in capsys.readouterr().err


async def test_keys_are_not_replaced_while_a_bot_works_on_the_database(
    folder: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.yaml").write_text(f"{CONFIG}database: {database_url}\n", "utf-8")
    assert await asyncio.to_thread(main, ["migrate"]) == 0
    store = Store(database_url)
    seat = seat_at(store)
    await seat.take(lambda: None)
    async with held(seat):
        assert await asyncio.to_thread(main, ["keys", "replace"]) == 75
    assert "stop that one first" in capsys.readouterr().err.lower()
    await seat.leave()
    await store.close()
