"""Systemd accepts the unit files, and what they say about the program is true."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.pipeline.shutdown import EXIT_SECONDS

UNITS = Path(__file__).parents[2] / "systemd"
UNIT, BACKUP, TIMER = (UNITS / name for name in ("bylaug.service", "bylaug-backup.service", "bylaug-backup.timer"))

CONFIG = 'homeserver: http://127.0.0.1:9\naccount: "@bylaug:example.org"\ncommunities: rooms\n'

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Copies of the units with a program that exists here, since /opt/bylaug does not."""
    here = shutil.which("true")
    assert here is not None
    for unit in (UNIT, BACKUP, TIMER):
        copy = unit.read_text("utf-8").replace("/opt/bylaug/.venv/bin/bylaug", here)
        (tmp_path / unit.name).write_text(copy, "utf-8")
    return tmp_path


def settings_of(unit: Path) -> dict[str, str]:
    lines = [line for line in unit.read_text("utf-8").splitlines() if "=" in line[:40] and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@needs_systemd
@pytest.mark.parametrize("unit", [UNIT, BACKUP, TIMER], ids=lambda unit: unit.name)
def test_systemd_accepts_the_units_without_a_warning(installed: Path, unit: Path) -> None:
    said = subprocess.run(["systemd-analyze", "verify", installed / unit.name], capture_output=True, text=True)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", [UNIT, BACKUP], ids=lambda unit: unit.name)
def test_service_has_a_low_exposure(installed: Path, unit: Path) -> None:
    """At most 2.0 of 10, where 5 and more is "medium"; older systemd cannot judge a file."""
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", installed / unit.name]
    said = subprocess.run(command, capture_output=True, text=True)
    if "unrecognized option" in said.stderr:
        pytest.skip("this systemd is older than 250")
    assert said.returncode == 0, said.stdout[-200:]


def test_errors_that_a_restart_cannot_cure_prevent_a_restart() -> None:
    settings = settings_of(UNIT)
    assert settings["Type"] == "notify"
    assert settings["Restart"] == "on-failure"
    assert EXIT_SECONDS < float(settings["TimeoutStopSec"])
    assert settings["RestartPreventExitStatus"] == "77 78"
    assert settings["LoadCredential"] == "password:/etc/bylaug/password"


def test_backup_is_as_hardened_as_the_bot() -> None:
    bot = UNIT.read_text("utf-8").partition("UMask=")[2].partition("\n\n")[0]
    assert "ProtectSystem=strict" in bot
    assert BACKUP.read_text("utf-8").partition("UMask=")[2].rstrip("\n") == bot


def test_nightly_backup_uses_options_that_exist(tmp_path: Path) -> None:
    """STATE_DIRECTORY names several folders, of which the first has the database."""
    command = settings_of(BACKUP)["ExecStart"].split()[1:]
    (tmp_path / "config.yaml").write_text(CONFIG, "utf-8")
    places = {"/etc/bylaug/config.yaml": "config.yaml", "/var/lib/bylaug-backups": "backups"}
    states = {name: tmp_path / name for name in settings_of(BACKUP)["StateDirectory"].split()}
    for folder in (*states.values(), tmp_path / "backups"):
        folder.mkdir()
    environ = {**os.environ, "STATE_DIRECTORY": ":".join(map(str, states.values()))}
    for night in (["migrate"], [places.get(word, word) for word in command]):
        done = subprocess.run([sys.executable, "-m", "bot", *night], cwd=tmp_path, env=environ, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
    assert (states["bylaug"] / "bylaug.db").exists()
    assert len(list((tmp_path / "backups").glob("bylaug-*.db"))) == 1
    timer = settings_of(TIMER)
    assert (timer["Persistent"], timer["RandomizedDelaySec"]) == ("true", "30min")
