"""The newest backups stay, older ones go, and nothing else is touched."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store.backup.rotation import backup_name, delete_old_backups, find_backups

NOW = datetime(2026, 6, 9, 3, 0, tzinfo=UTC)


def nights(folder: Path, how_many: int) -> list[Path]:
    made = [folder / backup_name(NOW - timedelta(days=number)) for number in range(how_many)][::-1]
    for path in made:
        path.touch()
    return made


def test_keep_newest_takes_the_oldest_away(tmp_path: Path) -> None:
    made = nights(tmp_path, 17)
    assert delete_old_backups(tmp_path, 14, NOW) == made[:3]
    assert find_backups(tmp_path) == made[3:]


def test_keep_newest_of_fewer_takes_none_away(tmp_path: Path) -> None:
    made = nights(tmp_path, 3)
    assert delete_old_backups(tmp_path, 14, NOW) == []
    assert find_backups(tmp_path) == made


def test_keep_newest_leaves_everything_else_alone(tmp_path: Path) -> None:
    nights(tmp_path, 2)
    others = ["bylaug.db", "bylaug-20200101T000000Z.db.gz", "before-restore-20200101T000000Z.db", "dagbog.txt"]
    for name in others:
        (tmp_path / name).touch()
    delete_old_backups(tmp_path, 1, NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*others, backup_name(NOW)])


def test_keep_newest_clears_up_what_was_cut_off_long_ago(tmp_path: Path) -> None:
    old, young = (tmp_path / f".bylaug-2026060{day}T030000Z.db.partial" for day in (7, 9))
    for path, age in ((old, timedelta(days=2)), (young, timedelta(hours=1))):
        path.touch()
        os.utime(path, ((NOW - age).timestamp(),) * 2)
    delete_old_backups(tmp_path, 14, NOW)
    assert list(tmp_path.iterdir()) == [young]
