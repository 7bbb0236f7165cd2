"""Conversations written down in YAML: help text, test, documentation and demo in one.

    community: skovby
    talk:
      - skovby-if: "!book bane 1 slåning fredag kl. 14"
      - card: |
          📋 Aftale 1: slåning af bane 1
          🕑 {fredag kl. 14-16}
      - groen-pleje: kl. 9 passer bedre
        in: 1
      - skovby-if: ✅
        on: 1

A line is somebody's handle and what they write; `in: 1` is in the thread of the first card, `on: 1` is a tap on it
(`on: bot`: on the last thing the bot said that was no card). `card` and `bot` lines are what the bot must do then: show
or change a card, and say something. A time in braces is read and written in full, so that a conversation holds on any
day; `{~…}` is written short and `{@…}` as a clock time.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from bot.language import span
from bot.language.when import read

_BRACES = re.compile(r"\{([~@]?)([^{}]+)\}")
BOT = ("bot", "card")


@dataclass(frozen=True)
class Line:
    """One line: `who` wrote or tapped `text`, or the bot did. `under` and `on` name cards by number, or "bot"."""

    who: str
    text: str
    under: int | None = None
    on: int | str | None = None

    @property
    def is_bots(self) -> bool:
        """Whether the bot is the one who does it."""
        return self.who in BOT


@dataclass(frozen=True)
class Conversation:
    """A conversation in a community's room."""

    name: str
    community: str
    title: str
    lines: tuple[Line, ...]


def read_conversation(file: Path) -> Conversation:
    """Read one file. Raises ValueError for a line that is none."""
    written = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # others read "on" as true
    lines = tuple(_line(line) for line in written["talk"])
    return Conversation(file.stem, written["community"], written["title"], lines)


def _line(written: dict[str, str]) -> Line:
    said = {key: value for key, value in written.items() if key not in ("in", "on")}
    if len(said) != 1:
        raise ValueError(f"a line is one person and what they say, not {written}")
    ((who, text),) = said.items()
    under, on = written.get("in"), written.get("on")
    return Line(who, text.strip(), int(under) if under else None, int(on) if on and on != "bot" else on)


def expand(text: str, now: datetime, language: str) -> str:
    """Write the times in braces as the bot writes them. `now` is local and naive."""

    def write(found: re.Match[str]) -> str:
        when = read(found.group(2), now=now, language=language)
        if when.start is None:
            raise ValueError(f"{found.group()} is no time")
        if found.group(1) == "@" and isinstance(when.start, datetime):
            return span.write_clock(when.start, when.end, language=language)
        written = span.write_short if found.group(1) == "~" else span.write_full
        return written(when.start, when.end, language=language, now=now)

    return _BRACES.sub(write, text)
