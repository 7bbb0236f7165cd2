"""SQLite files opened by several at once."""

import asyncio
from pathlib import Path

from bot.store.database.file import DatabaseFile
from bot.store.database.sqlite import connector


async def open_and_close(file: Path) -> str:
    connection = await connector(DatabaseFile(file))()
    cursor = await connection.cursor().execute("PRAGMA journal_mode")
    ((mode,),) = await cursor.fetchall()
    await connection.close()
    return str(mode)


async def test_new_file_can_be_opened_by_several_in_the_same_moment(tmp_path: Path) -> None:
    for number in range(60):
        opened = [open_and_close(tmp_path / f"{number}.db") for _ in range(4)]
        assert await asyncio.gather(*opened) == ["wal"] * 4
