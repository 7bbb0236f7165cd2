"""Names the backups of a folder by their time, and deletes all but the newest."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from bot.store.backup.backup import is_same_file

_NAME = re.compile(r"bylaug-\d{8}T\d{6}Z\.db")

#: A partial file older than this belongs to a backup that was interrupted. A younger one may still be being written.
MAX_PARTIAL_AGE = timedelta(days=1)


def backup_name(moment: datetime) -> str:
    """Return the name of the backup made at a moment (UTC). Names sort as the moments do."""
    return f"bylaug-{moment:%Y%m%dT%H%M%SZ}.db"


def find_backups(folder: Path) -> list[Path]:
    """Return the files that are named by `backup_name`, oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def delete_old_backups(folder: Path, keep_count: int, now: datetime, database: Path | None = None) -> list[Path]:
    """Delete all but the newest `keep_count` backups, and old partial files. Return the deleted backups, oldest first.

    Files with other names are left alone, and so is the database in use, which may have the name of a backup.
    """
    backups = [path for path in find_backups(folder) if database is None or not is_same_file(path, database)]
    deleted = backups[:-keep_count]
    for path in deleted:
        path.unlink(missing_ok=True)
    for path in folder.glob(".bylaug-*.db.partial"):
        if path.stat().st_mtime < (now - MAX_PARTIAL_AGE).timestamp():
            path.unlink(missing_ok=True)
    return deleted
