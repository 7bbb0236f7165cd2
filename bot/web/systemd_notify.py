"""Tells systemd that the program is ready, alive or stopping (sd_notify(3)). Without systemd it does nothing."""

import asyncio
import socket
from collections.abc import Mapping

from bot.pipeline.health import Health


class SystemdNotifier:
    """Sends messages to the systemd that started the program.

    `environ` is the environment, where systemd sets NOTIFY_SOCKET and, with a watchdog, WATCHDOG_USEC.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        # "@" stands for the zero byte with which an address in the abstract namespace begins (unix(7)).
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.ping_interval_seconds = _watchdog_interval(environ)

    def notify_ready(self, status: str = "") -> None:
        """Tell that the program is up, so that units ordered after it may start."""
        self._send("READY=1", status and f"STATUS={_one_line(status)}")

    def extend_start_timeout(self, reason: str) -> None:
        """Ask for another two minutes to start, and show the reason in `systemctl status`."""
        self._send(f"STATUS={_one_line(reason)}", "EXTEND_TIMEOUT_USEC=120000000")

    def set_status(self, text: str) -> None:
        """Set the line that `systemctl status` shows."""
        self._send(f"STATUS={_one_line(text)}")

    def notify_stopping(self) -> None:
        """Tell that the program is shutting down."""
        self._send("STOPPING=1")

    async def ping_watchdog(self, health: Health) -> None:
        """Ping systemd's watchdog twice per WATCHDOG_USEC, as long as no loop is overdue, until cancelled.

        Without pings systemd restarts the program. Returns at once when no watchdog is set.
        """
        while self.ping_interval_seconds and self._address:
            if not health.overdue_loops():
                self._send("WATCHDOG=1")
            await asyncio.sleep(self.ping_interval_seconds)

    def _send(self, *lines: str) -> None:
        """Send the lines that are not empty. Errors are ignored: the bot can work without systemd."""
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            try:
                sender.sendto("\n".join(filter(None, lines)).encode(), self._address)
            except OSError:
                return


def _watchdog_interval(environ: Mapping[str, str]) -> float:
    """Return the seconds between two pings, 0 when no watchdog is set."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1_000_000 / 2 if microseconds.isascii() and microseconds.isdigit() else 0.0


def _one_line(text: str) -> str:
    return " ".join(text.split())
