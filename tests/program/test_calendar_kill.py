"""The real program, killed while it reads a calendar: nothing is lost or told twice, and nothing is left running."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from live_setup import TIMEOUT_SECONDS, LiveSetup
from process import Process
from sqlalchemy import select, update

from bot.demo.homeserver import Homeserver
from bot.store.calendars.tables import calendars, matches
from bot.store.database.transaction import Store
from bot.store.tables import inbox


@pytest.fixture
async def live(homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str]) -> AsyncIterator[LiveSetup]:
    made = LiveSetup(homeserver, tmp_path, localpart)
    yield made
    await made.close()


class League:
    """A server with a calendar of so many matches."""

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


async def until(wanted: Callable[[], object]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            found = wanted()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.02)


def children_of(pid: int) -> int:
    """How many calendars are being parsed for a program."""
    found = 0
    for told in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = told.read_bytes().split(b"\0")
            found += any(word.endswith(b"calendars/parser_process.py") for word in words) and str(pid).encode() in words
    return found


async def kept(store: Store) -> tuple[int, int]:
    """How many matches are known, and how often there was news."""
    async with store.read() as connection:
        known = (await connection.execute(select(matches.c.id))).all()
        news = (await connection.execute(select(inbox.c.id).where(inbox.c.source == "calendar"))).all()
        return len(known), len(news)


async def test_killed_while_a_calendar_is_read_it_is_read_again_and_told_once(live: LiveSetup) -> None:
    league = League()
    async with league.open() as url:
        await live.write_files((await live.add_user("klub")).user_id)
        trust(live, url)
        store = Store(f"sqlite+aiosqlite:///{live.folder}/bylaug.db")
        try:
            async with Process(live.folder / "config.yaml") as bot:
                await bot.serving()
                await until(lambda: is_kept(store, 1))
                await bot.end(signal.SIGKILL)
            league.matches = 2
            await make_due(store)
            async with Process(live.folder / "config.yaml") as bot:
                await until(lambda: children_of(bot.pid))
                await bot.end(signal.SIGKILL)
            assert await kept(store) == (1, 0)
            await until(lambda: not children_of(bot.pid))
            async with Process(live.folder / "config.yaml") as bot:
                await until(lambda: is_kept(store, 2))
                assert await kept(store) == (2, 1)
                assert (await bot.end())[0] == 0
            assert await kept(store) == (2, 1)
        finally:
            await store.close()


def trust(live: LiveSetup, url: str) -> None:
    """The thing names the calendar, and the caretaker trusts its host."""
    config, rooms = live.folder / "config.yaml", live.folder / "rooms" / f"{live.community_key}.yaml"
    config.write_text(config.read_text("utf-8") + "trusted_calendar_hosts: 127.0.0.1\n", "utf-8")
    named = f"    name: bane 1\n    calendars: {url}\n"
    rooms.write_text(rooms.read_text("utf-8").replace("    name: bane 1\n", named), "utf-8")


async def is_kept(store: Store, number: int) -> bool:
    return (await kept(store))[0] == number


async def make_due(store: Store) -> None:
    """An hour goes by."""
    async with store.write() as connection:
        await connection.execute(update(calendars).values(due_at=datetime.now(UTC) - timedelta(minutes=1)))
