"""The newest backups are kept, older ones deleted, and other files left alone."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store.backup.rotation import backup_name, delete_old_backups, find_backups

NOW = datetime(2026, 6, 9, 3, 0, tzinfo=UTC)


def create_nightly_backups(folder: Path, count: int) -> list[Path]:
    backups = [folder / backup_name(NOW - timedelta(days=number)) for number in range(count)][::-1]
    for path in backups:
        path.touch()
    return backups


def test_oldest_backups_are_deleted(tmp_path: Path) -> None:
    backups = create_nightly_backups(tmp_path, 17)
    assert delete_old_backups(tmp_path, 14, NOW) == backups[:3]
    assert find_backups(tmp_path) == backups[3:]


def test_no_backup_is_deleted_when_there_are_few(tmp_path: Path) -> None:
    backups = create_nightly_backups(tmp_path, 3)
    assert delete_old_backups(tmp_path, 14, NOW) == []
    assert find_backups(tmp_path) == backups


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    create_nightly_backups(tmp_path, 2)
    others = ["bylaug.db", "bylaug-20200101T000000Z.db.gz", "before-restore-20200101T000000Z.db", "dagbog.txt"]
    for name in others:
        (tmp_path / name).touch()
    delete_old_backups(tmp_path, 1, NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*others, backup_name(NOW)])


def test_old_partial_file_is_deleted(tmp_path: Path) -> None:
    old, young = (tmp_path / f".bylaug-2026060{day}T030000Z.db.partial" for day in (7, 9))
    for path, age in ((old, timedelta(days=2)), (young, timedelta(hours=1))):
        path.touch()
        os.utime(path, ((NOW - age).timestamp(),) * 2)
    delete_old_backups(tmp_path, 14, NOW)
    assert list(tmp_path.iterdir()) == [young]


def test_database_in_use_is_no_backup_even_when_it_is_named_like_one(tmp_path: Path) -> None:
    backups = create_nightly_backups(tmp_path, 3)
    assert delete_old_backups(tmp_path, 1, NOW, tmp_path / ".." / tmp_path.name / backups[0].name) == [backups[1]]
    assert find_backups(tmp_path) == [backups[0], backups[2]]
