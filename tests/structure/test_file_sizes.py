"""Files and folders stay small enough to be read at once."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from source_files import ROOT, SourceFile, read_source_files, write_and_parse

MAX_LINES_PER_FILE = 300
MAX_FILES_PER_FOLDER = 15


def find_crowded_folders(files: Iterable[SourceFile]) -> list[str]:
    """Return a sentence for each folder with more than MAX_FILES_PER_FOLDER files.

    `__init__.py` does not count. Folders of migrations are left out, since migrations only ever grow in number.
    """
    counted = (file.path.rpartition("/")[0] for file in files if not file.path.endswith("__init__.py"))
    folders = Counter(folder for folder in counted if not folder.endswith("migrations/versions"))
    return [f"{folder}: {count} files" for folder, count in sorted(folders.items()) if count > MAX_FILES_PER_FOLDER]


def test_no_file_is_too_long() -> None:
    files = [file for file in read_source_files() if file.lines > MAX_LINES_PER_FILE]
    assert [f"{file.path}: {file.lines} lines" for file in files] == []


def test_no_folder_is_crowded() -> None:
    assert find_crowded_folders(read_source_files()) == []


def test_a_crowded_folder_is_found(tmp_path: Path) -> None:
    files = [write_and_parse(tmp_path, f"bot/web/part{number}.py", "") for number in range(MAX_FILES_PER_FOLDER + 1)]
    assert find_crowded_folders(files[1:]) == []
    init = write_and_parse(tmp_path, "bot/web/__init__.py", "")
    assert find_crowded_folders([*files, init]) == ["bot/web: 16 files"]


def test_every_folder_that_is_imported_is_a_package() -> None:
    """setuptools installs packages only; Alembic reads migrations by their paths."""
    folders = {(ROOT / file.path).parent for file in read_source_files() if "migrations" not in file.path}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_no_two_test_files_share_a_name() -> None:
    """Without packages in tests/, pytest imports test files by their bare names and confuses two that are equal."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
