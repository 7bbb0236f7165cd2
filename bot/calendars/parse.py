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

from bot.calendars.source import Unavailable
from bot.ical.calendar_entry import MOST, Entry, Feed

_CHILD = Path(__file__).with_name("parser_process.py")
#: Bytes of an answer: as many entries as there may be, each with all the text that it may have, escaped.
_LONGEST_ANSWER = MOST * 4_000


@dataclass(frozen=True)
class Leash:
    """What a child may take: seconds of the processor, seconds by the clock, bytes of memory."""

    processor: int = 40
    clock: float = 150.0
    memory: int = 500_000_000


LEASH = Leash()


async def parse(content: bytes, zone: ZoneInfo, first: datetime, last: datetime, leash: Leash = LEASH) -> Feed:
    """As bot.ical.parse_feed.read_feed does, at arm's length. Raises Unavailable when nothing comes of it."""
    asked = {"zone": zone.key, "first": first.astimezone(UTC).isoformat(), "last": last.astimezone(UTC).isoformat()}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-IB", str(_CHILD), str(os.getpid()), str(leash.processor), str(leash.memory)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=_environ(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(leash.clock):
            answer = await _talk(child, json.dumps(asked).encode() + b"\n" + content)
            if len(answer) > _LONGEST_ANSWER:
                raise Unavailable("more stands in it than in a calendar of matches")
            code = await child.wait()
    except TimeoutError:
        raise Unavailable("it takes too long to read") from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.communicate()  # what it has still said, so that nothing of it stays open
    if code != 0:
        raise Unavailable("it takes more to read than a calendar may")
    return _understand(json.loads(answer))


def _environ() -> dict[str, str]:
    """Of ours only what Python may need to start: the rest may hold secrets."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}


async def _talk(child: Process, said: bytes) -> bytes:
    """Hand it the calendar and hear it out, both at once: neither side waits for the other."""
    assert child.stdin is not None, "it was asked for"
    assert child.stdout is not None, "it was asked for"

    async def hand_over(to: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # it has ended; its code says why
            to.write(said)
            await to.drain()
        to.close()

    async with asyncio.TaskGroup() as group:
        group.create_task(hand_over(child.stdin))
        answer = group.create_task(_heard(child.stdout))
    return answer.result()


async def _heard(answer: asyncio.StreamReader) -> bytes:
    """To its end, and kept up to a byte more than it may be long."""
    heard = bytearray()
    while piece := await answer.read(65_536):
        heard += piece[: _LONGEST_ANSWER + 1 - len(heard)]
    return bytes(heard)


def _understand(answer: dict[str, Any]) -> Feed:
    if why := answer.get("unreadable"):
        raise Unavailable(str(why))
    entries = (Entry(_moment(start), _moment(end), *rest) for start, end, *rest in answer["entries"])
    return Feed(tuple(entries), tuple(answer["skipped"]))


def _moment(written: str) -> datetime | date:
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
