"""Reads conversations in YAML, which are help text, test, documentation and demo in one.

    community: skovby
    talk:
      - scene: Klubben beder om slåning
      - skovby-if: "!book bane 1 slåning fredag kl. 14"
      - card: |
          📋 Aftale 1: slåning af bane 1
          🕑 {+fredag kl. 14-16}
        taps: ✅ ❌
        mentions: groen-pleje
      - groen-pleje: kl. 9 passer bedre
        in: 1
      - skovby-if: ✅
        on: 1

A line is the handle of a person and the text that the person writes. With `in: 1` it is written in the thread of the
first card. With `on: 1` it is a tap on the first card, with `on: bot` a tap on the bot's last message that was no card.

`card` and `bot` lines are what the bot must do next: show or change a card, or say something. They may check more:
`taps` are the reactions that the bot puts under the message, `mentions` the handles of all whom it notifies ("" for
nobody), `in: 1` the card in whose thread it is said, and `picture` the file name of the picture above the text.

A time in braces is read, and written in full as the bot writes it, so that a conversation holds on any day. `{+…}` is
written with the number of its week, as a card has it, `{~…}` short, `{@…}` as a clock time, `{#…}` as a day and
`{=…}` as a date without its weekday. `{en: friday 14:00}` is read and written in another language than the room's,
where the bot speaks to a person in the person's own language.

A `scene` is a heading. A `calendar` line is the whole content of the community's calendar of matches from now on, with
one match in each line: `{lørdag kl. 14-16} Skovby IF – Ry FC @ bane 1`. A match with the same text at another time was
moved. `clock: fredag kl. 18` lets time pass until then, and everything that falls due meanwhile happens.

`leads_to`, beside `talk`, gives the states of the agreements at the end: `{1: confirmed, 2: cancelled}`.
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

_BRACES = re.compile(r"\{(?:([a-z]{2,3}): ?)?([~@#+=]?)([^{}]+)\}")
_DETAILS = ("in", "on", "taps", "mentions", "picture")
BOT = ("bot", "card")
SCENE, CALENDAR, CLOCK = "scene", "calendar", "clock"


@dataclass(frozen=True)
class Line:
    """One line of a conversation: `who` writes or taps `text`.

    `who` is a handle, or one of "card", "bot", "scene", "calendar" and "clock". `under` is the number of the card in
    whose thread the line is, `on` the number of the card that is tapped, or "bot". `taps`, `mentions` and `picture` are
    None where the conversation does not check them.
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
        """Whether the line is something that the bot must do."""
        return self.who in BOT

    @property
    def is_clock(self) -> bool:
        """Whether the line lets time pass."""
        return self.who == CLOCK

    @property
    def is_heading(self) -> bool:
        """Whether the line is a heading, which nobody says."""
        return self.who == SCENE

    @property
    def is_calendar(self) -> bool:
        """Whether the line is the new content of the community's calendar."""
        return self.who == CALENDAR


@dataclass(frozen=True)
class Conversation:
    """A conversation in the room of a community. `leads_to` has the state at the end by agreement number."""

    name: str
    community: str
    title: str
    lines: tuple[Line, ...]
    leads_to: Mapping[int, str] = field(default_factory=dict)

    @property
    def people(self) -> tuple[str, ...]:
        """The handles of the people who write or tap, in the order of their first lines."""
        reserved = (*BOT, SCENE, CALENDAR, CLOCK)
        return tuple(dict.fromkeys(line.who for line in self.lines if line.who not in reserved))


def read_conversation(file: Path) -> Conversation:
    """Read a conversation from a YAML file. Raises ValueError for a malformed line."""
    data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # other loaders read "on" as true
    lines = tuple(_parse_line(line) for line in data["talk"])
    leads_to = {int(number): state for number, state in data.get("leads_to", {}).items()}
    return Conversation(file.stem, data["community"], data["title"], lines, leads_to)


def _parse_line(fields: dict[str, str]) -> Line:
    speakers = {key: value for key, value in fields.items() if key not in _DETAILS}
    if len(speakers) != 1:
        raise ValueError(f"a line is one person and what they say, not {fields}")
    ((who, text),) = speakers.items()
    under, on = fields.get("in"), fields.get("on")
    return Line(
        who,
        text.strip(),
        int(under) if under else None,
        int(on) if on and on != "bot" else on,
        _split_words(fields.get("taps")),
        _split_words(fields.get("mentions")),
        fields.get("picture"),
    )


def _split_words(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(text.split())


_ENTRY = re.compile(r"\{(?P<time>[^{}]+)\}\s*(?P<title>[^@]*?)\s*(?:@\s*(?P<location>.*))?")


def read_entries(text: str, now: datetime, language: str, zone: tzinfo) -> list[CalendarEntry]:
    """Return the entries of a `calendar` line. `now` is local and naive. Raises ValueError for a malformed line."""
    return [_parse_entry(line, now, language, zone) for line in text.splitlines()]


def _parse_entry(line: str, now: datetime, language: str, zone: tzinfo) -> CalendarEntry:
    found = _ENTRY.fullmatch(line.strip())
    when = parse_time_phrase(found["time"], now=now, language=language) if found else None
    if found is None or when is None or when.start is None:
        raise ValueError(f"a match is written {{time}} title @ place, not {line!r}")
    start, end = (_with_zone(moment, zone) for moment in (when.start, when.end or when.start))
    return CalendarEntry(start, end, found["title"], found["title"], found["location"] or "")


def _with_zone(moment: datetime | date, zone: tzinfo) -> datetime | date:
    return moment.replace(tzinfo=zone) if isinstance(moment, datetime) else moment


def expand(text: str, now: datetime, language: str) -> str:
    """Return the text with each time in braces written as the bot writes it. `now` is local and naive."""

    def write_out(found: re.Match[str]) -> str:
        time_language, form, time = found.group(1) or language, found.group(2), found.group(3)
        when = parse_time_phrase(time, now=now, language=time_language)
        if when.start is None:
            raise ValueError(f"{found.group()} is no time")
        if form == "@" and isinstance(when.start, datetime):
            end = when.end if isinstance(when.end, datetime) else None
            return write_time.write_clock(when.start, end, language=time_language)
        if form == "=":
            return write_time.write_day_of_year(when.start.month, when.start.day, language=time_language)
        if form == "#":
            return write_time.write_day(when.start, language=time_language)
        if form == "~":
            return write_time.write_short(when.start, when.end, language=time_language, now=now)
        return write_time.write_full(when.start, when.end, language=time_language, now=now, week=form == "+")

    return _BRACES.sub(write_out, text)
