"""A database on a bad disk says what is wrong, keeps nothing by halves, and goes on when the cause is gone."""

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
from bot.store.database import sqlite
from bot.store.database.schema import check_and_migrate
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact

SCRIPT = Path(__file__).parents[1] / "small_disk.py"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


@pytest.fixture
async def store(file: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_SECONDS", 0.1)
    made = Store(f"sqlite+aiosqlite:///{file}")
    await check_and_migrate(made)
    await put(made, "before")
    yield made
    await made.close()


async def put(store: Store, value: str) -> None:
    """Two statements, of which never one alone is kept."""
    async with store.write() as connection:
        await set_fact(connection, "a", value)
        await set_fact(connection, "b", value)


async def both(store: Store) -> list[str | None]:
    async with store.read() as connection:
        return [await get_fact(connection, key) for key in ("a", "b")]


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file of this process grows past so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_disk_that_takes_no_more_keeps_nothing_by_halves_and_goes_on(store: Store) -> None:
    with (
        files_end_at(4096),
        pytest.raises(Unavailable, match=r"test\.db cannot be used: its disk .*SQLITE_IOERR_WRITE"),
    ):
        await put(store, "x" * 200_000)
    assert await both(store) == ["before", "before"]
    await put(store, "after")
    assert await both(store) == ["after", "after"]


async def test_a_file_locked_by_another_program_is_waited_for(store: Store, file: Path) -> None:
    script = "import sqlite3; c = sqlite3.connect({!r}, isolation_level=None); c.execute('BEGIN EXCLUSIVE'); "
    script = (script + "print('locked', flush=True); input()").format(str(file))
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(Unavailable, match="another program has locked it"):
            await put(store, "x")
        other.kill()
    await put(store, "after")
    assert await both(store) == ["after", "after"]


async def test_a_file_that_was_moved_away_is_waited_for_and_not_begun_anew(store: Store, file: Path) -> None:
    aside = file.with_suffix(".aside")
    file.rename(aside)
    for _ in range(8):  # more than there are connections
        with pytest.raises(Unavailable, match=r"was moved or deleted while it is in use"):
            await put(store, "x")
    with pytest.raises(Unavailable):
        await both(store)
    assert not file.exists()
    aside.rename(file)
    await put(store, "after")
    assert await both(store) == ["after", "after"]


async def test_a_file_that_was_replaced_is_left_alone(store: Store, file: Path) -> None:
    file.rename(file.with_suffix(".aside"))
    sqlite3.connect(file).close()
    file.write_bytes(b"somebody else's")
    with pytest.raises(Fatal, match="was replaced by another file") as end:
        await put(store, "x")
    assert end.value.exit_code == 74
    assert file.read_bytes() == b"somebody else's"


async def test_a_file_that_was_emptied_is_left_alone(store: Store, file: Path) -> None:
    os.truncate(file, 0)
    with pytest.raises(Fatal, match=r"is damaged \(it is empty\).*bylaug restore"):
        await put(store, "x")


def spoil(file: Path, where: int) -> None:
    """Overwrite a page of 4096 bytes."""
    with file.open("r+b") as opened:
        opened.seek(where)
        opened.write(b"\xff" * 4096)


@pytest.mark.parametrize("at", ["header", "middle"])
async def test_a_damaged_file_is_not_begun_with(store: Store, file: Path, at: str) -> None:
    await put(store, "x" * 200_000)
    await store.close()
    assert file.stat().st_size > 200_000
    spoil(file, 0 if at == "header" else file.stat().st_size // 2 // 4096 * 4096)
    before = file.read_bytes()
    again = Store(f"sqlite+aiosqlite:///{file}")
    with pytest.raises(Fatal, match=r"test\.db is damaged \(.*bylaug backup.*bylaug restore") as end:
        await check_and_migrate(again)
    assert end.value.exit_code == 74
    await again.close()
    assert file.read_bytes() == before


async def test_damage_that_is_met_at_work_ends_it(store: Store, file: Path) -> None:
    await store.close()  # what a connection has read once it does not read again
    with sqlite3.connect(file) as raw:
        ((page,),) = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'meta'").fetchall()
    raw.close()
    spoil(file, (page - 1) * 4096)
    with pytest.raises(Fatal, match=r"test\.db is damaged") as end:
        await put(store, "x")
    assert end.value.exit_code == 74


async def test_a_folder_that_is_not_there_at_the_start_is_a_mistake(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/nowhere/test.db")
    with pytest.raises(Fatal, match=r"there is no folder .*/nowhere\. Make it, or correct") as end:
        await check_and_migrate(store)
    assert end.value.exit_code == 74
    await store.close()


def can_mount() -> bool:
    try:
        return subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not can_mount(), reason="nobody may mount here")
def test_a_small_disk_that_is_full_and_then_read_only(tmp_path: Path) -> None:
    command = ["unshare", "-Urm", sys.executable, str(SCRIPT), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    where = f"The database {tmp_path}/test.db cannot be used"
    ends = "Nothing is lost; the bot goes on by itself when it can."
    said = done.stdout.splitlines()
    assert said[0].startswith(f"{where}: its disk is full. Make room on it, 0.0 MB are free (SQLITE_FULL"), done.stderr
    assert said[1:3] == ["kept: before before", "kept: room room"]
    assert f" may not write {tmp_path}" in said[3]
    assert said[3].endswith(ends)
    assert said[4:] == ["kept: again again"]
