"""Parses a calendar in a child process with limits, so that a hostile file costs a few seconds and nothing else.

Measured on calendars made to do harm: an event every second since 1900 never ends, a rule that never matches takes
seconds, and a line of ten megabytes takes gigabytes. When the child process ends, the kernel takes back all it used.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.calendars.source import CalendarUnavailable
from bot.ical.calendar_entry import MAX_ENTRIES, CalendarEntry, Feed

_PARSER_SCRIPT = Path(__file__).with_name("parser_process.py")
#: Room for MAX_ENTRIES entries, each with the longest texts it may have, escaped in JSON.
_MAX_ANSWER_BYTES = MAX_ENTRIES * 4_000


@dataclass(frozen=True)
class ParserLimits:
    """The most that the child process may use."""

    cpu_seconds: int = 40
    wall_clock_seconds: float = 150.0
    memory_bytes: int = 500_000_000


DEFAULT_LIMITS = ParserLimits()


async def parse_in_child_process(
    content: bytes, zone: ZoneInfo, start: datetime, end: datetime, limits: ParserLimits = DEFAULT_LIMITS
) -> Feed:
    """Return the entries of a calendar from `start` to `end`, as bot.ical.parse_feed.parse_feed does.

    Raises CalendarUnavailable when the calendar cannot be parsed within the limits.
    """
    arguments = {"zone": zone.key, "first": start.astimezone(UTC).isoformat(), "last": end.astimezone(UTC).isoformat()}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-IB", str(_PARSER_SCRIPT)),
        *(str(os.getpid()), str(limits.cpu_seconds), str(limits.memory_bytes)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=_minimal_environment(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limits.wall_clock_seconds):
            answer = await _exchange(child, json.dumps(arguments).encode() + b"\n" + content)
            if len(answer) > _MAX_ANSWER_BYTES:
                raise CalendarUnavailable("more stands in it than in a calendar of matches")
            exit_code = await child.wait()
    except TimeoutError:
        raise CalendarUnavailable("it takes too long to read") from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.communicate()  # reads the rest of the output, so that the pipes are closed
    if exit_code != 0:
        raise CalendarUnavailable("it takes more to read than a calendar may")
    return _decode_answer(json.loads(answer))


def _minimal_environment() -> dict[str, str]:
    """Return only the variables Python may need to start; the others may hold secrets."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}


async def _exchange(child: Process, request: bytes) -> bytes:
    """Write the request and read the answer at the same time, so that neither process waits for a full pipe."""
    assert child.stdin is not None, "it was opened as a pipe"
    assert child.stdout is not None, "it was opened as a pipe"

    async def write_request(stdin: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # the child has ended; its exit code says why
            stdin.write(request)
            await stdin.drain()
        stdin.close()

    async with asyncio.TaskGroup() as group:
        group.create_task(write_request(child.stdin))
        answer = group.create_task(_read_limited(child.stdout))
    return answer.result()


async def _read_limited(stdout: asyncio.StreamReader) -> bytes:
    """Read the output to its end, but keep no more than one byte over _MAX_ANSWER_BYTES."""
    answer = bytearray()
    while chunk := await stdout.read(65_536):
        answer += chunk[: _MAX_ANSWER_BYTES + 1 - len(answer)]
    return bytes(answer)


def _decode_answer(answer: dict[str, Any]) -> Feed:
    if reason := answer.get("unreadable"):
        raise CalendarUnavailable(str(reason))
    entries = (
        CalendarEntry(_parse_time(start), _parse_time(end), key, title, location, tuple(guesses))
        for start, end, key, title, location, guesses in answer["entries"]
    )
    return Feed(tuple(entries), tuple(answer["skipped"]))


def _parse_time(text: str) -> datetime | date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
