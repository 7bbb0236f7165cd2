"""Calendars are polled when due, their matches are kept while a source is down, and the administrator is told once."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from sample_community import MORNING, PLACE, make_community, make_context
from sqlalchemy import select

from bot.calendars.check import find_unreadable_files
from bot.calendars.parse import ParserLimits
from bot.calendars.poller import CalendarPoller
from bot.config.calendar import Calendar, loggable_name
from bot.config.community import Thing
from bot.pipeline.context import Context
from bot.store.calendars.tables import calendars, matches
from bot.store.database.transaction import Store
from bot.store.tables import inbox
from bot.testing.new_database import create_tables

HOUR = timedelta(hours=1)


def calendar_file(*days: int, title: str = "Skovby – Ry") -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}\r\nSUMMARY:{title}\r\nLOCATION:Bane 1\r\n"
        f"DTSTART:{MORNING + timedelta(days=day):%Y%m%dT%H%M%SZ}\r\nDURATION:PT2H\r\nEND:VEVENT\r\n"
        for number, day in enumerate(days)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


@dataclass
class CalendarServer:
    """A server with one calendar. `status` is the answer; `asked` are the ETags of the requests."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.headers.get("If-None-Match", ""))
        if self.status == 200 and self.asked[-1] == f'"{hash(self.body)}"':
            return web.Response(status=304)
        return web.Response(
            status=self.status, body=self.body, headers={"ETag": f'"{hash(self.body)}"', **self.headers}
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator["CalendarServer"]:
        app = web.Application()
        app.router.add_get("/kampe.ics", self.answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/kampe.ics"
        try:
            yield self
        finally:
            await runner.cleanup()


@dataclass
class PollerSetup:
    """A poller on a database, with a clock that the test moves."""

    context: Context
    source: str
    now: datetime = MORNING
    woken: list[str] = field(default_factory=list)

    def poller(self, limits: ParserLimits | None = None) -> CalendarPoller:
        self.context.clock = lambda: self.now
        return CalendarPoller(self.context, self.woken.append, ["127.0.0.1"], limits or ParserLimits())

    async def after(self, duration: timedelta, poller: CalendarPoller) -> None:
        self.now += duration
        await poller.read_due()

    async def starts(self) -> list[str]:
        async with self.context.store.read() as connection:
            rows = (await connection.execute(select(matches.c.start).order_by(matches.c.start))).scalars()
            return [f"{start:%d/%m}" for start in rows]

    async def news(self) -> int:
        async with self.context.store.read() as connection:
            return len((await connection.execute(select(inbox.c.id).where(inbox.c.source == "calendar"))).all())


@asynccontextmanager
async def poller_setup(url: str, source: str) -> AsyncIterator[PollerSetup]:
    store = Store(url)
    try:
        await create_tables(store)
        context = make_context(store)
        things = (Thing("bane-1", "bane 1", calendars=(Calendar(source, ("bane 1",)),)),)
        context.rooms.communities = {PLACE: make_community(things=things)}
        yield PollerSetup(context, source)
    finally:
        await store.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite database, for tests that do not depend on the kind of database."""
    return f"sqlite+aiosqlite:///{tmp_path}/test.db"


async def test_calendar_is_fetched_parsed_and_polled_again_after_an_hour(database_url: str) -> None:
    async with CalendarServer(calendar_file(1, 3)).open() as source, poller_setup(database_url, source.url) as at:
        poller = at.poller()
        async with poller.fetcher:
            await at.after(timedelta(), poller)
            await at.after(timedelta(minutes=50), poller)
            assert source.asked == [""]
            await at.after(timedelta(minutes=20), poller)
            assert source.asked == ["", f'"{hash(source.body)}"']
            assert (await at.starts(), await at.news()) == (["10/06", "12/06"], 0)
            source.body = calendar_file(1, 4)
            await at.after(timedelta(minutes=70), poller)
            assert (await at.starts(), await at.news(), at.woken) == (["10/06", "13/06"], 1, [PLACE])
            assert at.context.health.calendar_checked_at == {("landsby", loggable_name(source.url)): at.now.timestamp()}


async def test_unchanged_calendar_is_parsed_again_every_day(database_url: str) -> None:
    async with (
        CalendarServer(calendar_file(1, 399, 402)).open() as source,
        poller_setup(database_url, source.url) as at,
    ):
        poller = at.poller()
        async with poller.fetcher:
            await at.after(timedelta(), poller)
            assert await at.starts() == ["10/06", "13/07"]
            await at.after(timedelta(days=4), poller)
            assert source.asked == ["", ""]
            assert (await at.starts(), await at.news()) == (["10/06", "13/07", "16/07"], 0)


async def test_failing_source_is_polled_ever_less_and_reported_once(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.calendars")
    async with CalendarServer(calendar_file(1, 300)).open() as source, poller_setup(sqlite_url, source.url) as at:
        poller = at.poller()
        async with poller.fetcher:
            await at.after(timedelta(), poller)
            source.status = 500
            asked_at = []
            for _ in range(120):
                before = len(source.asked)
                await at.after(HOUR, poller)
                if len(source.asked) > before:
                    asked_at.append(at.now)
            pauses = [(later - earlier) / HOUR for earlier, later in pairwise(asked_at)]
            assert pauses[:5] == sorted(pauses[:5])
            assert (pauses[0] <= 2, 20 <= pauses[-1] <= 27, max(pauses) <= 27) == (True, True, True)
            assert await at.starts() == ["10/06", "05/04"]
            assert list(at.context.health.warnings) == [f"calendar landsby {loggable_name(source.url)}"]
            assert at.context.health.calendar_checked_at == {
                ("landsby", loggable_name(source.url)): MORNING.timestamp()
            }
            source.status = 200
            await at.after(timedelta(days=2), poller)
            assert at.context.health.warnings == {}
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.messages[0].endswith(
        f"cannot be read since {asked_at[0]:%Y-%m-%d %H:%M} UTC: it answers 500 Internal Server Error; what was read on"
        " 2026-06-09 08:00 UTC is still used"
    )


GUESSED = calendar_file(1, 3).replace(b"DURATION:PT2H", b"DTEND:", 1)


async def test_ready_says_what_had_to_be_guessed_until_the_calendar_is_clear(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with CalendarServer(GUESSED).open() as source, poller_setup(database_url, source.url) as at:
        poller = at.poller()
        async with poller.fetcher:
            await at.after(timedelta(), poller)
            assert await at.starts() == ["10/06", "12/06"]
            name = loggable_name(source.url)
            told = {
                f"guesses in calendar landsby {name}": f"the calendar {name} (bane 1 in Landsbyen) was read, but 1 of 2"
                " matches had to be guessed at: 1 because the end cannot be read, so the usual length is taken"
                " (“Skovby – Ry” 2026-06-10 10:00)"
            }
            assert at.context.health.warnings == told
            at.context.health.warnings = {}
            await at.after(2 * HOUR, poller)
            assert at.context.health.warnings == told
        again = at.poller()
        at.context.health.warnings = {}
        async with again.fetcher:
            await again.load_states()
            assert at.context.health.warnings == told
            source.body = calendar_file(1, 3)
            await at.after(2 * HOUR, again)
            assert at.context.health.warnings == {}
    assert [line for line in caplog.messages if "guessed" in line] == list(told.values())


async def test_ready_says_what_cannot_be_read_and_what_was_known_of_it_stays(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kampe.ics"
    file.write_bytes(calendar_file(1, 3))
    async with poller_setup(sqlite_url, str(file)) as at:
        poller = at.poller()
        await at.after(timedelta(), poller)
        file.write_bytes(calendar_file(1, 3).replace(b"DTSTART:", b"DTSTART:x", 1))
        await at.after(timedelta(minutes=1), poller)
        assert (await at.starts(), await at.news()) == (["10/06", "12/06"], 0)
        assert [warning.partition("but ")[2] for warning in at.context.health.warnings.values()] == [
            "1 entry cannot be read, or not in full, and what was known of it before is still used"
        ]


async def test_restart_does_not_poll_sooner(sqlite_url: str) -> None:
    async with CalendarServer(calendar_file(1)).open() as source, poller_setup(sqlite_url, source.url) as at:
        for minutes in (0, 20, 20):
            poller = at.poller()
            async with poller.fetcher:
                await poller.load_states()
                await at.after(timedelta(minutes=minutes), poller)
        assert source.asked == [""]


@pytest.mark.parametrize(("asked", "again_after"), [("7200", 2), ("999999999", 24)])
async def test_retry_after_is_respected_up_to_a_day(asked: str, again_after: int, sqlite_url: str) -> None:
    busy = CalendarServer(status=429, headers={"Retry-After": asked})
    async with busy.open() as source, poller_setup(sqlite_url, source.url) as at:
        poller = at.poller()
        async with poller.fetcher:
            await at.after(timedelta(), poller)
            await at.after(again_after * HOUR - timedelta(minutes=1), poller)
            assert len(source.asked) == 1
            await at.after(timedelta(minutes=2), poller)
            assert len(source.asked) == 2


BROKEN = {
    "a page": b"<html>503</html>",
    "cut off": calendar_file(1, 5)[:-20],
    "empty": b"",
    "a long line": b"BEGIN:VCALENDAR\r\nX:" + b"x" * 4_000_000 + b"\r\nEND:VCALENDAR\r\n",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_broken_calendar_keeps_the_matches_of_the_last_read(broken: bytes, sqlite_url: str) -> None:
    async with CalendarServer(calendar_file(1, 3)).open() as source, poller_setup(sqlite_url, source.url) as at:
        poller = at.poller()
        async with poller.fetcher:
            await at.after(timedelta(), poller)
            source.body = broken
            await at.after(2 * HOUR, poller)
            assert (await at.starts(), await at.news(), len(at.context.health.warnings)) == (["10/06", "12/06"], 0, 1)
            source.body = calendar_file(1, 3)
            await at.after(2 * HOUR, poller)
            assert (await at.starts(), await at.news(), len(at.context.health.warnings)) == (["10/06", "12/06"], 0, 0)


async def test_calendar_that_is_suddenly_empty_is_believed_the_fourth_time(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kampe.ics"
    file.write_bytes(calendar_file(1, 3))
    async with poller_setup(database_url, str(file)) as at:
        poller = at.poller()
        await at.after(timedelta(), poller)
        file.write_bytes(calendar_file())
        kept = []
        for _ in range(4):
            await at.after(timedelta(minutes=10), poller)
            kept.append(len(await at.starts()))
        assert (kept, await at.news()) == ([2, 2, 2, 0], 1)


async def test_changed_file_is_read_at_the_next_poll(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kampe.ics"
    async with poller_setup(database_url, str(file)) as at:
        poller = at.poller()
        await at.after(timedelta(), poller)
        assert "it cannot be read: No such file or directory" in next(iter(at.context.health.warnings.values()))
        file.write_bytes(calendar_file(1))
        await at.after(timedelta(minutes=5), poller)
        assert (await at.starts(), at.context.health.warnings) == (["10/06"], {})
        file.write_bytes(calendar_file(1, 2))
        await at.after(timedelta(minutes=1), poller)
        assert (await at.starts(), await at.news()) == (["10/06", "11/06"], 1)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/stdin", "/"])
async def test_pipe_in_place_of_a_file_blocks_nothing(path: str, sqlite_url: str) -> None:
    async with poller_setup(sqlite_url, path) as at:
        await asyncio.wait_for(at.after(timedelta(), at.poller()), 10)
        assert len(at.context.health.warnings) == 1


async def test_kill_before_the_commit_loses_no_change(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Matches and changes are written in one transaction, so a kill before its commit leaves neither."""
    async with CalendarServer(calendar_file(1)).open() as source, poller_setup(database_url, source.url) as at:
        poller = at.poller()
        async with poller.fetcher:
            await at.after(timedelta(), poller)
            source.body = calendar_file(1, 2)
            await die_at(at, poller, "bot.pipeline.inbound.calendar_changes.inbox.insert_once", monkeypatch)
            assert (await at.starts(), await at.news()) == (["10/06"], 0)
        again = at.poller()
        async with again.fetcher:
            await again.load_states()
            await again.read_due()
            assert (await at.starts(), await at.news()) == (["10/06", "11/06"], 1)
            await at.after(2 * HOUR, again)
            assert await at.news() == 1


class Killed(BaseException):
    """Stands for the death of the process."""


async def die_at(at: PollerSetup, poller: CalendarPoller, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(where, die)
        with pytest.raises(BaseExceptionGroup):
            await at.after(2 * HOUR, poller)


async def test_kill_after_the_commit_tells_no_change_twice(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with CalendarServer(calendar_file(1)).open() as source, poller_setup(database_url, source.url) as at:
        poller = at.poller()
        async with poller.fetcher:
            await at.after(timedelta(), poller)
            source.body = calendar_file(1, 2)
            await die_at(at, poller, "bot.calendars.poller.CalendarPoller._record_success", monkeypatch)
            assert (await at.starts(), await at.news()) == (["10/06", "11/06"], 1)
        again = at.poller()
        async with again.fetcher:
            await again.load_states()
            await at.after(2 * HOUR, again)
            assert await at.news() == 1


async def test_calendar_that_no_community_names_is_deleted(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kampe.ics"
    file.write_bytes(calendar_file(1))
    async with poller_setup(database_url, str(file)) as at:
        await at.after(timedelta(), at.poller())
        at.context.rooms.communities = {PLACE: make_community()}
        await at.poller().load_states()
        async with at.context.store.read() as connection:
            assert (await connection.execute(select(calendars))).all() == []
        assert await at.starts() == []


async def test_url_of_a_calendar_is_not_in_the_log(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    secret = "http://127.0.0.1:9/private-8f3a/basic.ics?key=hemmelig"
    async with poller_setup(sqlite_url, secret) as at:
        poller = at.poller()
        async with poller.fetcher:
            await at.after(timedelta(), poller)
        told = [*caplog.messages, *at.context.health.warnings, *at.context.health.warnings.values()]
        assert len(told) == 3
        assert [line for line in told if "8f3a" in line or "hemmelig" in line] == []


def test_check_names_missing_files(tmp_path: Path) -> None:
    (tmp_path / "here.ics").write_bytes(calendar_file(1))
    named = [str(tmp_path / "here.ics"), str(tmp_path / "gone.ics"), "https://klub.example/kampe.ics"]
    thing = Thing("bane-1", "bane 1", calendars=tuple(Calendar(source) for source in named))
    found = [str(problem) for problem in find_unreadable_files([make_community(things=(thing,), file="landsby.yaml")])]
    assert found == [
        f"landsby.yaml: things › bane-1 › calendars: {named[1]}: it cannot be read: No such file or directory"
    ]
