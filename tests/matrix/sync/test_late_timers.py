"""A timer fires only after the bot has read all messages from before it fell due: a yes given in time counts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from live_setup import LiveSetup, MatrixUser

from bot.app import App
from bot.matrix.sync import gaps, sync_loop
from bot.matrix.sync.open_sync import request_sync
from bot.pipeline.inbound.read_progress import ReadProgress
from bot.testing.faults import refused
from bot.testing.proxy import FaultProxy, Rule

#: How long after the booking the work begins.
AHEAD = timedelta(hours=3)


@asynccontextmanager
async def run_later(live: LiveSetup) -> AsyncIterator[App]:
    """Run the program half a minute after the work was to begin."""
    app = live.make_app()
    app.clock = lambda: datetime.now(UTC) + AHEAD + timedelta(seconds=30)
    async with live.run_app(app):
        yield app


async def book(live: LiveSetup) -> tuple[str, str, MatrixUser, MatrixUser]:
    """Let a club ask for a time; return the room, the card, the club and the firm. The bot is stopped afterwards."""
    offset = 10 - datetime.now(UTC).hour  # a zone in which it is ten in the morning
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    room = await live.create_room(club, firm, more=f"time_zone: Etc/GMT{-offset:+d}")
    async with live.run_app():
        begins = datetime.now(UTC) + AHEAD + timedelta(hours=offset)
        await club.say(room, f"!book bane 1 slåning i dag kl. {begins:%H:%M}")
        card = await firm.wait_for_text(room, "📋 Aftale 1: slåning af bane 1")
        await club.wait_for_event(room, lambda e: e["type"] == "m.reaction" and "❌" in str(e["content"]))
    return room, card["event_id"], club, firm


@pytest.mark.usefixtures("bot_behind_proxy")
@pytest.mark.parametrize("how", ["answered", "in a gap", "behind failing syncs"])
async def test_yes_that_was_given_in_time_while_the_bot_was_off_counts(
    live: LiveSetup, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(gaps, "PAGE_LIMIT", 3)
    monkeypatch.setattr(sync_loop, "TIMELINE_LIMIT", 3)
    room, card, club, firm = await book(live)
    await firm.tap(room, "✅", card)
    for number in range(10 if how == "in a gap" else 0):
        await club.say(room, f"snak {number}")
    is_failing = how == "behind failing syncs"
    failing_sync = Rule(refused(502), path="/sync") if is_failing else Rule(refused(502), path="/messages", times=2)
    with proxy.with_rule(failing_sync):
        async with run_later(live):
            if is_failing:
                await proxy.wait_until_hit(failing_sync)
                await asyncio.sleep(1)
                proxy.remove_rule(failing_sync)
            await club.wait_for_text(room, "✅ Aftalt: slåning af bane 1")
            await club.say(room, "!ping slut")
            await club.wait_for_text(room, "pong slut")
            proxy.add_rule(failing_sync)
    assert not any("⌛" in text for text in await club.read_all_texts(room, live.bot_id))


async def test_timer_that_was_due_while_the_bot_was_off_fires_after_the_first_sync(live: LiveSetup) -> None:
    room, _, club, _ = await book(live)
    async with asyncio.timeout(20), run_later(live):
        await club.wait_for_text(room, "kom ikke svar i tide")


async def test_open_sync_ends_when_a_timer_asks_for_one() -> None:
    asked: list[float] = []
    now = datetime(2026, 6, 9, 8, tzinfo=UTC)
    progress = ReadProgress()
    progress.expect_syncs()

    async def request(seconds: float) -> str:
        asked.append(seconds)
        if seconds:
            await asyncio.Event().wait()
        return "answer"

    async with asyncio.timeout(20):
        syncing = asyncio.create_task(request_sync(request, 30, progress, lambda: now))
        await asyncio.sleep(0.01)
        assert not syncing.done()
        progress.request_sync(now)
        assert (await syncing, asked) == ("answer", [30, 0])
    progress.record_sync()
    assert (progress.read_until, progress.is_sync_requested) == (now, False)
    progress.request_sync(now)
    assert not progress.is_sync_requested, "that was read already"
