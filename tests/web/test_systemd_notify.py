"""What systemd hears from us, at a real socket."""

import asyncio
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.pipeline.health import Health
from bot.web.systemd_notify import SystemdNotifier


@pytest.fixture
def manager() -> Iterator[socket.socket]:
    """The service manager's end, in a folder whose name is short enough for a socket."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(Path(folder) / "notify"))
        receiver.settimeout(5)
        yield receiver


def notifier(manager: socket.socket, **more: str) -> SystemdNotifier:
    return SystemdNotifier({"NOTIFY_SOCKET": manager.getsockname(), **more})


def heard(manager: socket.socket) -> str:
    return manager.recv(4096).decode()


def test_ready_status_and_stopping_are_said(manager: socket.socket) -> None:
    us = notifier(manager)
    us.notify_ready("2 communities")
    us.set_status("skovby:\nnot in the room")
    us.notify_stopping()
    assert [heard(manager) for _ in range(3)] == [
        "READY=1\nSTATUS=2 communities",
        "STATUS=skovby: not in the room",
        "STOPPING=1",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has abstract sockets")
def test_an_abstract_socket_is_found() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind("")  # the kernel chooses a name
        receiver.settimeout(5)
        SystemdNotifier({"NOTIFY_SOCKET": f"@{receiver.getsockname()[1:].decode()}"}).notify_ready()
        assert receiver.recv(100) == b"READY=1"


async def test_the_watchdog_is_patted_while_the_loops_beat(manager: socket.socket) -> None:
    us = notifier(manager, WATCHDOG_USEC="2000")
    assert us.ping_interval_seconds == 0.001
    patting = asyncio.create_task(us.ping_watchdog(Health()))
    assert await asyncio.to_thread(heard, manager) == "WATCHDOG=1"
    assert await asyncio.to_thread(heard, manager) == "WATCHDOG=1"
    patting.cancel()


async def test_the_watchdog_is_not_patted_while_a_loop_is_missed(manager: socket.socket) -> None:
    asked = asyncio.Event()
    now = 0.0

    def monotonic() -> float:
        if now > 0:
            asked.set()
        return now

    health = Health(monotonic=monotonic)
    health.record_heartbeat("sync", within_seconds=1)
    now = 2.0
    patting = asyncio.create_task(notifier(manager, WATCHDOG_USEC="2000").ping_watchdog(health))
    for _ in range(3):
        asked.clear()
        await asked.wait()
    patting.cancel()
    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(100)


async def test_without_systemd_nothing_happens() -> None:
    us = SystemdNotifier({"WATCHDOG_USEC": "1000"})
    us.notify_ready()
    await us.ping_watchdog(Health())


@pytest.mark.parametrize("asked", ["", "0", "-5", "abc", "²"])
def test_a_watchdog_that_is_none(asked: str) -> None:
    assert SystemdNotifier({"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": asked}).ping_interval_seconds == 0


def test_a_manager_that_does_not_listen_is_no_error() -> None:
    SystemdNotifier({"NOTIFY_SOCKET": "/nowhere/notify"}).notify_ready()
