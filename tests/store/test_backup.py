"""A backup is complete, private and of one moment; restoring it on either database gives the same rows."""

import asyncio
import itertools
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sample_community import CLUB, MIGRATIONS, MORNING, PLACE, make_context, message, open_contexts, receive_rows
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.commands import replace_device
from bot.errors import Fatal
from bot.matrix import login
from bot.matrix.crypto.signing import identity_store
from bot.pipeline.handling.handle import handle_row
from bot.store.backup.backup import back_up, read_summary
from bot.store.backup.copy_rows import reflect_tables
from bot.store.backup.preserved_tables import PRESERVED_FACTS, read_preserved_rows, write_preserved_rows
from bot.store.backup.restore import restore
from bot.store.backup.restore_marker import RestoreMarker, get_restore_marker
from bot.store.calendars.calendars import CalendarState, get_calendar_state, save_calendar_state
from bot.store.crypto import RoomKey, find_room_keys, insert_room_keys, read_crypto_state, write_crypto_state
from bot.store.database.schema import migrate
from bot.store.database.transaction import Store
from bot.store.facts import get_fact, set_fact
from bot.testing.new_database import create_tables

LATER = datetime(2030, 1, 1, tzinfo=UTC)

#: The migration of a feature with every type of column.
MIGRATION = '''
"""The ideas of a village."""
from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = "ideas1", None, ("ideas",), None


def upgrade():
    table = op.create_table(
        "ideas",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("parent", sa.Integer(), sa.ForeignKey("ideas.id")),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime()),
        sa.Column("day", sa.Date()),
        sa.Column("cost", sa.Float()),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("votes", sa.JSON(none_as_null=True)),
        sa.Column("always", sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )
'''


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("features") / "ideas" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_ideas.py").write_text(MIGRATION, "utf-8")
    return [*MIGRATIONS, folder]


@pytest.fixture
async def store(database_url: str, features: list[Path]) -> AsyncIterator[Store]:
    opened = Store(database_url)
    await create_tables(opened, features)
    yield opened
    await opened.close()


def find_names(folder: Path, pattern: str = "*") -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


async def handle_commands(store: Store, *commands: str) -> None:
    context = make_context(store)
    for row in await receive_rows(context, *(message(CLUB, command) for command in commands)):
        await handle_row(context, row)


