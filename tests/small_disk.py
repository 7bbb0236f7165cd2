"""Works on a disk of a megabyte that fills up and then can only be read: `unshare -Urm python small_disk.py FOLDER`."""

import asyncio
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]

from bot.store.database.schema import check_and_migrate  # noqa: E402
from bot.store.database.transaction import Store  # noqa: E402
from bot.store.database.transient import Unavailable  # noqa: E402  # noqa: E402
from bot.store.facts import get_fact, set_fact  # noqa: E402  # noqa: E402


async def put(store: Store, value: str) -> None:
    try:
        async with store.write() as connection:
            await set_fact(connection, "a", value)
            await set_fact(connection, "b", value)
    except Unavailable as trouble:
        print(trouble)
    with suppress(Unavailable):  # of a disk that cannot be written SQLite cannot read a file that has a log
        print("kept:", *await kept(store))


async def kept(store: Store) -> tuple[str | None, str | None]:
    async with store.read() as connection:
        return await get_fact(connection, "a"), await get_fact(connection, "b")


async def work(folder: Path) -> None:
    """Say what goes wrong and what is kept."""
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
        await put(store, "x" * 200_000)
    filler.unlink()
    await put(store, "room")
    await store.close()  # while a file is open for writing, its disk cannot be mounted otherwise
    _mount("-o", "remount,ro", folder)
    await put(store, "read-only")
    _mount("-o", "remount,rw", folder)
    await put(store, "again")
    await store.close()


def _mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


_mount("-t", "tmpfs", "-o", "size=2m", "none", Path(sys.argv[1]))
asyncio.run(work(Path(sys.argv[1])))
