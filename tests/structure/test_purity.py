"""The pure folders import nothing that does input or output, and only bot/clock.py reads the time of day."""

import sys
from pathlib import Path

from source_files import SourceFile, find_attributes, read_source_files, write_and_parse

#: Folders that only compute: no database, no network, no file, no clock.
PURE_FOLDERS = {"parsing", "agreements", "ical", "reminder_times", "span"}
IMPURE_MODULES = {
    *("aiohttp", "aiosqlite", "alembic", "apscheduler", "asyncio", "asyncpg", "http", "io", "multiprocessing"),
    *("nio", "os", "pathlib", "random", "requests", "secrets", "shutil", "signal", "socket", "sqlalchemy", "sqlite3"),
    *("ssl", "subprocess", "tempfile", "threading", "time", "urllib", "uuid", "yaml"),
}

#: Calls that read the time of day; only clock.py may make them. `time.monotonic` measures, and is not among them.
CLOCK_CALLS = {
    *(("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")),
    *(("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime")),
}


def find_clock_calls(file: SourceFile) -> list[str]:
    """Return a sentence for each place where a file reads the time of day instead of being given it."""
    return [
        f"{file.path}:{line} asks {owner}.{name}()"
        for line, owner, name in find_attributes(file.tree)
        if (owner, name) in CLOCK_CALLS
    ]


def test_pure_folders_import_nothing_that_does_input_or_output() -> None:
    found = {
        f"{file.path} imports {module}"
        for file in read_source_files()
        for module in file.imports
        if file.folder in PURE_FOLDERS and module.split(".")[0] in IMPURE_MODULES
    }
    assert found == set()


def test_only_the_clock_reads_the_time_of_day() -> None:
    assert [call for file in read_source_files() if file.folder != "clock" for call in find_clock_calls(file)] == []


def test_a_clock_call_is_found(tmp_path: Path) -> None:
    text = "import datetime\nasked = datetime.datetime.now()\nborrowed = datetime.datetime.utcnow\nfine = now()\n"
    file = write_and_parse(tmp_path, "bot/parsing/when.py", text)
    assert find_clock_calls(file) == [
        "bot/parsing/when.py:2 asks datetime.now()",
        "bot/parsing/when.py:3 asks datetime.utcnow()",
    ]


def test_impure_modules_exist() -> None:
    installed = {"aiohttp", "aiosqlite", "alembic", "apscheduler", "asyncpg", "nio", "requests", "sqlalchemy", "yaml"}
    assert IMPURE_MODULES - sys.stdlib_module_names == installed