async def read_all_rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables, except the restore marker."""

    def read(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
        rows_by_table = {}
        for table in reflect_tables(connection):
            rows = connection.execute(select(table).order_by(*table.primary_key.columns))
            rows_by_table[table.name] = [tuple(row) for row in rows if row[0] != "restored"]
        return rows_by_table

    async with store.read() as connection:
        return await connection.run_sync(read)


async def fill_ideas(store: Store) -> None:
    insert = "INSERT INTO ideas (parent, sure, at, day, cost, key, votes, always) VALUES "
    blob = "'\\xff00'::bytea" if store.is_postgres else "x'ff00'"
    rows = (
        f"(NULL, true, '2026-06-09 08:00:00.000001', '2026-06-09', 0.1, {blob}, NULL, 'null')",
        "(1, false, NULL, NULL, NULL, NULL, '{\"æ\": [1, null]}', '[]')",
        "(2, false, NULL, NULL, NULL, NULL, NULL, '\"x\"')",
    )
    async with store.write() as connection:
        for row in rows:
            await connection.execute(text((insert + row).replace(":\\", "\\:")))
        await connection.execute(text("DELETE FROM ideas WHERE id = 3"))


async def insert_idea(store: Store) -> int:
    async with store.write() as connection:
        row = "INSERT INTO ideas (sure, always) VALUES (true, '1') RETURNING id"
        return int((await connection.execute(text(row))).scalar_one())


async def test_backup_holds_every_row_and_says_how_many(store: Store, tmp_path: Path, features: list[Path]) -> None:
    await handle_commands(
        store, "!book bane 1 slåning 12/6 kl. 14 @firma", "!book bane 2 slåning 12/6 kl. 14 @firma", "!aftaler"
    )
    await fill_ideas(store)
    summary = await back_up(store, tmp_path / "b.db", MORNING, features)
    assert (summary.agreements, summary.steps, summary.messages, summary.communities) == (2, 2, 3, 0)
    assert str(summary) == (
        f"{tmp_path}/b.db holds 2 agreements with 2 steps of history and 3 messages from 0 communities, "
        f"as of 2026-06-09 08:00:00 UTC ({(tmp_path / 'b.db').stat().st_size / 1024:.0f} kB)."
    )
    copy = Store(f"sqlite+aiosqlite:///{tmp_path}/b.db")
    copied = await read_all_rows(copy)
    await copy.close()
    copied["meta"] = [row for row in copied["meta"] if row[0] != "backup made at"]
    assert copied == await read_all_rows(store)


async def test_backup_is_one_file_that_only_its_owner_can_read(
    store: Store, tmp_path: Path, features: list[Path]
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    await back_up(store, folder / "b.db", MORNING, features)
    assert find_names(folder) == ["b.db"]
    assert stat.S_IMODE((folder / "b.db").stat().st_mode) == 0o600


async def test_backup_replaces_a_file_only_on_request(store: Store, tmp_path: Path, features: list[Path]) -> None:
    (tmp_path / "b.db").write_text("mine")
    with pytest.raises(Fatal, match=r"There is a file .* already") as raised:
        await back_up(store, tmp_path / "b.db", MORNING, features)
    assert (raised.value.exit_code, (tmp_path / "b.db").read_text()) == (73, "mine")
    await back_up(store, tmp_path / "b.db", MORNING, features, replace=True)
    assert read_summary(tmp_path / "b.db").made_at == MORNING


async def test_backup_never_replaces_the_database_or_what_belongs_to_it(tmp_path: Path) -> None:
    """Whatever way leads there, and also when the file does not exist yet."""
    folder, links = tmp_path / "data", tmp_path / "links"
    folder.mkdir()
    links.mkdir()
    (links / "folder").symlink_to(folder)
    async with open_contexts(f"sqlite+aiosqlite:///{folder}/bylaug.db", 1) as (context,):
        await receive_rows(context, message(CLUB, "!aftaler"))
        (folder / "bylaug.db.lock").touch()
        before = await read_all_rows(context.store)
        targets: list[Path] = []
        for suffix in ("", "-wal", "-shm", "-journal", ".lock"):
            own_file = folder / f"bylaug.db{suffix}"
            targets += [own_file, links / ".." / "data" / own_file.name, links / "folder" / own_file.name]
            (symbolic_link := links / f"symbolic{suffix}").symlink_to(own_file)
            targets.append(symbolic_link)
            if own_file.exists():
                (hard_link := links / f"hard{suffix}").hardlink_to(own_file)
                targets.append(hard_link)
        names = find_names(tmp_path, "**/*")
        for target, replace in itertools.product(targets, (False, True)):
            with pytest.raises(Fatal, match="which a backup must not replace") as raised:
                await back_up(context.store, target, MORNING, MIGRATIONS, replace=replace)
            assert raised.value.exit_code == 73
        assert (find_names(tmp_path, "**/*"), await read_all_rows(context.store)) == (names, before)


async def test_partial_file_of_a_backup_does_not_replace_the_database_either(tmp_path: Path) -> None:
    async with open_contexts(f"sqlite+aiosqlite:///{tmp_path}/.b.db.partial", 1) as (context,):
        with pytest.raises(Fatal, match="which a backup must not replace"):
            await back_up(context.store, tmp_path / "b.db", MORNING, MIGRATIONS)
        await read_all_rows(context.store)


async def test_failed_backup_leaves_no_file_behind(store: Store, tmp_path: Path, features: list[Path]) -> None:
    with pytest.raises(Fatal, match="cannot be written") as raised:
        await back_up(store, tmp_path / "nowhere" / "b.db", MORNING)
    assert raised.value.exit_code == 74
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(Fatal, match="cannot be written"):
        await back_up(store, tmp_path / "folder.db", MORNING, features, replace=True)
    assert find_names(tmp_path, "*partial*") == []


async def test_missing_database_cannot_be_backed_up(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/none.db")
    with pytest.raises(Fatal, match="There is no database") as raised:
        await back_up(store, tmp_path / "b.db", MORNING)
    await store.close()
    assert (raised.value.exit_code, find_names(tmp_path)) == (66, [])


async def test_backup_made_during_work_is_of_one_moment(database_url: str, tmp_path: Path) -> None:
    """Each booking writes an agreement, a step of history and a card in one transaction."""
    async with open_contexts(database_url, 2) as (context, other):
        commands = [f"!book bane {1 + n % 2} slåning {1 + n // 2}/7 kl. 14 @firma" for n in range(40)]
        rows = await receive_rows(context, *(message(CLUB, command) for command in commands))

        async def book() -> None:
            for row in rows:
                await handle_row(context, row)

        working = asyncio.create_task(book())
        summaries = []
        while not working.done():
            summaries.append(await back_up(other.store, tmp_path / "b.db", MORNING, MIGRATIONS, replace=True))
            with closing(sqlite3.connect(tmp_path / "b.db")) as copy:
                counts = "SELECT (SELECT count(*) FROM {}), (SELECT count(*) FROM agreements)"
                assert {count for (count,) in copy.execute("SELECT count(*) FROM agreements WHERE card IS NULL")} == {0}
                assert len(set(copy.execute(counts.format("history")).fetchone())) == 1
                done = "SELECT count(*) FROM inbox WHERE done_at IS NOT NULL"
                assert copy.execute(done).fetchone()[0] == summaries[-1].agreements
        await working
        assert summaries[0].agreements < 40


async def reserve_twice(store: Store) -> None:
    row = 'INSERT INTO reservations (thing_id, agreement_id, start, "end") '
    async with store.write() as connection:
        await connection.execute(text(row + 'SELECT thing_id, agreement_id, start, "end" FROM reservations'))


@pytest.fixture
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of the wanted kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/other.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.mark.parametrize("other_url", ["sqlite", "postgresql"], indirect=True)
async def test_restored_database_has_the_same_rows_and_goes_on_counting_ids(
    store: Store, other_url: str, tmp_path: Path, features: list[Path]
) -> None:
    await handle_commands(store, "!book bane 1 slåning 12/6 kl. 14 @firma", "!aftaler")
    await fill_ideas(store)
    before = await read_all_rows(store)
    await back_up(store, tmp_path / "b.db", MORNING, features)
    is_same = store.is_postgres and other_url.startswith("postgresql")
    restored = await restore(other_url, tmp_path / "b.db", LATER, features)
    assert (restored.summary.agreements, restored.kept_copy is None) == (1, not is_same)
    other = Store(other_url)
    assert await read_all_rows(other) == before
    async with other.read() as connection:
        assert await get_restore_marker(connection) == RestoreMarker(MORNING, LATER)
    assert await insert_idea(other) == 4
    await handle_commands(other, "!book bane 2 slåning 12/6 kl. 14 @firma")
    async with other.read() as connection:
        rows = await connection.execute(text("SELECT number FROM agreements ORDER BY id"))
        assert list(rows.scalars()) == [1, 2]
    with pytest.raises(DBAPIError, match="never_overlap"):  # the constraint is restored as well
        await reserve_twice(other)
    await other.close()


async def test_restore_over_newer_work_needs_even_newer(
    store: Store, database_url: str, tmp_path: Path, features: list[Path]
) -> None:
    await handle_commands(store, "!book bane 1 slåning 12/6 kl. 14 @firma")
    before = await read_all_rows(store)
    await back_up(store, tmp_path / "b.db", MORNING - timedelta(seconds=1), features)
    await handle_commands(store, "!book bane 2 slåning 12/6 kl. 14 @firma")
    after = await read_all_rows(store)
    with pytest.raises(Fatal, match=r"has worked until 2026-06-09 08:00:00 UTC.*--even-newer") as raised:
        await restore(database_url, tmp_path / "b.db", LATER, features)
    assert (raised.value.exit_code, await read_all_rows(store)) == (65, after)
    await store.close()
    restored = await restore(database_url, tmp_path / "b.db", LATER, features, even_newer=True)
    assert await read_all_rows(store) == before
    assert restored.kept_copy is not None
    kept_copy = Store(f"sqlite+aiosqlite:///{restored.kept_copy}")
    copied = await read_all_rows(kept_copy)
    await kept_copy.close()
    copied["meta"] = [row for row in copied["meta"] if row[0] != "backup made at"]
    assert copied == after


async def test_restored_calendars_are_read_at_once_without_announcing_changes(
    store: Store, tmp_path: Path, features: list[Path]
) -> None:
    state = CalendarState("landsby", "https://klub.example/kampe.ics", '"7"', "x", "y", MORNING, LATER, LATER)
    async with store.write() as connection:
        await save_calendar_state(connection, state)
    await back_up(store, tmp_path / "b.db", MORNING, features)
    await restore(f"sqlite+aiosqlite:///{tmp_path}/again.db", tmp_path / "b.db", LATER, features)
    restored_store = Store(f"sqlite+aiosqlite:///{tmp_path}/again.db")
    async with restored_store.read() as connection:
        assert await get_calendar_state(connection, "landsby", state.source) == CalendarState(
            "landsby", state.source, read_at=MORNING
        )
    await restored_store.close()


async def test_restore_preserves_the_newer_login_and_keys(
    store: Store, database_url: str, tmp_path: Path, features: list[Path]
) -> None:
    async def write_state(value: str) -> None:
        async with store.write() as connection:
            for fact in (*PRESERVED_FACTS, "matrix position"):
                await set_fact(connection, fact, value)
            await write_crypto_state(connection, {("account", ""): value, ("olm", value): value})
            await insert_room_keys(connection, [RoomKey(PLACE, value, "curve", 0, CLUB, value)])
        await handle_commands(store, "!aftaler")

    async def read_state() -> tuple[list[Any], list[Any], list[Any]]:
        async with store.read() as connection:
            facts = [await get_fact(connection, fact) for fact in (*PRESERVED_FACTS, "matrix position")]
            keys = [await find_room_keys(connection, PLACE, value) for value in ("old", "new")]
            return facts, sorted((await read_crypto_state(connection)).items()), [len(found) for found in keys]

    await write_state("old")
    await back_up(store, tmp_path / "b.db", MORNING - timedelta(seconds=1), features)
    await write_state("new")
    await store.close()
    await restore(database_url, tmp_path / "b.db", LATER, features, even_newer=True)
    facts, state, keys = await read_state()
    assert facts == [*["new"] * len(PRESERVED_FACTS), "old"]
    assert keys == [1, 1]
    spent = [(("spent", value), "restored") for value in ("new", "old")]
    assert state == [(("account", ""), "new"), (("olm", "new"), "new"), (("olm", "old"), "old"), *spent]


def test_preserved_facts_are_those_that_are_written() -> None:
    assert set(PRESERVED_FACTS) == {login.LOGIN_FACT, identity_store.IDENTITY_FACT, replace_device.FORMER_DEVICES_FACT}


async def test_keys_of_a_replaced_database_that_an_older_program_wrote_are_preserved(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/old.db")
    await migrate(store, to=["0012"])  # its room keys have no mark of the key backup yet
    columns, values = "place, session, sender_key, first_index, owner, locked", "'a', 'b', 'c', 0, 'd', 'e'"
    async with store.write() as connection:
        await connection.execute(text(f"INSERT INTO room_keys ({columns}) VALUES ({values})"))
        rows = await connection.run_sync(read_preserved_rows)
    await migrate(store)
    async with store.write() as connection:
        await connection.run_sync(write_preserved_rows, rows)
        (key,) = await find_room_keys(connection, "a", "b")
    await store.close()
    assert (key.owner, key.is_backed_up) == ("d", False)


async def test_restore_keeps_a_damaged_database(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/bylaug.db"
    async with open_contexts(url, 1) as (context,):
        await back_up(context.store, tmp_path / "b.db", MORNING, MIGRATIONS)
    (tmp_path / "bylaug.db").write_bytes(b"\xff" * 100_000)
    (tmp_path / "bylaug.db-wal").write_bytes(b"old")
    restored = await restore(url, tmp_path / "b.db", LATER, MIGRATIONS)
    assert restored.kept_copy is not None
    assert restored.kept_copy.read_bytes() == b"\xff" * 100_000
    assert restored.kept_copy.with_name(restored.kept_copy.name + "-wal").read_bytes() == b"old"
    assert not (tmp_path / "bylaug.db-wal").exists()
    async with open_contexts(url, 1) as (context,):
        assert await receive_rows(context, message(CLUB, "!aftaler")) != []


@pytest.mark.parametrize("damage", ["text", "sqlite", "cut", "overwritten", "missing", "folder"])
async def test_restore_refuses_a_file_that_is_no_complete_backup(tmp_path: Path, damage: str) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/bylaug.db"
    file = tmp_path / "b.db"
    async with open_contexts(url, 1) as (context,):
        await back_up(context.store, file, MORNING, MIGRATIONS)
        before = await read_all_rows(context.store)
        whole = file.read_bytes()
        match damage:
            case "text":
                file.write_text("Kære dagbog. " * 1000)
            case "sqlite":
                file.unlink()
                with closing(sqlite3.connect(file)) as other:
                    other.execute("CREATE TABLE meta (key, value)")
            case "cut":
                file.write_bytes(whole[: len(whole) // 2])
            case "overwritten":
                file.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])
            case "missing":
                file.unlink()
            case "folder":
                file.unlink()
                file.mkdir()
        with pytest.raises(Fatal, match=r"no backup made by bylaug|There is no file") as raised:
            await restore(url, file, LATER, MIGRATIONS, even_newer=True)
        assert raised.value.exit_code == (66 if damage in ("missing", "folder") else 65)
        assert await read_all_rows(context.store) == before
    assert find_names(tmp_path, "*restore*") == []


FOREIGN = (
    "CREATE TRIGGER forget AFTER INSERT ON inbox BEGIN DELETE FROM agreements; END",
    "CREATE TRIGGER also_forget AFTER INSERT ON history BEGIN DELETE FROM agreements; END",
    "CREATE VIEW spies AS SELECT * FROM inbox",
    "CREATE TABLE notes (text)",
    "CREATE UNIQUE INDEX one_message ON inbox (place)",
    "ALTER TABLE places ADD COLUMN mood TEXT",
    "ALTER TABLE places ADD COLUMN shout TEXT AS (upper(place))",
    "DROP TRIGGER reservations_never_overlap",
)


@pytest.mark.parametrize("other_url", ["sqlite", "postgresql"], indirect=True)
async def test_restore_leaves_behind_what_no_bylaug_has_made(other_url: str, tmp_path: Path) -> None:
    async with open_contexts(f"sqlite+aiosqlite:///{tmp_path}/bylaug.db", 1) as (context,):
        await handle_commands(context.store, "!book bane 1 slåning 12/6 kl. 14 @firma")
        before = await read_all_rows(context.store)
        await back_up(context.store, tmp_path / "b.db", MORNING, MIGRATIONS)
    with closing(sqlite3.connect(tmp_path / "b.db")) as changed, changed:
        for statement in FOREIGN:
            changed.execute(statement)
    restored = await restore(other_url, tmp_path / "b.db", LATER, MIGRATIONS)
    assert restored.left_behind == [
        *("index one_message", "table notes", "trigger also_forget", "trigger forget", "view spies"),
        "column mood of places",
    ]
    assert "Not restored, since no Bylaug has made it: index one_message, table notes" in str(restored)
    other = Store(other_url)
    assert await read_all_rows(other) == before
    await handle_commands(other, "!book bane 2 slåning 12/6 kl. 14 @firma", "!book bane 2 slåning 13/6 kl. 14 @firma")
    async with other.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM agreements"))).scalar_one() == 3
    with pytest.raises(DBAPIError, match="never_overlap"):  # the constraint that the backup lacks
        await reserve_twice(other)
    await other.close()


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        (["DROP TABLE agreements", "CREATE VIEW agreements AS SELECT 1 AS id"], "agreements is a view and no table"),
        (["DROP TABLE due"], "it has no table due"),
        (["ALTER TABLE places DROP COLUMN applied"], "its table places has no column applied with values of its own"),
        (
            ["ALTER TABLE places DROP COLUMN applied", "ALTER TABLE places ADD applied TEXT AS ('') VIRTUAL"],
            "its table places has no column applied with values of its own",
        ),
        (["DELETE FROM agreements"], "a row of .* refers to a row of agreements that is missing"),
        (["DELETE FROM alembic_version"], "does not say which version has made its tables"),
    ],
)
async def test_restore_says_what_is_wrong_with_the_tables_of_a_backup(
    tmp_path: Path, statements: list[str], reason: str
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/bylaug.db"
    async with open_contexts(url, 1) as (context,):
        await handle_commands(context.store, "!book bane 1 slåning 12/6 kl. 14 @firma")
        await back_up(context.store, tmp_path / "b.db", MORNING, MIGRATIONS)
        before = await read_all_rows(context.store)
    with closing(sqlite3.connect(tmp_path / "b.db")) as changed, changed:
        for statement in statements:
            changed.execute(statement)
    with pytest.raises(Fatal, match=reason) as raised:
        await restore(url, tmp_path / "b.db", LATER, MIGRATIONS, even_newer=True)
    assert (raised.value.exit_code, find_names(tmp_path, "*restore*")) == (65, [])
    async with open_contexts(url, 1) as (context,):
        assert await read_all_rows(context.store) == before


async def test_backup_with_the_name_that_restoring_needs_is_not_deleted(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/bylaug.db"
    async with open_contexts(url, 1) as (context,):
        await back_up(context.store, tmp_path / ".bylaug.db.restored", MORNING, MIGRATIONS)
    with pytest.raises(Fatal, match="Rename it first"):
        await restore(url, tmp_path / ".bylaug.db.restored", LATER, MIGRATIONS)
    assert read_summary(tmp_path / ".bylaug.db.restored").made_at == MORNING


async def test_database_and_all_that_belongs_to_it_are_private_whatever_the_umask(tmp_path: Path) -> None:
    url, database = f"sqlite+aiosqlite:///{tmp_path}/bylaug.db", tmp_path / "bylaug.db"

    def find_open_files() -> list[str]:
        return [path.name for path in tmp_path.iterdir() if stat.S_IMODE(path.stat().st_mode) != 0o600]

    umask = os.umask(0)
    try:
        async with open_contexts(url, 1) as (context,):
            await receive_rows(context, message(CLUB, "!aftaler"))
            assert {"bylaug.db-wal", "bylaug.db-shm"} < set(find_names(tmp_path))
            assert find_open_files() == []
            await back_up(context.store, tmp_path / "b.db", MORNING, MIGRATIONS)
        database.chmod(0o644)  # as an older version has made it
        async with open_contexts(url, 1) as (context,):
            await receive_rows(context, message(CLUB, "!aftaler"))
            assert find_open_files() == []
        await restore(url, tmp_path / "b.db", LATER, MIGRATIONS, even_newer=True)
        assert find_open_files() == []
    finally:
        os.umask(umask)


async def test_restore_refuses_the_backup_of_a_newer_program(
    store: Store, database_url: str, tmp_path: Path, features: list[Path]
) -> None:
    await back_up(store, tmp_path / "b.db", MORNING, features)
    with pytest.raises(Fatal, match="written by a newer Bylaug, or by a feature that is not installed") as raised:
        await restore(database_url, tmp_path / "b.db", LATER)
    assert raised.value.exit_code == 65


async def test_restore_migrates_an_older_backup(tmp_path: Path, features: list[Path]) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/bylaug.db"
    async with open_contexts(url, 1) as (context,):
        await back_up(context.store, tmp_path / "b.db", MORNING, MIGRATIONS)
    await restore(url, tmp_path / "b.db", LATER, features)
    store = Store(url)
    assert await insert_idea(store) == 1
    await store.close()


@pytest.mark.parametrize("other_url", ["sqlite", "postgresql"], indirect=True)
async def test_restore_of_rows_that_break_a_rule_is_refused_and_leaves_the_database_as_it_was(
    tmp_path: Path, other_url: str
) -> None:
    file = tmp_path / "b.db"
    async with open_contexts(f"sqlite+aiosqlite:///{tmp_path}/bylaug.db", 1) as (context,):
        await handle_commands(context.store, "!book bane 1 slåning fredag kl. 14 @firma")
        await back_up(context.store, file, MORNING, MIGRATIONS)
    with closing(sqlite3.connect(file, isolation_level=None)) as copy:
        for (name,) in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            copy.execute(f"DROP TRIGGER {name}")
        copy.execute(
            'INSERT INTO reservations (thing_id, agreement_id, start, "end") '
            'SELECT thing_id, agreement_id, start, "end" FROM reservations'
        )
    store = Store(other_url)
    await migrate(store, MIGRATIONS)
    before = await read_all_rows(store)
    with pytest.raises(
        Fatal, match=r"cannot be restored: .*never_overlap[^.]*\..* It is damaged, or somebody"
    ) as raised:
        await restore(other_url, file, LATER, MIGRATIONS, even_newer=True)
    assert (raised.value.exit_code, await read_all_rows(store)) == (65, before)
    await store.close()
