"""The real program, killed while it reads a calendar: no change is lost or announced twice, no process is left over."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from bot_process import BotProcess
from live_setup import TIMEOUT_SECONDS, LiveSetup
from sqlalchemy import select, update

from bot.demo.homeserver import Homeserver
from bot.store.calendars.tables import calendars, matches
from bot.store.database.transaction import Store
from bot.store.tables import inbox


@pytest.fixture
async def live(homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str]) -> AsyncIterator[LiveSetup]:
    setup = LiveSetup(homeserver, tmp_path, localpart)
    yield setup
    await setup.close()


class CalendarServer:
    """A web server with a calendar of `matches` matches."""

    def __init__(self) -> None:
        self.matches = 1

    async def answer(self, request: web.Request) -> web.StreamResponse:
        day = datetime.now(UTC) + timedelta(days=3)
        events = "".join(
            f"BEGIN:VEVENT\r\nUID:{number}\r\nSUMMARY:Kamp\r\nDTSTART:{day + timedelta(days=number):%Y%m%dT%H%M%SZ}\r\n"
            f"DURATION:PT2H\r\nEND:VEVENT\r\n"
            for number in range(self.matches)
        )
        return web.Response(text=f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_get("/kampe.ics", self.answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/kampe.ics"
        finally:
            await runner.cleanup()


async def wait_until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            result = condition()
            if await result if asyncio.iscoroutine(result) else result:
                return
            await asyncio.sleep(0.02)


def count_parsers(pid: int) -> int:
    """Return the number of parser processes of a program."""
    count = 0
    for command_line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = command_line.read_bytes().split(b"\0")
            count += any(word.endswith(b"calendars/parser_process.py") for word in words) and str(pid).encode() in words
    return count


async def count_matches_and_changes(store: Store) -> tuple[int, int]:
    """Return the number of stored matches, and of inbox rows with changes."""
    async with store.read() as connection:
        match_ids = (await connection.execute(select(matches.c.id))).all()
        row_ids = (await connection.execute(select(inbox.c.id).where(inbox.c.source == "calendar"))).all()
        return len(match_ids), len(row_ids)


async def test_calendar_whose_reading_was_killed_is_read_again_and_announced_once(live: LiveSetup) -> None:
    server = CalendarServer()
    async with server.open() as url:
        await live.write_files((await live.add_user("klub")).user_id)
        configure_calendar(live, url)
        store = Store(f"sqlite+aiosqlite:///{live.folder}/bylaug.db")
        try:
            async with BotProcess(live.folder / "config.yaml") as bot:
                await bot.wait_until_serving()
                await wait_until(lambda: has_matches(store, 1))
                await bot.stop(signal.SIGKILL)
            server.matches = 2
            await make_due(store)
            async with BotProcess(live.folder / "config.yaml") as bot:
                await wait_until(lambda: count_parsers(bot.pid))
                await bot.stop(signal.SIGKILL)
            assert await count_matches_and_changes(store) == (1, 0)
            await wait_until(lambda: not count_parsers(bot.pid))
            async with BotProcess(live.folder / "config.yaml") as bot:
                await wait_until(lambda: has_matches(store, 2))
                assert await count_matches_and_changes(store) == (2, 1)
                assert (await bot.stop())[0] == 0
            assert await count_matches_and_changes(store) == (2, 1)
        finally:
            await store.close()


def configure_calendar(live: LiveSetup, url: str) -> None:
    """Let the thing name the calendar, and config.yaml trust its host."""
    config, rooms = live.folder / "config.yaml", live.folder / "rooms" / f"{live.community_key}.yaml"
    config.write_text(config.read_text("utf-8") + "trusted_calendar_hosts: 127.0.0.1\n", "utf-8")
    named = f"    name: bane 1\n    calendars: {url}\n"
    rooms.write_text(rooms.read_text("utf-8").replace("    name: bane 1\n", named), "utf-8")


async def has_matches(store: Store, number: int) -> bool:
    return (await count_matches_and_changes(store))[0] == number


async def make_due(store: Store) -> None:
    """Let the calendar be due for reading."""
    async with store.write() as connection:
        await connection.execute(update(calendars).values(due_at=datetime.now(UTC) - timedelta(minutes=1)))
