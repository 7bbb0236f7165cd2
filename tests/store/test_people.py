"""What people chose for themselves comes back as they chose it, in each community by itself, and from a backup."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from village import CLUB, FIRM, FOREMAN, MORNING

from bot.reminder_times import Ahead, Quiet
from bot.store.backup.backup import back_up
from bot.store.backup.restore import restore
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store
from bot.store.people import Mute, Wishes, find_wishes, keep_wishes

TOMORROW = datetime(2026, 6, 10, tzinfo=UTC)
EVERYTHING = Wishes(
    "en",
    Quiet(time(22, 30), time(7)),
    (Ahead(days=1, at=time(18)), Ahead(days=0, at=time(7, 15)), Ahead(long=timedelta(minutes=90))),
    (Mute("before"), Mute(agreement=7), Mute(until=TOMORROW)),
)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    made = Store(database_url)
    await migrate(made)
    yield made
    await made.close()


@pytest.mark.parametrize("wishes", [EVERYTHING, Wishes(), Wishes(quiet=(), before=())])
async def test_wishes_come_back_as_they_were_chosen(store: Store, wishes: Wishes) -> None:
    async with store.write() as connection:
        await keep_wishes(connection, "skovby", FIRM, wishes)
    async with store.read() as connection:
        assert await find_wishes(connection, "skovby", [FIRM, CLUB]) == {FIRM: wishes}


async def test_what_is_chosen_anew_takes_the_place_of_what_was(store: Store) -> None:
    async with store.write() as connection:
        await keep_wishes(connection, "skovby", FIRM, EVERYTHING)
        await keep_wishes(connection, "skovby", FIRM, Wishes("da"))
    async with store.read() as connection:
        assert await find_wishes(connection, "skovby", [FIRM]) == {FIRM: Wishes("da")}


async def test_each_address_and_each_community_has_its_own(store: Store) -> None:
    async with store.write() as connection:
        await keep_wishes(connection, "skovby", FIRM, Wishes("en"))
        await keep_wishes(connection, "skovby", FOREMAN, Wishes("da"))
        await keep_wishes(connection, "riverside", FIRM, Wishes("da"))
    async with store.read() as connection:
        assert await find_wishes(connection, "skovby", [FIRM, FOREMAN]) == {FIRM: Wishes("en"), FOREMAN: Wishes("da")}


async def test_wishes_survive_a_backup_and_its_restore(store: Store, database_url: str, tmp_path: Path) -> None:
    async with store.write() as connection:
        await keep_wishes(connection, "skovby", FIRM, EVERYTHING)
    await back_up(store, tmp_path / "copy.db", MORNING)
    async with store.write() as connection:
        await keep_wishes(connection, "skovby", FIRM, Wishes())
    await restore(database_url, tmp_path / "copy.db", MORNING, even_newer=True)
    again = Store(database_url)
    async with again.read() as connection:
        assert await find_wishes(connection, "skovby", [FIRM]) == {FIRM: EVERYTHING}
    await again.close()
