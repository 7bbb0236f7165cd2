"""Backups from and to PostgreSQL: what SQLite does not have is checked and restored there, too."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sample_community import CLUB, MIGRATIONS, MORNING, make_context, message, open_contexts, receive_rows
from sqlalchemy import select, text

from bot.errors import Fatal
from bot.pipeline.handling.handle import handle_row
from bot.store.backup.backup import back_up
from bot.store.backup.copy_rows import reflect_tables
from bot.store.backup.restore import restore
from bot.store.database import engine
from bot.store.database.schema import find_revisions, migrate
from bot.store.database.transaction import Store

LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    opened = Store(postgres_url)
    await migrate(opened, MIGRATIONS)
    yield opened
    await opened.close()


@pytest.fixture
async def backup(tmp_path: Path) -> Path:
    """A backup of an SQLite database with an agreement."""
    async with open_contexts(f"sqlite+aiosqlite:///{tmp_path}/bylaug.db", 1) as (context,):
        await book(context.store)
        await back_up(context.store, tmp_path / "b.db", MORNING, MIGRATIONS)
    return tmp_path / "b.db"


async def book(store: Store) -> None:
    context = make_context(store)
    for row in await receive_rows(context, message(CLUB, "!book bane 1 slåning 12/6 kl. 14 @firma")):
        await handle_row(context, row)


async def read_all_rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    async with store.read() as connection:
        tables = await connection.run_sync(reflect_tables)
        return {
            table.name: [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables
        }


async def read_rules(store: Store) -> list[tuple[str, ...]]:
    """Return all constraints and indexes of a PostgreSQL database."""
    statements = (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = current_schema()::regnamespace",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    )
    async with store.read() as connection:
        rows = [row for one in statements for row in (await connection.execute(text(one))).all()]
    return sorted(map(tuple, rows))


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as changed, changed:
        for statement in statements:
            changed.execute(statement)


async def test_backup_is_not_ended_by_the_server_while_the_file_is_written(
    store: Store, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engine._SERVER_SETTINGS, "idle_in_transaction_session_timeout", "50")
    timers = (
        "INSERT INTO due (place, feature, name, subject, at, fired) "
        "SELECT 'p', 'f', 'n', md5(n::text), '2026-06-09', false FROM generate_series(1, 200000) n"
    )
    async with store.write() as connection:
        await connection.execute(text(timers))
    impatient = Store(postgres_url)
    await back_up(impatient, tmp_path / "b.db", MORNING, MIGRATIONS)
    await impatient.close()
    with closing(sqlite3.connect(tmp_path / "b.db")) as copy:
        assert copy.execute("SELECT count(*) FROM due").fetchone() == (200000,)


async def test_backup_has_every_rule_of_the_tables_and_no_index_that_only_saves_time(
    store: Store, tmp_path: Path
) -> None:
    await back_up(store, tmp_path / "b.db", MORNING, MIGRATIONS)
    whole = Store(f"sqlite+aiosqlite:///{tmp_path}/whole.db")
    await migrate(whole, MIGRATIONS)
    await whole.close()
    read_objects = "SELECT type, name, sql FROM sqlite_schema"
    with closing(sqlite3.connect(tmp_path / "b.db")) as copy, closing(sqlite3.connect(tmp_path / "whole.db")) as other:
        copied, created = ({*file.execute(read_objects).fetchall()} for file in (copy, other))
    assert {row[2].split(" ON ")[0].rsplit(" ", 1)[0] for row in created - copied} == {"CREATE INDEX"}
    assert copied < created
    assert {"due_once", "reservations_never_overlap"} <= {name for _, name, _ in copied}


async def test_restored_database_has_all_constraints_and_indexes(store: Store, postgres_url: str, backup: Path) -> None:
    before = await read_rules(store)
    assert {"p", "u", "f", "x", "c"} <= await find_kinds(store)
    await restore(postgres_url, backup, LATER, MIGRATIONS)
    assert await read_rules(store) == before


async def find_kinds(store: Store) -> set[str]:
    kinds = "SELECT DISTINCT contype::text FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
    async with store.read() as connection:
        return set((await connection.execute(text(kinds))).scalars())


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE agreements SET number = 'mange'", "invalid input syntax for type integer"),
        ("UPDATE agreements SET made_at = 'i går'", "invalid input syntax for type timestamp"),
        ("UPDATE inbox SET sender = CAST(x'ff' AS TEXT)", "invalid byte sequence"),
        ("UPDATE inbox SET payload = '{'", "invalid input syntax for type json"),
        ("DELETE FROM agreements", 'violates foreign key constraint "history_agreement_id_fkey"'),
        ("UPDATE history SET id = (SELECT max(id) + 1 FROM history), inbox_id = 99", "history_inbox_id_fkey"),
    ],
)
async def test_restore_of_wrong_rows_says_what_is_wrong_and_changes_nothing(
    store: Store, postgres_url: str, backup: Path, statement: str, reason: str
) -> None:
    await book(store)
    before, rules = await read_all_rows(store), await read_rules(store)
    change(backup, statement)
    with pytest.raises(Fatal, match=reason) as raised:
        await restore(postgres_url, backup, LATER, MIGRATIONS, even_newer=True)
    assert (raised.value.exit_code, "take another backup" in str(raised.value)) == (65, True)
    assert (await read_all_rows(store), await read_rules(store)) == (before, rules)


@pytest.mark.parametrize("damage", ["cut", "overwritten", "index"])
async def test_restore_of_a_damaged_backup_changes_nothing(
    store: Store, postgres_url: str, backup: Path, damage: str
) -> None:
    await book(store)
    before = await read_all_rows(store)
    whole = backup.read_bytes()
    match damage:
        case "cut":
            backup.write_bytes(whole[: len(whole) // 2])
        case "overwritten":
            backup.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])
        case "index":  # rows can be copied, and only the check finds that they are not those that were written
            other = CLUB.replace("example", "exanple")
            change(backup, "CREATE INDEX senders ON inbox (sender)")
            whole = backup.read_bytes()
            place = whole.rindex(CLUB.encode())
            backup.write_bytes(whole[:place] + other.encode() + whole[place + len(other) :])
    with pytest.raises(Fatal, match=r"damaged|no backup made by bylaug") as raised:
        await restore(postgres_url, backup, LATER, MIGRATIONS, even_newer=True)
    assert (raised.value.exit_code, await read_all_rows(store)) == (65, before)
    assert [path.name for path in backup.parent.glob(".*restored*")] == []


async def test_database_of_an_older_program_is_not_migrated_for_a_damaged_backup(
    postgres_url: str, backup: Path
) -> None:
    older = Store(postgres_url)
    revisions = await migrate(older, to=["0012"])
    whole = backup.read_bytes()
    backup.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Fatal, match="no backup made by bylaug, or it is damaged"):
        await restore(postgres_url, backup, LATER, MIGRATIONS)
    assert await find_revisions(older) == revisions
    await older.close()


async def test_backup_of_an_older_program_is_migrated(postgres_url: str, tmp_path: Path) -> None:
    older = Store(f"sqlite+aiosqlite:///{tmp_path}/older.db")
    await migrate(older, to=["0012"])
    async with older.write() as connection:
        await connection.execute(
            text(
                "INSERT INTO room_keys (place, session, sender_key, first_index, owner, locked) "
                "VALUES ('a', 'b', 'c', 0, 'd', 'e')"
            )
        )
    await back_up(older, tmp_path / "b.db", MORNING)
    await older.close()
    await restore(postgres_url, tmp_path / "b.db", LATER, MIGRATIONS)
    store = Store(postgres_url)
    async with store.read() as connection:
        rows = await connection.execute(text("SELECT owner, is_backed_up FROM room_keys"))
        assert [tuple(row) for row in rows] == [("d", False)]
    await store.close()


async def test_new_ids_are_above_the_restored_ones_when_the_backup_has_lost_count(
    store: Store, postgres_url: str, backup: Path
) -> None:
    change(backup, "DELETE FROM sqlite_sequence WHERE name <> 'inbox'", "UPDATE sqlite_sequence SET seq = 'mange'")
    await restore(postgres_url, backup, LATER, MIGRATIONS)
    context = make_context(store)
    for row in await receive_rows(context, message(CLUB, "!book bane 2 slåning 13/6 kl. 14 @firma")):
        await handle_row(context, row)
    async with store.read() as connection:
        ids = (await connection.execute(text("SELECT id FROM agreements ORDER BY id"))).scalars().all()
    assert list(ids) == [1, 2]
