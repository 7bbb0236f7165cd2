"""The servers that the tests and the demo stand on: they start, keep their data and leave nothing behind."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.demo import homeserver as module
from bot.demo.child_process import start_child, stop_child
from bot.demo.homeserver import Account, Homeserver
from bot.errors import Fatal

ROOT = Path(__file__).parents[2]

PARENT = """
import sys, time
from pathlib import Path
from bot.demo.child_process import start_child
child = start_child(["/bin/sleep", "600"], output=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(600)
"""


SERVE = """
import asyncio, sys
from pathlib import Path
from bot.demo.homeserver import Homeserver

async def serve():
    async with Homeserver(Path(sys.argv[1])) as server:
        print(server.port, flush=True)
        await asyncio.Event().wait()

asyncio.run(serve())
"""


async def whoami(server: Homeserver, account: Account) -> str:
    headers = {"Authorization": f"Bearer {account.access_token}"}
    url = f"{server.url}/_matrix/client/v3/account/whoami"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as answer:
        said = await answer.json()
        return str(said["user_id"])


async def test_an_account_can_be_used(homeserver: Homeserver, localpart: Callable[[str], str]) -> None:
    name = localpart("anna")
    account = await homeserver.register(name, "hemmelig")
    assert account.user_id == f"@{name}:bylaug.example"
    assert await whoami(homeserver, account) == account.user_id


async def test_a_name_that_is_taken_is_said(homeserver: Homeserver, localpart: Callable[[str], str]) -> None:
    name = localpart("anna")
    await homeserver.register(name, "hemmelig")
    with pytest.raises(Fatal, match="already taken"):
        await homeserver.register(name, "hemmelig")


async def test_a_restart_keeps_the_accounts_and_the_port(tmp_path: Path) -> None:
    async with Homeserver(tmp_path, server_name="skovby.example", rate_limits=True) as server:
        account = await server.register("anna", "æøå 👍", admin=True)
        port = server.port
        await server.restart()
        assert server.port == port
        assert await whoami(server, account) == "@anna:skovby.example"
    with pytest.raises(aiohttp.ClientConnectorError):
        await whoami(server, account)


async def test_a_port_taken_in_between_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = iter([taken.getsockname()[1], module.find_free_port()])
        monkeypatch.setattr(module, "find_free_port", lambda: next(ports))
        async with Homeserver(tmp_path) as server:
            assert server.port != taken.getsockname()[1]


async def test_a_synapse_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="Synapse did not start"):
        await Homeserver(tmp_path, server_name="not a name").start()


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = start_child(["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"], output=tmp_path / "out")
    while not (tmp_path / "out").read_text():
        assert deaf.poll() is None
    stop_child(deaf, timeout_seconds=0.01)
    assert deaf.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path / "out")], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    watched = os.pidfd_open(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert select.select([watched], [], [], 10)[0] == [watched]
    os.close(watched)


@pytest.mark.parametrize("last", [signal.SIGINT, signal.SIGKILL])
def test_synapse_ends_with_the_program(tmp_path: Path, last: signal.Signals) -> None:
    """SIGINT is what Ctrl-C sends; after SIGKILL it is the kernel that ends Synapse."""
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)
    assert program.stdout is not None
    port = int(program.stdout.readline())
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    program.send_signal(last)
    program.wait(10)
    program.stdout.close()
    with client, suppress(ConnectionResetError):  # how the kernel puts it depends on how far Synapse was
        assert client.recv(1) == b"", "nobody is at the other end"


async def test_every_test_has_an_empty_database(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE village (name TEXT)"))
        await connection.execute(text("INSERT INTO village VALUES ('Ærøskøbing')"))
        assert (await connection.execute(text("SELECT name FROM village"))).scalar_one() == "Ærøskøbing"
    await engine.dispose()


async def test_the_next_test_has_another_database(database_url: str) -> None:
    await test_every_test_has_an_empty_database(database_url)
