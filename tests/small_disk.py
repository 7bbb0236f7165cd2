"""Uses a database on a small disk that fills up and is then read-only: `unshare -Urm python small_disk.py FOLDER`."""

import asyncio
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]

from bot.errors import Unavailable  # noqa: E402
from bot.store.database.schema import check_and_migrate  # noqa: E402
from bot.store.database.transaction import Store  # noqa: E402
from bot.store.facts import get_fact, set_fact  # noqa: E402


async def write_both(store: Store, value: str) -> None:
    try:
        async with store.write() as connection:
            await set_fact(connection, "a", value)
            await set_fact(connection, "b", value)
    except Unavailable as error:
        print(error)
    with suppress(Unavailable):  # SQLite cannot read a database in WAL mode on a read-only disk
        print("kept:", *await read_both(store))


async def read_both(store: Store) -> tuple[str | None, str | None]:
    async with store.read() as connection:
        return await get_fact(connection, "a"), await get_fact(connection, "b")


async def work(folder: Path) -> None:
    """Print what goes wrong, and what the database holds after each step."""
    store = Store(f"sqlite+aiosqlite:///{folder}/test.db")
    await check_and_migrate(store)
    async with store.write() as connection:
        await set_fact(connection, "a", "before")
        await set_fact(connection, "b", "before")
    filler = folder / "filler"
    try:
        with filler.open("wb") as opened:
            while True:
                opened.write(b"x" * 4096)
                opened.flush()
    except OSError:
        await write_both(store, "x" * 200_000)
    filler.unlink()
    await write_both(store, "room")
    await store.close()  # a disk with a file open for writing cannot be remounted read-only
    _mount("-o", "remount,ro", folder)
    await write_both(store, "read-only")
    _mount("-o", "remount,rw", folder)
    await write_both(store, "again")
    await store.close()


def _mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


_mount("-t", "tmpfs", "-o", "size=2m", "none", Path(sys.argv[1]))
asyncio.run(work(Path(sys.argv[1])))
