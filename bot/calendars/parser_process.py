"""Parses one calendar in a process of its own, which ends when it takes too much of anything.

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

#: prctl(2): the signal this process gets when its parent dies. Linux only.
PR_SET_PDEATHSIG = 1


def limit_resources(parent: int, cpu_seconds: int, memory_bytes: int) -> None:
    """From here on, no more than so many seconds of the processor and so many bytes of memory."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    with suppress(OSError):  # where memory runs out in spite of all, it is us who have to go
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    for what, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(OSError, ValueError):  # a system that knows no such limit, or has set a lower one
            resource.setrlimit(what, (most, most))
    with suppress(OSError):  # systemd may keep us from it
        os.nice(10)  # somebody is waiting for an answer, and nobody for a calendar


def parse_standard_input() -> dict[str, object]:
    """What stands in the calendar, or why it cannot be read."""
    from bot.ical.parse_feed import UnreadableCalendar, parse_feed

    asked = json.loads(sys.stdin.buffer.readline())
    first, last = (datetime.fromisoformat(asked[name]) for name in ("first", "last"))
    try:
        feed = parse_feed(sys.stdin.buffer.read(), ZoneInfo(asked["zone"]), first, last)
    except UnreadableCalendar as why:
        return {"unreadable": str(why)}
    entries = [
        [_format_time(one.start), _format_time(one.end), one.key, one.title, one.location] for one in feed.entries
    ]
    return {"entries": entries, "skipped": feed.unreadable_uids}


def _format_time(moment: datetime | date) -> str:
    return moment.isoformat()


def main(parent: str, seconds: str, size: str) -> None:
    """Limit ourselves, parse, print."""
    limit_resources(int(parent), int(seconds), int(size))
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.stdout.write(json.dumps(parse_standard_input()))


if __name__ == "__main__":
    main(*sys.argv[1:])
