"""Has a calendar parsed by a child process: whatever is in it, it costs us a few seconds and nothing else.

Measured on calendars made to hurt: something every second since 1900 goes on for ever, a rule that never matches takes
seconds, a line of ten megabytes gigabytes. What such a child takes, the kernel takes back.
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
#: Bytes of an answer: as many entries as there may be, each with all the text that it may have, escaped.
_MAX_ANSWER_BYTES = MAX_ENTRIES * 4_000


@dataclass(frozen=True)
class ParserLimits:
    """What a child may take: seconds of the processor, seconds by the clock, bytes of memory."""

    cpu_seconds: int = 40
    wall_clock_seconds: float = 150.0
    memory_bytes: int = 500_000_000


DEFAULT_LIMITS = ParserLimits()


async def parse_in_child_process(
    content: bytes, zone: ZoneInfo, start: datetime, end: datetime, limits: ParserLimits = DEFAULT_LIMITS
) -> Feed:
    """As bot.ical.parse_feed.parse_feed does, at arm's length. Raises Unavailable when nothing comes of it."""
    arguments = {"zone": zone.key, "first": start.astimezone(UTC).isoformat(), "last": end.astimezone(UTC).isoformat()}
    child = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-IB",
            str(_PARSER_SCRIPT),
            str(os.getpid()),
            str(limits.cpu_seconds),
            str(limits.memory_bytes),
        ),
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
            code = await child.wait()
    except TimeoutError:
        raise CalendarUnavailable("it takes too long to read") from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.communicate()  # what it has still said, so that nothing of it stays open
    if code != 0:
        raise CalendarUnavailable("it takes more to read than a calendar may")
    return _decode_answer(json.loads(answer))


def _minimal_environment() -> dict[str, str]:
    """Of ours only what Python may need to start: the rest may hold secrets."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}


async def _exchange(child: Process, request: bytes) -> bytes:
    """Hand it the calendar and hear it out, both at once: neither side waits for the other."""
    assert child.stdin is not None, "it was asked for"
    assert child.stdout is not None, "it was asked for"

    async def hand_over(to: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # it has ended; its code says why
            to.write(request)
            await to.drain()
        to.close()

    async with asyncio.TaskGroup() as group:
        group.create_task(hand_over(child.stdin))
        answer = group.create_task(_read_limited(child.stdout))
    return answer.result()


async def _read_limited(answer: asyncio.StreamReader) -> bytes:
    """To its end, and kept up to a byte more than it may be long."""
    heard = bytearray()
    while piece := await answer.read(65_536):
        heard += piece[: _MAX_ANSWER_BYTES + 1 - len(heard)]
    return bytes(heard)


def _decode_answer(answer: dict[str, Any]) -> Feed:
    if why := answer.get("unreadable"):
        raise CalendarUnavailable(str(why))
    entries = (CalendarEntry(_parse_time(start), _parse_time(end), *rest) for start, end, *rest in answer["entries"])
    return Feed(tuple(entries), tuple(answer["skipped"]))


def _parse_time(text: str) -> datetime | date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
