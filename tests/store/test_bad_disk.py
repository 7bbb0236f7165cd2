"""A database on a bad disk: the error says what is wrong, no transaction is half kept, and work goes on afterwards."""

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import Fatal, Unavailable
from bot.store.database import sqlite_connection
from bot.store.database.schema import check_and_migrate
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact

SCRIPT = Path(__file__).parents[1] / "small_disk.py"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


@pytest.fixture
async def store(file: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(sqlite_connection, "BUSY_TIMEOUT_SECONDS", 0.1)
    opened = Store(f"sqlite+aiosqlite:///{file}")
    await check_and_migrate(opened)
    await write_both(opened, "before")
    yield opened
    await opened.close()


async def write_both(store: Store, value: str) -> None:
    """Write two facts in one transaction."""
    async with store.write() as connection:
        await set_fact(connection, "a", value)
        await set_fact(connection, "b", value)


async def read_both(store: Store) -> list[str | None]:
    async with store.read() as connection:
        return [await get_fact(connection, key) for key in ("a", "b")]


@contextmanager
def limit_file_size(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a number of bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_full_disk_keeps_no_half_transaction_and_work_goes_on(store: Store) -> None:
    with (
        limit_file_size(4096),
        pytest.raises(Unavailable, match=r"test\.db cannot be used: its disk .*SQLITE_IOERR_WRITE"),
    ):
        await write_both(store, "x" * 200_000)
    assert await read_both(store) == ["before", "before"]
    await write_both(store, "after")
    assert await read_both(store) == ["after", "after"]


async def test_file_locked_by_another_program_is_transient(store: Store, file: Path) -> None:
    script = "import sqlite3; c = sqlite3.connect({!r}, isolation_level=None); c.execute('BEGIN EXCLUSIVE'); "
    script = (script + "print('locked', flush=True); input()").format(str(file))
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(Unavailable, match="another program has locked it"):
            await write_both(store, "x")
        other.kill()
    await write_both(store, "after")
    assert await read_both(store) == ["after", "after"]


async def test_moved_file_is_waited_for_and_not_replaced_by_an_empty_one(store: Store, file: Path) -> None:
    aside = file.with_suffix(".aside")
    file.rename(aside)
    for _ in range(8):  # more than there are connections
        with pytest.raises(Unavailable, match=r"was moved or deleted while it is in use"):
            await write_both(store, "x")
    with pytest.raises(Unavailable):
        await read_both(store)
    assert not file.exists()
    aside.rename(file)
    await write_both(store, "after")
    assert await read_both(store) == ["after", "after"]


async def test_replaced_file_is_not_written_to(store: Store, file: Path) -> None:
    file.rename(file.with_suffix(".aside"))
    sqlite3.connect(file).close()
    file.write_bytes(b"somebody else's")
    with pytest.raises(Fatal, match="was replaced by another file") as raised:
        await write_both(store, "x")
    assert raised.value.exit_code == 74
    assert file.read_bytes() == b"somebody else's"


async def test_emptied_file_is_not_written_to(store: Store, file: Path) -> None:
    os.truncate(file, 0)
    with pytest.raises(Fatal, match=r"is damaged \(it is empty\).*bylaug restore"):
        await write_both(store, "x")


def damage_page(file: Path, offset: int) -> None:
    """Overwrite a page of 4096 bytes."""
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(b"\xff" * 4096)


@pytest.mark.parametrize("at", ["header", "middle"])
async def test_damaged_file_is_refused_at_the_start(store: Store, file: Path, at: str) -> None:
    await write_both(store, "x" * 200_000)
    await store.close()
    assert file.stat().st_size > 200_000
    damage_page(file, 0 if at == "header" else file.stat().st_size // 2 // 4096 * 4096)
    before = file.read_bytes()
    again = Store(f"sqlite+aiosqlite:///{file}")
    with pytest.raises(Fatal, match=r"test\.db is damaged \(.*bylaug backup.*bylaug restore") as raised:
        await check_and_migrate(again)
    assert raised.value.exit_code == 74
    await again.close()
    assert file.read_bytes() == before


async def test_damage_found_during_work_is_fatal(store: Store, file: Path) -> None:
    await store.close()  # a connection does not read again what it has cached
    with sqlite3.connect(file) as raw:
        ((page,),) = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'meta'").fetchall()
    raw.close()
    damage_page(file, (page - 1) * 4096)
    with pytest.raises(Fatal, match=r"test\.db is damaged") as raised:
        await write_both(store, "x")
    assert raised.value.exit_code == 74


async def test_missing_folder_at_the_start_is_fatal(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/nowhere/test.db")
    with pytest.raises(Fatal, match=r"there is no folder .*/nowhere\. Make it, or correct") as raised:
        await check_and_migrate(store)
    assert raised.value.exit_code == 74
    await store.close()


def can_mount() -> bool:
    try:
        return subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not can_mount(), reason="this user may not mount file systems")
def test_small_disk_that_is_full_and_then_read_only(tmp_path: Path) -> None:
    command = ["unshare", "-Urm", sys.executable, str(SCRIPT), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    beginning = f"The database {tmp_path}/test.db cannot be used"
    ending = "Nothing is lost; the bot goes on by itself when it can."
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{beginning}: its disk is full. Make room on it, 0.0 MB are free (SQLITE_FULL"), (
        done.stderr
    )
    assert lines[1:3] == ["kept: before before", "kept: room room"]
    assert f" may not write {tmp_path}" in lines[3]
    assert lines[3].endswith(ending)
    assert lines[4:] == ["kept: again again"]
