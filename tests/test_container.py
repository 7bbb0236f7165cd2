"""The Containerfile builds, and the bot serves a real homeserver in it, without root. It takes buildah."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_setup import TIMEOUT_SECONDS, LiveSetup

from bot.cli import main

ROOT = Path(__file__).parents[1]
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
UID = 990


def test_containerfile_copies_what_exists_and_what_is_not_ignored() -> None:
    copied = {name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.M) for name in line.split()}
    assert "bot" in copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    included = {line[1:] for line in (ROOT / ".containerignore").read_text("utf-8").splitlines() if line[0] == "!"}
    assert copied == included


def test_containerfile_ends_as_another_user_than_root_with_a_command_that_exists() -> None:
    assert re.findall(r"^USER (\S+)$", CONTAINERFILE, re.M) == [f"{UID}:{UID}"]
    (command,) = re.findall(r'^CMD \["(.+)"\]$', CONTAINERFILE, re.M)
    words = command.split('", "')
    assert words == ["run", "--config", "/etc/bylaug/config.yaml"]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0


class Buildah:
    """Runs buildah with a store of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.command = ["buildah", "--storage-driver", "vfs", "--root", f"{folder}/root", "--runroot", f"{folder}/run"]

    def run(self, *arguments: str | Path, may_fail: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command; fail the test with what it printed unless it `may_fail`."""
        done = subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=600)
        assert may_fail or done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done

    def base_image(self) -> str:
        """Return the name of a Debian image: from the registry, else made from Debian's packages."""
        (wanted,) = re.findall(r"^ARG BASE=(\S+)$", CONTAINERFILE, re.M)
        if self.run("pull", "--retry", "0", wanted, may_fail=True).returncode == 0:
            return wanted
        if not shutil.which("debootstrap"):
            pytest.skip(f"{wanted} cannot be pulled here, and there is no debootstrap to make such an image")
        (release,) = re.findall(r":(\w+)-slim$", wanted)
        root = self._folder / "debian"
        made = subprocess.run(["debootstrap", "--variant=minbase", release, root], capture_output=True, text=True)
        if made.returncode != 0:
            pytest.skip(f"debootstrap cannot make Debian {release} here: {made.stdout[-300:]}")
        return self._commit(root)

    def _commit(self, root: Path) -> str:
        archive = self._folder / "debian.tar"
        subprocess.run(["tar", "-C", root, "-cf", archive, "."], check=True)
        container = self.run("from", "scratch").stdout.strip()
        self.run("add", container, archive, "/")
        self.run("config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", container)
        self.run("commit", container, "localhost/debian")
        return "localhost/debian"


def volumes_for_pip(folder: Path) -> list[str]:
    """Return the options with which pip inside trusts the certificates that pip here is told to trust."""
    if not (certificates := os.environ.get("PIP_CERT")):
        return []
    (folder / "pip.conf").write_text("[global]\ncert = /etc/ssl/outside.crt\n", "utf-8")
    return ["--volume", f"{certificates}:/etc/ssl/outside.crt:ro", "--volume", f"{folder}/pip.conf:/etc/pip.conf:ro"]


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Buildah, str]]:
    """A container of the image, not running."""
    if not shutil.which("buildah"):
        pytest.skip("this machine has no buildah, so the image is not built")
    if os.geteuid() != 0:
        pytest.skip("building with --isolation chroot takes root")
    folder = tmp_path_factory.mktemp("buildah")
    buildah = Buildah(folder)
    if (tried := buildah.run("from", "scratch", may_fail=True)).returncode != 0:
        pytest.skip(f"buildah does not work here: {tried.stderr[-300:]}")
    base = buildah.base_image()
    options = ["--isolation", "chroot", "--network", "host", *volumes_for_pip(folder), "--build-arg", f"BASE={base}"]
    buildah.run("bud", *options, "-t", "localhost/bylaug", ROOT)
    yield buildah, buildah.run("from", "localhost/bylaug").stdout.strip()
    buildah.run("rm", "--all")
    shutil.rmtree(folder, ignore_errors=True)


async def test_bot_in_the_container_answers(live: LiveSetup, container: tuple[Buildah, str]) -> None:
    buildah, name = container
    club = await live.add_user("klub")
    room = await live.create_room(club)
    for path in (live.folder, *live.folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    options = ["--isolation", "chroot", "--user", f"{UID}:{UID}", "--env", "BYLAUG_PASSWORD=adgangskode"]
    options += ["--env", "STATE_DIRECTORY=/var/lib/bylaug", "--volume", f"{live.folder}:/etc/bylaug:ro"]
    bot = ["/opt/bylaug/bin/bylaug", "run", "--config", "/etc/bylaug/config.yaml"]
    running = await asyncio.create_subprocess_exec(
        *(*buildah.command, "run", *options, name, "--", *bot), stderr=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert running.stderr is not None
    lines: list[str] = []
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while line := (await running.stderr.readline()).decode():
            lines.append(line)
            if "is serving 1 of 1 communities" in line:
                break
    assert line, "".join(lines)
    await club.say(room, "!ping 1")
    await club.wait_for_text(room, "pong 1")
    owner = await asyncio.to_thread(
        buildah.run, "run", "--isolation", "chroot", name, "--", "stat", "-c", "%u %a", "/var/lib/bylaug"
    )
    assert owner.stdout.split() == [str(UID), "700"]
    os.killpg(running.pid, signal.SIGTERM)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await running.wait()
