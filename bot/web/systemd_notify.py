"""Tells systemd that the program is ready, alive or stopping, as sd_notify(3) describes; nothing without systemd."""

import asyncio
import socket
from collections.abc import Mapping

from bot.pipeline.health import Health


class SystemdNotifier:
    """Speaks to the service manager that started us. `environ` holds what it told us: NOTIFY_SOCKET, WATCHDOG_USEC."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        # An address that begins with @ lies in the abstract namespace (unix(7)), where it begins with a zero byte.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.ping_interval_seconds = _watchdog_interval(environ)

    def notify_ready(self, status: str = "") -> None:
        """The program is up: what waits for it may start."""
        self._send("READY=1", status and f"STATUS={_one_line(status)}")

    def extend_start_timeout(self, why: str) -> None:
        """The start takes longer, for a reason: another two minutes, please."""
        self._send(f"STATUS={_one_line(why)}", "EXTEND_TIMEOUT_USEC=120000000")

    def set_status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={_one_line(text)}")

    def notify_stopping(self) -> None:
        """The program is finishing what it has in hand."""
        self._send("STOPPING=1")

    async def ping_watchdog(self, health: Health) -> None:
        """Pat the watchdog twice as often as it asks, while the loops are heard of; else it bites and restarts us."""
        while self.ping_interval_seconds and self._address:
            if not health.overdue_loops():
                self._send("WATCHDOG=1")
            await asyncio.sleep(self.ping_interval_seconds)

    def _send(self, *lines: str) -> None:
        """Say it, or nothing: a manager that does not listen is no reason to stop."""
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            try:
                sender.sendto("\n".join(filter(None, lines)).encode(), self._address)
            except OSError:
                return


def _watchdog_interval(environ: Mapping[str, str]) -> float:
    """Seconds between two pats, 0 when no watchdog is set."""
    asked = environ.get("WATCHDOG_USEC", "")
    return int(asked) / 1_000_000 / 2 if asked.isascii() and asked.isdigit() else 0.0


def _one_line(text: str) -> str:
    return " ".join(text.split())
