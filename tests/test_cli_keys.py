"""The commands `bylaug keys show` and `bylaug keys replace`, and what they refuse."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from bot.demo.homeserver import Homeserver
from bot.matrix.crypto.signing.secret_storage import read_recovery_key
from bot.store.crypto import write_crypto_state
from bot.store.database.instance_lock import create_instance_lock, hold_in_background
from bot.store.database.transaction import Store
from bot.store.key_backup import KEY_BACKUP

CONFIG = 'homeserver: http://127.0.0.1:9\naccount: "@bylaug:example.org"\npassphrase_file: words\n'


pytestmark = pytest.mark.usefixtures("fast_key_derivation")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG, "utf-8")
    (tmp_path / "words").write_text("fire heste på en mark", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("BYLAUG_PASSWORD", "adgangskode")
    return tmp_path


def test_show_fails_before_there_are_keys(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "show"]) == 78
    assert "@bylaug:example.org has no identity yet" in capsys.readouterr().err


def test_replace_is_refused_with_an_access_token(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BYLAUG_ACCESS_TOKEN", "token")
    assert main(["keys", "replace"]) == 78
    assert "put the new token in place of the old one" in capsys.readouterr().err


async def test_replace_is_refused_while_a_bot_uses_the_database(
    folder: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.yaml").write_text(f"{CONFIG}database: {database_url}\n", "utf-8")
    assert await asyncio.to_thread(main, ["migrate"]) == 0
    store = Store(database_url)
    lock = create_instance_lock(store)
    await lock.acquire(lambda: None)
    async with hold_in_background(lock):
        assert await asyncio.to_thread(main, ["keys", "replace"]) == 75
    assert "stop that one first" in capsys.readouterr().err.lower()
    await lock.release()
    await store.close()


async def test_keys_are_replaced_and_shown(
    folder: Path,
    homeserver: Homeserver,
    localpart: Callable[[str], str],
    database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = await homeserver.register(localpart("bylaug"), "adgangskode")
    (folder / "config.yaml").write_text(
        f'homeserver: {homeserver.url}\naccount: "{account.user_id}"\n'
        f"passphrase_file: words\ndatabase: {database_url}\n",
        "utf-8",
    )
    assert await asyncio.to_thread(main, ["keys", "replace"]) == 0
    capsys.readouterr()
    assert await asyncio.to_thread(main, ["keys", "replace"]) == 0
    said = re.fullmatch(
        rf"{account.user_id} has the new device (\w+)\.\nIts device \w+ is logged out\.\n"
        r"Its identity is the one it had: whoever has verified it sees the new device as verified\.\n",
        capsys.readouterr().out,
    )
    assert said is not None
    assert await asyncio.to_thread(main, ["keys", "show", "--recovery"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["account", "identity", "device", "backup", "recovery"]
    assert lines[2].split()[1] == said[1]
    assert lines[3].split()[1:] == ["none", "yet"]
    assert read_recovery_key(lines[4].removeprefix("recovery")) is not None
    store = Store(database_url)
    async with store.write() as connection:
        await write_crypto_state(connection, {KEY_BACKUP: '{"version": "3"}'})
    await store.close()
    assert await asyncio.to_thread(main, ["keys", "show"]) == 0
    assert capsys.readouterr().out.splitlines()[3].split()[1:3] == ["version", "3"]
