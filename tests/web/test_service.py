"""The unit file is one that systemd accepts, and says of the program what is true."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "systemd" / "bylaug.service"

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A copy whose program exists here, where nothing lies in /opt/bylaug."""
    copy = tmp_path / UNIT.name
    here = shutil.which("true")
    assert here is not None
    copy.write_text(UNIT.read_text("utf-8").replace("/opt/bylaug/.venv/bin/bylaug", here), "utf-8")
    return copy


@needs_systemd
def test_systemd_accepts_the_unit_without_a_word(installed: Path) -> None:
    said = subprocess.run(["systemd-analyze", "verify", installed], capture_output=True, text=True)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@needs_systemd
def test_the_service_is_exposed_to_little(installed: Path) -> None:
    """At most 2.0 of 10, where 5 and more is "medium"; older systemd cannot judge a file."""
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", installed]
    said = subprocess.run(command, capture_output=True, text=True)
    if "unrecognized option" in said.stderr:
        pytest.skip("this systemd is older than 250")
    assert said.returncode == 0, said.stdout[-200:]


def test_what_a_restart_cannot_cure_is_not_restarted() -> None:
    settings = dict(line.split("=", 1) for line in UNIT.read_text("utf-8").splitlines() if "=" in line[:40])
    assert settings["Type"] == "notify"
    assert settings["Restart"] == "on-failure"
    assert settings["RestartPreventExitStatus"] == "77 78"
    assert settings["LoadCredential"] == "password:/etc/bylaug/password"
