"""Starts another program beside us and ends it again; it never outlives us."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired

_WRAPPER = Path(__file__).with_name("exec_tied_to_parent.py")


def start_child(
    program: list[str],
    *,
    output: Path,
    environment: Mapping[str, str] | None = None,
    parent_death_signal: int = signal.SIGKILL,
    run_as: tuple[int, int] | None = None,
) -> Popen[bytes]:
    """Start a program in a session of its own, where a Ctrl-C in our terminal does not reach it.

    What it prints is appended to the file `output`. `last_signal` is what it gets when we die without stopping it;
    `owner` is the user and group id that it runs as. A thread that starts it must live as long as it is wanted.
    """
    identity = f"{run_as[0]}:{run_as[1]}" if run_as else "-"
    wrapper = [sys.executable, "-ISE", str(_WRAPPER), str(os.getpid()), str(int(parent_death_signal)), identity]
    with output.open("ab") as printed:
        return Popen(
            [*wrapper, *program], env=environment, stdin=DEVNULL, stdout=printed, stderr=printed, start_new_session=True
        )


def stop_child(child: Popen[bytes], *, first_signal: int = signal.SIGTERM, timeout_seconds: float = 10.0) -> None:
    """Ask a child to end, and kill it after so many seconds; one that has ended already is no error."""
    child.send_signal(first_signal)
    try:
        child.wait(timeout_seconds)
    except TimeoutExpired:
        child.kill()
        child.wait()
