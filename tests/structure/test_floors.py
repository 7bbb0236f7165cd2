"""The house as written in docs/architecture.md: who may import whom, what is pure, how long a file may be."""

import ast
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from plan import ROOT, File, attributes_of, read_file, read_house, room_of, under

#: From the top down. Imports only look down, and rooms on one floor do not know each other.
FLOORS = (
    {"__main__"},
    {"cli"},
    {"demo", "commands"},
    {"app"},
    {"matrix", "mail", "web", "calendars", "testing"},
    {"pipeline", "features"},
    {"api"},
    {"store"},
    {"concurrency"},
    {"parsing", "agreements", "ical", "drawing", "config"},
    {"languages"},
    {"clock", "errors", "reminder_times"},
    {"span"},
)

#: They compute, and ask nobody: no database, no network, no file, no clock.
PURE = {"parsing", "agreements", "ical", "reminder_times", "span"}
IMPURE_MODULES = {
    *("aiohttp", "aiosqlite", "alembic", "apscheduler", "asyncio", "asyncpg", "http", "io", "multiprocessing"),
    *("nio", "os", "pathlib", "random", "requests", "secrets", "shutil", "signal", "socket", "sqlalchemy", "sqlite3"),
    *("ssl", "subprocess", "tempfile", "threading", "time", "urllib", "uuid", "yaml"),
}

#: Ways to ask the machine what time it is; only clock.py may. `time.monotonic` measures, and is not the time of day.
CLOCK_CALLS = {
    *(("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")),
    *(("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime")),
}

LONGEST_FILE = 300
MOST_FILES = 15


def floor_of(room: str) -> int:
    """0 is the top; a room that is not in the plan has no floor, and that is an error."""
    return next((number for number, rooms in enumerate(FLOORS) if room in rooms), -1)


def wrong_imports(file: File) -> list[str]:
    """Imports that look up or sideways."""
    targets = {module for module in file.imports if module.startswith("bot.") and room_of(module) != file.room}
    return sorted(
        f"{file.path} imports {module}" for module in targets if floor_of(room_of(module)) <= floor_of(file.room)
    )


def wrong_guests(file: File) -> list[str]:
    """Imports of a feature that a citizen's feature could not make: anything of ours but bot.api and itself."""
    if file.room != "features" or file.path.count("/") < 3:
        return []
    itself = ".".join(file.module.split(".")[:3])
    return sorted(
        f"{file.path} imports {module}"
        for module in file.imports
        if module.split(".")[0] == "bot" and not under(module, itself) and not under(module, "bot.api")
    )


def asked_clocks(file: File) -> list[str]:
    """Where a file asks for the time instead of being given it."""
    return [
        f"{file.path}:{line} asks {owner}.{name}()"
        for line, owner, name in attributes_of(file.tree)
        if (owner, name) in CLOCK_CALLS
    ]


def test_every_room_has_a_floor() -> None:
    assert {file.room for file in read_house() if floor_of(file.room) < 0} - {""} == set()


def test_imports_only_look_down() -> None:
    assert [wrong for file in read_house() for wrong in wrong_imports(file)] == []


def test_features_are_guests() -> None:
    assert [wrong for file in read_house() for wrong in wrong_guests(file)] == []


def test_pure_rooms_import_nothing_that_acts() -> None:
    found = {
        f"{file.path} imports {module}"
        for file in read_house()
        for module in file.imports
        if file.room in PURE and module.split(".")[0] in IMPURE_MODULES
    }
    assert found == set()


def test_only_the_clock_asks_for_the_time() -> None:
    assert [wrong for file in read_house() if file.room != "clock" for wrong in asked_clocks(file)] == []


def test_no_file_holds_two_ideas() -> None:
    assert [f"{file.path}: {file.lines} lines" for file in read_house() if file.lines > LONGEST_FILE] == []


def crowded(files: Iterable[File]) -> list[str]:
    """Folders with more files than somebody takes in at a glance. Migrations only ever grow in number."""
    inside = (file.path.rpartition("/")[0] for file in files if not file.path.endswith("__init__.py"))
    folders = Counter(folder for folder in inside if not folder.endswith("migrations/versions"))
    return [f"{folder}: {count} files" for folder, count in sorted(folders.items()) if count > MOST_FILES]


def test_no_two_test_files_share_a_name() -> None:
    """Pytest collects them beside each other, and takes the second for the first."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_no_room_is_crowded() -> None:
    assert crowded(read_house()) == []


def test_a_crowded_room_is_found(tmp_path: Path) -> None:
    files = [write(tmp_path, f"bot/web/part{number}.py", "") for number in range(MOST_FILES + 1)]
    assert crowded(files[1:]) == []
    assert crowded([*files, write(tmp_path, "bot/web/__init__.py", "")]) == ["bot/web: 16 files"]


def test_every_file_says_what_it_is_for() -> None:
    assert [file.path for file in read_house() if not ast.get_docstring(file.tree)] == []


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        (
            "bot/store/messages/inbox.py",
            "def f():\n    from bot import app\n",
            ["bot/store/messages/inbox.py imports bot.app"],
        ),
        (
            "bot/store/messages/inbox.py",
            "from ...pipeline import health\n",
            ["bot/store/messages/inbox.py imports bot.pipeline"],
        ),
        ("bot/web/status_server.py", "import bot.matrix.send\n", ["bot/web/status_server.py imports bot.matrix.send"]),
        (
            "bot/pipeline/handling/handle.py",
            "from bot.features import x\n",
            ["bot/pipeline/handling/handle.py imports bot.features.x"],
        ),
        ("bot/pipeline/handling/handle.py", "from bot.store import inbox\nfrom bot.pipeline import health\n", []),
        ("bot/app.py", "from bot.web.status_server import Health\n", []),
    ],
)
def test_an_import_that_looks_up_is_found(tmp_path: Path, name: str, text: str, wrong: list[str]) -> None:
    file = write(tmp_path, name, text)
    assert wrong_imports(file) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("from bot.api import feature\nfrom bot.features.ideas import texts\nfrom . import texts\n", []),
        ("from bot.store import inbox\n", ["bot.store"]),
        ("from bot.clock import Clock\n", ["bot.clock"]),
        ("from bot.features import bookings\n", ["bot.features.bookings"]),
        ("from bot.features.ideastoo import x\n", ["bot.features.ideastoo"]),
        ("from bot import api\nimport bot.api.time\n", []),
    ],
)
def test_a_guest_who_takes_more_is_found(tmp_path: Path, text: str, wrong: list[str]) -> None:
    file = write(tmp_path, "bot/features/ideas/handle.py", text)
    assert wrong_guests(file) == [f"{file.path} imports {module}" for module in wrong]


def test_a_clock_that_is_asked_is_found(tmp_path: Path) -> None:
    text = "import datetime\nasked = datetime.datetime.now()\nborrowed = datetime.datetime.utcnow\nfine = now()\n"
    file = write(tmp_path, "bot/parsing/when.py", text)
    assert asked_clocks(file) == [
        "bot/parsing/when.py:2 asks datetime.now()",
        "bot/parsing/when.py:3 asks datetime.utcnow()",
    ]


def test_modules_that_act_are_known_to_python_or_to_us() -> None:
    ours = {"aiohttp", "aiosqlite", "alembic", "apscheduler", "asyncpg", "nio", "requests", "sqlalchemy", "yaml"}
    assert IMPURE_MODULES - sys.stdlib_module_names == ours


def write(folder: Path, name: str, text: str) -> File:
    """A file of the house that exists for one test."""
    path = folder / "file.py"
    path.write_text(text, "utf-8")
    return read_file(path, name)
