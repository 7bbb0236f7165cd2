"""Conversations written down in YAML: help text, test, documentation and demo in one.

    community: skovby
    talk:
      - scene: Klubben beder om slåning
      - skovby-if: "!book bane 1 slåning fredag kl. 14"
      - card: |
          📋 Aftale 1: slåning af bane 1
          🕑 {fredag kl. 14-16}
        taps: ✅ ❌
        mentions: groen-pleje
      - groen-pleje: kl. 9 passer bedre
        in: 1
      - skovby-if: ✅
        on: 1

A line is somebody's handle and what they write; `in: 1` is in the thread of the first card, `on: 1` is a tap on it
(`on: bot`: on the last thing the bot said that was no card). `card` and `bot` lines are what the bot must do then: show
or change a card, and say something. Where it matters, they say more: `taps` stand under it, `mentions` are the handles
of all whom it notifies ("" is nobody), `in: 1` is said in that card's thread, and `picture` is the file name of the
picture that stands above the words. A time in braces is read and written in
full, so that a conversation holds on any day; `{~…}` is written short, `{@…}` as a clock time and `{#…}` as a day.
Said to somebody in their own language, it is read and written in that one: `{en: friday 14:00}`.
A `scene` is a heading. A `calendar` line is what the community's calendar of matches holds from now on, one match in
a line: `{lørdag kl. 14-16} Skovby IF – Ry FC @ bane 1`; one with the same words at another time was moved. `clock:
fredag kl. 18` lets time pass until then, with the bot awake. `leads_to` on top says what the agreements are in the end:
`{1: confirmed, 2: cancelled}`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path

import yaml

from bot.ical.calendar_entry import CalendarEntry
from bot.languages import write_time
from bot.parsing.when import parse_time_phrase

_BRACES = re.compile(r"\{(?:([a-z]{2,3}): ?)?([~@#]?)([^{}]+)\}")
_DETAILS = ("in", "on", "taps", "mentions", "picture")
BOT = ("bot", "card")
SCENE, CALENDAR, CLOCK = "scene", "calendar", "clock"


@dataclass(frozen=True)
class Line:
    """One line: `who` wrote or tapped `text`, or the bot did. `under` and `on` name cards by number, or "bot".

    `taps`, `mentions` and `picture` are None where the conversation does not say.
    """

    who: str
    text: str
    under: int | None = None
    on: int | str | None = None
    taps: tuple[str, ...] | None = None
    mentions: tuple[str, ...] | None = None
    picture: str | None = None

    @property
    def is_bots(self) -> bool:
        """Whether the bot is the one who does it."""
        return self.who in BOT

    @property
    def is_clock(self) -> bool:
        """Whether time passes."""
        return self.who == CLOCK

    @property
    def is_heading(self) -> bool:
        """Whether nobody says it."""
        return self.who == SCENE

    @property
    def is_calendar(self) -> bool:
        """Whether it is what a calendar holds."""
        return self.who == CALENDAR


@dataclass(frozen=True)
class Conversation:
    """A conversation in a community's room."""

    name: str
    community: str
    title: str
    lines: tuple[Line, ...]
    leads_to: Mapping[int, str] = field(default_factory=dict)

    @property
    def people(self) -> tuple[str, ...]:
        """The handles of all who take part, in the order they first speak."""
        nobody = (*BOT, SCENE, CALENDAR, CLOCK)
        return tuple(dict.fromkeys(line.who for line in self.lines if line.who not in nobody))


def read_conversation(file: Path) -> Conversation:
    """Read one file. Raises ValueError for a line that is none."""
    written = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # others read "on" as true
    lines = tuple(_line(line) for line in written["talk"])
    leads_to = {int(number): state for number, state in written.get("leads_to", {}).items()}
    return Conversation(file.stem, written["community"], written["title"], lines, leads_to)


def _line(written: dict[str, str]) -> Line:
    said = {key: value for key, value in written.items() if key not in _DETAILS}
    if len(said) != 1:
        raise ValueError(f"a line is one person and what they say, not {written}")
    ((who, text),) = said.items()
    under, on = written.get("in"), written.get("on")
    return Line(
        who,
        text.strip(),
        int(under) if under else None,
        int(on) if on and on != "bot" else on,
        _words(written.get("taps")),
        _words(written.get("mentions")),
        written.get("picture"),
    )


def _words(written: str | None) -> tuple[str, ...] | None:
    return None if written is None else tuple(written.split())


_ENTRY = re.compile(r"\{(?P<time>[^{}]+)\}\s*(?P<title>[^@]*?)\s*(?:@\s*(?P<where>.*))?")


def read_entries(text: str, now: datetime, language: str, zone: tzinfo) -> list[CalendarEntry]:
    """What a `calendar` line holds. `now` is local and naive. Raises ValueError for a line that is none."""
    return [_entry(line, now, language, zone) for line in text.splitlines()]


def _entry(line: str, now: datetime, language: str, zone: tzinfo) -> CalendarEntry:
    found = _ENTRY.fullmatch(line.strip())
    when = parse_time_phrase(found["time"], now=now, language=language) if found else None
    if found is None or when is None or when.start is None:
        raise ValueError(f"a match is written {{time}} title @ place, not {line!r}")
    start, end = (_placed(moment, zone) for moment in (when.start, when.end or when.start))
    return CalendarEntry(start, end, found["title"], found["title"], found["where"] or "")


def _placed(moment: datetime | date, zone: tzinfo) -> datetime | date:
    return moment.replace(tzinfo=zone) if isinstance(moment, datetime) else moment


def expand(text: str, now: datetime, language: str) -> str:
    """Write the times in braces as the bot writes them. `now` is local and naive."""

    def write(found: re.Match[str]) -> str:
        spoken, form, time = found.group(1) or language, found.group(2), found.group(3)
        when = parse_time_phrase(time, now=now, language=spoken)
        if when.start is None:
            raise ValueError(f"{found.group()} is no time")
        if form == "@" and isinstance(when.start, datetime):
            end = when.end if isinstance(when.end, datetime) else None
            return write_time.write_clock(when.start, end, language=spoken)
        if form == "#":
            return write_time.write_day(when.start, language=spoken)
        written = write_time.write_short if form == "~" else write_time.write_full
        return written(when.start, when.end, language=spoken, now=now)

    return _BRACES.sub(write, text)
