"""Credentials come from the environment, from systemd or from a file, never from config.yaml."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from bot.config.credentials import Credentials, check_credentials, find_exposed_secrets, load_credentials
from bot.config.load import load_settings
from bot.errors import ConfigError

ROOT = Path(__file__).parents[2]
HEAD = 'homeserver: https://x.org\naccount: "@bylaug:x.org"\n'


def load(folder: Path, rest: str = "", **environ: str) -> Credentials:
    file = folder / "config.yaml"
    file.write_text(HEAD + rest)
    return load_credentials(load_settings(file, environ), environ)


def test_secret_from_the_environment(tmp_path):
    assert load(tmp_path, BYLAUG_PASSWORD="p") == Credentials(password="p")
    assert load(tmp_path, BYLAUG_ACCESS_TOKEN="t") == Credentials(access_token="t")


def test_secret_from_files_loses_its_line_end_only(tmp_path):
    (tmp_path / "pw").write_text(" p w \r\n")
    (tmp_path / "token").write_text("t")
    found = load(tmp_path, "password_file: pw\naccess_token_file: token\n")
    assert found == Credentials(password=" p w ", access_token="t")


def test_secret_from_systemd(tmp_path):
    (tmp_path / "cred").mkdir()
    (tmp_path / "cred" / "password").write_text("p\n")
    assert load(tmp_path, CREDENTIALS_DIRECTORY=str(tmp_path / "cred")) == Credentials(password="p")


def test_secret_in_the_environment_goes_before_systemds_and_that_before_files(tmp_path):
    (tmp_path / "pw").write_text("file")
    (tmp_path / "password").write_text("systemd")
    both = {"CREDENTIALS_DIRECTORY": str(tmp_path), "BYLAUG_PASSWORD": "environment"}
    assert load(tmp_path, "password_file: pw\n", **both) == Credentials(password="environment")
    both.pop("BYLAUG_PASSWORD")
    assert load(tmp_path, "password_file: pw\n", **both) == Credentials(password="systemd")


def test_secret_nowhere_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"there is no password for @bylaug:x\.org: name a file with 'password_file'"):
        load(tmp_path)


def test_secret_passphrase_is_found_where_the_others_are(tmp_path):
    (tmp_path / "words").write_text("seksten tegn i alt\n")
    found = load(tmp_path, "passphrase_file: words\n", BYLAUG_PASSWORD="p")
    assert found == Credentials(password="p", passphrase="seksten tegn i alt")
    (tmp_path / "words").write_text("seksten")
    with pytest.raises(ConfigError, match="the passphrase has fewer than 16 characters"):
        load(tmp_path, "passphrase_file: words\n", BYLAUG_PASSWORD="p")


@pytest.mark.parametrize("content", ["", "\n", "a\nb\n"])
def test_secret_file_that_holds_no_secret_is_told(tmp_path, content):
    (tmp_path / "pw").write_text(content)
    with pytest.raises(ConfigError, match="pw: this file must hold one line"):
        load(tmp_path, "password_file: pw\n")


def test_secret_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(ConfigError, match="pw: there is no such file"):
        load(tmp_path, "password_file: pw\n")


def test_secret_is_not_shown(tmp_path):
    assert repr(Credentials("p", "t", "w")) == "Credentials()"


@pytest.mark.parametrize(("mode", "is_exposed"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
@pytest.mark.parametrize("key", ["password_file", "access_token_file", "passphrase_file"])
def test_secret_that_others_may_read_is_warned_of(tmp_path, key, mode, is_exposed):
    (tmp_path / "secret").write_text("a secret of many characters")
    (tmp_path / "secret").chmod(mode)
    (tmp_path / "config.yaml").write_text(HEAD + f"{key}: secret\n")
    problems = find_exposed_secrets(load_settings(tmp_path / "config.yaml", {}))
    advice = f"other users may read this secret; `chmod 600 {tmp_path}/secret` stops them"
    assert [str(problem) for problem in problems] == [f"{tmp_path}/secret: {advice}"] * is_exposed
    assert all(problem.is_warning for problem in problems)


@pytest.fixture
def readme_setup(tmp_path):
    """The files that README.md has the administrator make, of which the community is encrypted."""
    (tmp_path / "rooms").mkdir()
    (tmp_path / "config.yaml").write_text((ROOT / "config.example.yaml").read_text("utf-8"), "utf-8")
    for name in ("skovby.yaml", "skovby.ics"):
        shutil.copy(ROOT / "rooms" / name, tmp_path / "rooms")
    with (tmp_path / "rooms" / "skovby.yaml").open("a") as file:
        file.write("encrypted: true\n")
    for name in ("password", "passphrase"):
        (tmp_path / name).write_text("det er et langt kodeord\n")
        (tmp_path / name).chmod(0o600)
    return tmp_path


def run_check(folder):
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", "check", "-c", str(folder / "config.yaml")]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    return done.returncode, done.stderr.splitlines()


def test_check_passes_on_what_readme_sets_up(readme_setup):
    assert run_check(readme_setup) == (0, [])


def test_check_reports_a_password_that_is_missing(readme_setup):
    (readme_setup / "password").unlink()
    assert run_check(readme_setup) == (78, [f"{readme_setup}/password: there is no such file"])


def test_check_without_a_named_password_file_only_warns(readme_setup):
    config = readme_setup / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("\npassword_file:", "\n# password_file:"), "utf-8")
    code, (line,) = run_check(readme_setup)
    assert (code, "there is no password for @bylaug:example.org" in line) == (0, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_check_by_a_user_who_may_not_read_the_secrets_only_warns(readme_setup):
    settings = load_settings(readme_setup / "config.yaml", {})
    os.seteuid(65534)
    try:
        credentials, problems = check_credentials(settings, {})
    finally:
        os.seteuid(0)
    sentence = "this user may not read this secret, so it is not checked; root may, and `bylaug check` then does"
    assert (credentials, [problem.message for problem in problems]) == (None, [sentence, sentence])
    assert all(problem.is_warning for problem in problems)


def test_check_says_that_a_room_is_open_to_everybody(readme_setup, capsys):
    file = readme_setup / "rooms" / "skovby.yaml"
    file.write_text(file.read_text("utf-8").replace("access: invited", "access: public"), "utf-8")
    assert main(["check", "-c", str(readme_setup / "config.yaml")]) == 0
    assert "encrypted, open to everybody" in capsys.readouterr().out


def test_check_warns_of_a_secret_that_others_may_read_and_is_content(tmp_path, capsys):
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "skovby.yaml").write_text('name: Skovby\nroom: "#skovby"\n', "utf-8")
    (tmp_path / "pw").write_text("p")
    (tmp_path / "pw").chmod(0o644)
    (tmp_path / "config.yaml").write_text(HEAD + f"password_file: pw\ncommunities: {tmp_path}/rooms\n")
    assert main(["check", "-c", str(tmp_path / "config.yaml")]) == 0
    assert "pw: other users may read this secret; `chmod 600" in capsys.readouterr().err
