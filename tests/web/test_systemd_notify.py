"""The messages that systemd receives, on a real socket."""

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
    """Systemd's end of the socket, in a folder whose name is short enough for a socket."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(Path(folder) / "notify"))
        receiver.settimeout(5)
        yield receiver


def notifier(manager: socket.socket, **more: str) -> SystemdNotifier:
    return SystemdNotifier({"NOTIFY_SOCKET": manager.getsockname(), **more})


def receive(manager: socket.socket) -> str:
    return manager.recv(4096).decode()


def test_ready_status_and_stopping_are_sent(manager: socket.socket) -> None:
    systemd = notifier(manager)
    systemd.notify_ready("2 communities")
    systemd.set_status("skovby:\nnot in the room")
    systemd.notify_stopping()
    assert [receive(manager) for _ in range(3)] == [
        "READY=1\nSTATUS=2 communities",
        "STATUS=skovby: not in the room",
        "STOPPING=1",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has abstract sockets")
def test_abstract_socket_is_supported() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind("")  # the kernel chooses a name
        receiver.settimeout(5)
        SystemdNotifier({"NOTIFY_SOCKET": f"@{receiver.getsockname()[1:].decode()}"}).notify_ready()
        assert receiver.recv(100) == b"READY=1"


async def test_watchdog_is_pinged_while_all_loops_beat(manager: socket.socket) -> None:
    systemd = notifier(manager, WATCHDOG_USEC="2000")
    assert systemd.ping_interval_seconds == 0.001
    pinging = asyncio.create_task(systemd.ping_watchdog(Health()))
    assert await asyncio.to_thread(receive, manager) == "WATCHDOG=1"
    assert await asyncio.to_thread(receive, manager) == "WATCHDOG=1"
    pinging.cancel()


async def test_watchdog_is_not_pinged_while_a_loop_is_overdue(manager: socket.socket) -> None:
    asked = asyncio.Event()
    now = 0.0

    def monotonic() -> float:
        if now > 0:
            asked.set()
        return now

    health = Health(monotonic=monotonic)
    health.record_heartbeat("sync", within_seconds=1)
    now = 2.0
    pinging = asyncio.create_task(notifier(manager, WATCHDOG_USEC="2000").ping_watchdog(health))
    for _ in range(3):
        asked.clear()
        await asked.wait()
    pinging.cancel()
    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(100)


async def test_without_systemd_nothing_happens() -> None:
    systemd = SystemdNotifier({"WATCHDOG_USEC": "1000"})
    systemd.notify_ready()
    await systemd.ping_watchdog(Health())


@pytest.mark.parametrize("asked", ["", "0", "-5", "abc", "²"])
def test_wrong_watchdog_interval_is_ignored(asked: str) -> None:
    assert SystemdNotifier({"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": asked}).ping_interval_seconds == 0


def test_missing_socket_is_no_error() -> None:
    SystemdNotifier({"NOTIFY_SOCKET": "/nowhere/notify"}).notify_ready()
