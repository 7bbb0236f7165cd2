"""The commands `bylaug backup` and `bylaug restore`."""

import fcntl
import re
from pathlib import Path

import pytest

from bot.cli import main

CONFIG = 'homeserver: http://127.0.0.1:9\naccount: "@bylaug:example.org"\ncommunities: rooms\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG, "utf-8")
    (tmp_path / "backups").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    assert main(["migrate"]) == 0
    return tmp_path


def test_backup_is_made_and_restored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "b.db"]) == 0
    assert "b.db holds 0 agreements with 0 steps of history and 0 messages" in capsys.readouterr().out
    assert main(["backup", "b.db"]) == 73
    assert capsys.readouterr().err == "bylaug: There is a file b.db already; with --replace it is replaced.\n"
    assert main(["backup", "b.db", "--replace"]) == 0
    assert main(["restore", "b.db"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"Restored: b\.db holds 0 agreements.*\nWhat was there before is kept in .*before-restore-", said)
    assert "It cannot know: commands that were deleted since" in said
    assert main(["migrate"]) == 0


def test_keep_leaves_the_newest_backups(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for day in range(10, 30):
        (folder / "backups" / f"bylaug-202001{day}T030000Z.db").touch()
    assert main(["backup", "--keep", "14", "backups"]) == 0
    names = sorted(path.name for path in (folder / "backups").iterdir())
    assert (len(names), names[0]) == (14, "bylaug-20200117T030000Z.db")
    assert main(["restore", f"backups/{names[-1]}"]) == 0


def test_keep_wants_a_folder_and_a_number(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "--keep", "14", "b.db"]) == 73
    assert capsys.readouterr().err == "bylaug: With --keep, b.db has to be a folder.\n"
    with pytest.raises(SystemExit):
        main(["backup", "--keep", "0", "backups"])


def test_restore_of_another_file_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", "config.yaml"]) == 65
    assert "config.yaml is no backup made by bylaug" in capsys.readouterr().err
    assert main(["restore", "nowhere.db"]) == 66


def test_restore_while_a_bot_works_on_the_database_is_refused_and_a_backup_is_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "bylaug.db.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert main(["backup", "b.db"]) == 0
        assert main(["restore", "b.db", "--even-newer"]) == 75
        assert "Another Bylaug works on the database" in capsys.readouterr().err
    assert main(["restore", "b.db"]) == 0


def test_missing_database_is_restored(folder: Path) -> None:
    assert main(["backup", "b.db"]) == 0
    for path in folder.glob("bylaug.db*"):
        if not path.name.endswith(".lock"):
            path.unlink()
    assert main(["backup", "c.db"]) == 66
    assert main(["migrate"]) == 74
    assert main(["restore", "b.db"]) == 0
    assert main(["migrate"]) == 0
