"""Imports follow the floors in docs/architecture.md: they only point down, and a feature imports only bot.api."""

from pathlib import Path

import pytest
from source_files import SourceFile, folder_of, is_inside, read_source_files, write_and_parse

#: From the top down. A folder imports only folders on lower floors, none on its own.
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
    {"clock", "errors", "private_file", "reminder_times", "suggest", "version"},
    {"span"},
)


def floor_of(folder: str) -> int:
    """Return the number of a folder's floor, 0 for the top one; -1 for a folder that is not in FLOORS."""
    return next((number for number, folders in enumerate(FLOORS) if folder in folders), -1)


def find_upward_imports(file: SourceFile) -> list[str]:
    """Return a sentence for each import of a file that points to a higher floor or to another folder on its own."""
    targets = {module for module in file.imports if module.startswith("bot.") and folder_of(module) != file.folder}
    return sorted(
        f"{file.path} imports {module}" for module in targets if floor_of(folder_of(module)) <= floor_of(file.folder)
    )


def find_internal_imports(file: SourceFile) -> list[str]:
    """Return a sentence for each import of a feature that is neither bot.api nor the feature itself.

    A feature from another package cannot make such an import either.
    """
    if file.folder != "features" or file.path.count("/") < 3:
        return []
    itself = ".".join(file.module.split(".")[:3])
    return sorted(
        f"{file.path} imports {module}"
        for module in file.imports
        if module.split(".")[0] == "bot" and not is_inside(module, itself) and not is_inside(module, "bot.api")
    )


def test_every_folder_has_a_floor() -> None:
    assert {file.folder for file in read_source_files() if floor_of(file.folder) < 0} - {""} == set()


def test_imports_only_point_down() -> None:
    assert [wrong for file in read_source_files() for wrong in find_upward_imports(file)] == []


def test_features_import_only_the_api() -> None:
    assert [wrong for file in read_source_files() for wrong in find_internal_imports(file)] == []


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
def test_an_import_that_points_up_is_found(tmp_path: Path, name: str, text: str, wrong: list[str]) -> None:
    assert find_upward_imports(write_and_parse(tmp_path, name, text)) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("from bot.api import feature\nfrom bot.features.ideas import texts\nfrom . import texts\n", []),
        ("from bot.store import inbox\n", ["bot.store"]),
        ("from bot.clock import Clock\n", ["bot.clock"]),
        ("from bot.features import bookings\n", ["bot.features.bookings"]),
        ("from bot.features.ideastoo import x\n", ["bot.features.ideastoo"]),
        ("from bot import api\nimport bot.api.request.written_time\n", []),
    ],
)
def test_a_feature_that_imports_more_than_the_api_is_found(tmp_path: Path, text: str, wrong: list[str]) -> None:
    file = write_and_parse(tmp_path, "bot/features/ideas/handle.py", text)
    assert find_internal_imports(file) == [f"{file.path} imports {module}" for module in wrong]
