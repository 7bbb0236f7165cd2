"""Parses one calendar in a process of its own, which the kernel ends when it uses too much time or memory.

bot.calendars.parse runs this file as a script: `parser_process.py PARENT SECONDS BYTES`. The script reads one line of
JSON and then the calendar from standard input, and prints the entries as JSON. It cannot write to any file, and its
environment holds no secret of the bot.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

#: prctl(2): sets the signal that this process gets when its parent dies. Linux only.
PR_SET_PDEATHSIG = 1


def limit_resources(parent: int, cpu_seconds: int, memory_bytes: int) -> None:
    """Limit processor time and memory of this process, forbid it to write files, and let it die with its parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before prctl was called
            sys.exit(1)
    with suppress(OSError):  # when the machine runs out of memory, this process is to be killed before others
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    for limited_resource, maximum in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(OSError, ValueError):  # the system does not know this limit, or has set a lower one
            resource.setrlimit(limited_resource, (maximum, maximum))
    with suppress(OSError):  # systemd may forbid it
        os.nice(10)  # people wait for answers, nobody waits for a calendar


def parse_standard_input() -> dict[str, object]:
    """Return the entries of the calendar on standard input, or under "unreadable" the reason why there are none."""
    from bot.ical.parse_feed import UnreadableCalendar, parse_feed

    arguments = json.loads(sys.stdin.buffer.readline())
    start, end = (datetime.fromisoformat(arguments[name]) for name in ("first", "last"))
    try:
        feed = parse_feed(sys.stdin.buffer.read(), ZoneInfo(arguments["zone"]), start, end)
    except UnreadableCalendar as error:
        return {"unreadable": str(error)}
    entries = [
        [_format_time(entry.start), _format_time(entry.end), entry.key, entry.title, entry.location, entry.guesses]
        for entry in feed.entries
    ]
    return {"entries": entries, "skipped": feed.unreadable_uids}


def _format_time(moment: datetime | date) -> str:
    return moment.isoformat()


def main(parent: str, cpu_seconds: str, memory_bytes: str) -> None:
    """Apply the limits, parse standard input and print the result."""
    limit_resources(int(parent), int(cpu_seconds), int(memory_bytes))
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.stdout.write(json.dumps(parse_standard_input()))


if __name__ == "__main__":
    main(*sys.argv[1:])
