"""Starts another program and ends it again. The program never outlives this process."""

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
    """Start a program in a session of its own, so that Ctrl-C in the terminal does not reach the program.

    Its output is appended to the file `output`. The kernel sends `parent_death_signal` when this process dies without
    having stopped the program; the thread that calls this must live as long as the program is to run. `run_as` is the
    user id and group id of the program.
    """
    identity = f"{run_as[0]}:{run_as[1]}" if run_as else "-"
    wrapper = [sys.executable, "-ISE", str(_WRAPPER), str(os.getpid()), str(int(parent_death_signal)), identity]
    with output.open("ab") as output_file:
        return Popen(
            [*wrapper, *program],
            env=environment,
            stdin=DEVNULL,
            stdout=output_file,
            stderr=output_file,
            start_new_session=True,
        )


def stop_child(child: Popen[bytes], *, first_signal: int = signal.SIGTERM, timeout_seconds: float = 10.0) -> None:
    """Ask a child to end, and kill it after a timeout. A child that has ended already is no error."""
    child.send_signal(first_signal)
    try:
        child.wait(timeout_seconds)
    except TimeoutExpired:
        child.kill()
        child.wait()
