"""Preferences are stored and read unchanged, separately for each community, and survive a backup."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sample_community import CLUB, FIRM, FOREMAN, MORNING

from bot.reminder_times import LeadTime, QuietHours
from bot.store.backup.backup import back_up
from bot.store.backup.restore import restore
from bot.store.database.transaction import Store
from bot.store.people import Mute, Preferences, find_preferences, save_preferences
from bot.testing.new_database import create_tables

TOMORROW = datetime(2026, 6, 10, tzinfo=UTC)
EVERYTHING = Preferences(
    "en",
    QuietHours(time(22, 30), time(7)),
    (LeadTime(days=1, at=time(18)), LeadTime(days=0, at=time(7, 15)), LeadTime(length=timedelta(minutes=90))),
    (Mute("before"), Mute(agreement=7), Mute(until=TOMORROW)),
)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = Store(database_url)
    await create_tables(opened)
    yield opened
    await opened.close()


@pytest.mark.parametrize("preferences", [EVERYTHING, Preferences(), Preferences(quiet=(), before=())])
async def test_preferences_are_read_as_they_were_saved(store: Store, preferences: Preferences) -> None:
    async with store.write() as connection:
        await save_preferences(connection, "skovby", FIRM, preferences)
    async with store.read() as connection:
        assert await find_preferences(connection, "skovby", [FIRM, CLUB]) == {FIRM: preferences}


async def test_saving_replaces_the_preferences_before(store: Store) -> None:
    async with store.write() as connection:
        await save_preferences(connection, "skovby", FIRM, EVERYTHING)
        await save_preferences(connection, "skovby", FIRM, Preferences("da"))
    async with store.read() as connection:
        assert await find_preferences(connection, "skovby", [FIRM]) == {FIRM: Preferences("da")}


async def test_each_address_and_each_community_has_its_own_preferences(store: Store) -> None:
    async with store.write() as connection:
        await save_preferences(connection, "skovby", FIRM, Preferences("en"))
        await save_preferences(connection, "skovby", FOREMAN, Preferences("da"))
        await save_preferences(connection, "riverside", FIRM, Preferences("da"))
    async with store.read() as connection:
        assert await find_preferences(connection, "skovby", [FIRM, FOREMAN]) == {
            FIRM: Preferences("en"),
            FOREMAN: Preferences("da"),
        }


async def test_preferences_survive_backup_and_restore(store: Store, database_url: str, tmp_path: Path) -> None:
    async with store.write() as connection:
        await save_preferences(connection, "skovby", FIRM, EVERYTHING)
    await back_up(store, tmp_path / "copy.db", MORNING)
    async with store.write() as connection:
        await save_preferences(connection, "skovby", FIRM, Preferences())
    await restore(database_url, tmp_path / "copy.db", MORNING, even_newer=True)
    restored = Store(database_url)
    async with restored.read() as connection:
        assert await find_preferences(connection, "skovby", [FIRM]) == {FIRM: EVERYTHING}
    await restored.close()
