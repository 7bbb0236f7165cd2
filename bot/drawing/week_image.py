"""Draws a week for a phone held upright: a row for each day, with a strip of its hours and its entries below."""

import io
import math
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from PIL.Image import Dither, Image, Quantize, new
from PIL.ImageDraw import Draw
from PIL.ImageFont import FreeTypeFont

from bot.drawing.styles import FAINT, INK, PAPER, RULE, TODAY, draw_badge, draw_block
from bot.drawing.text_layout import cut, fitting, letters, printable, wrap
from bot.drawing.week import Day, Entry, Lane, Look, Week

WIDTH, MARGIN = 1080, 44
#: A phone's screen is some 2.2 times as high as wide. What is higher is shown smaller; this can still be read.
HIGHEST = 2800
#: A large room's things are all shown for as long as they are not more than this.
HIGHEST_AT_ALL = 6000
#: Lines of what holds all week.
_NOTES = 6
#: Where strips begin, and the columns of an entry.
_STRIP, _BADGE, _CLOCK, _WHAT = 480, 60, 116, 360
_RIGHT = WIDTH - MARGIN
_DAY = _STRIP - MARGIN - 24
_COLOURS = 128


@dataclass(frozen=True)
class _Row:
    """A piece of the sheet: how high it is, and what draws it when its top is known."""

    height: int
    draw: Callable[[Image, int], None]


def draw_sheet(week: Week) -> tuple[bytes, int, int]:
    """The week as a PNG, its width and its height in pixels; the same week is drawn in the same bytes.

    What does not fit on a phone is left out of the fullest days, which say how much it is.
    """
    rows = _fitting(week)
    image = new("RGB", (WIDTH, sum(row.height for row in rows)), PAPER)
    top = 0
    for row in rows:
        row.draw(image, top)
        top += row.height
    written = io.BytesIO()
    image.quantize(_COLOURS, Quantize.FASTOCTREE, dither=Dither.NONE).save(written, "PNG", compress_level=6)
    return written.getvalue(), image.width, image.height


@dataclass(frozen=True)
class _Room:
    """How much is shown: lines of an entry, entries of a thing on a day (0: its hours alone), things of a day."""

    lines: int
    entries: int
    lanes: int


def _fitting(week: Week) -> list[_Row]:
    """Everything if it fits a phone; else less of each day, but two lines; of very many things only their hours."""
    entries = max((len(lane.entries) for day in week.days for lane in day.lanes), default=0)
    lanes = max((len(day.lanes) for day in week.days), default=0)
    less = [_Room(2, entries, lanes), *(_Room(1, most, lanes) for most in range(entries, 2, -1))]
    least = [_Room(1, min(entries, 3), lanes), *(_Room(1, 0, most) for most in range(lanes, 0, -1))]
    for rooms, highest in ((less, HIGHEST), (least, HIGHEST_AT_ALL)):
        at = bisect_left(rooms, -highest, key=lambda room: -sum(row.height for row in _rows(week, room)))
        if at < len(rooms):
            return list(_rows(week, rooms[at]))
    return list(_rows(week, _Room(1, 0, 1)))


def _rows(week: Week, room: _Room) -> Iterator[_Row]:
    scale = _Scale.of(week)
    yield from _head(week)
    yield _Row(44, scale.draw_hours)
    for day in week.days:
        yield from _day(day, week, scale, room)
    yield from _foot(week)


def _head(week: Week) -> Iterator[_Row]:
    yield _Row(36, _leave_blank)
    yield _text(week.over, 38, 50, colour=FAINT)
    yield _Row(84, partial(_draw_title, week))
    yield _text(week.dates, 38, 56, colour=FAINT)
    for note in week.notes[:_NOTES]:
        for line in wrap(printable(note), letters(36, bold=True), _RIGHT - MARGIN, 2):
            yield _text(line, 36, 48, bold=True)
    yield from _more(week, len(week.notes[_NOTES:]), MARGIN)


def _day(day: Day, week: Week, scale: "_Scale", room: _Room) -> Iterator[_Row]:
    alone = not week.has_lanes
    strip = day.lanes[0] if alone and day.lanes else Lane("", ()) if alone else None
    said = "" if strip is not None or day.lanes else week.words.free
    font = fitting([printable(one.name) for one in week.days], 38, _DAY, bold=True)
    yield _Row(76, partial(_draw_day, day, font, strip, said, scale))
    if day.note:
        yield _text(day.note, 34, 46, colour=FAINT, left=_BADGE)
    for lane in day.lanes[: room.lanes]:
        if not alone:
            yield _Row(66, partial(_draw_lane, lane, scale))
        yield from _entries(lane, week, room)
    yield from _more(week, sum(len(lane.entries) for lane in day.lanes[room.lanes :]), _BADGE)
    yield _Row(12, _leave_blank)


def _entries(lane: Lane, week: Week, room: _Room) -> Iterator[_Row]:
    if not room.entries:
        return
    shown = lane.entries if len(lane.entries) <= room.entries else lane.entries[: room.entries - 1]
    for entry in shown:
        lines = len(_wrapped(entry, room.lines)) if room.lines > 1 else 1
        yield _Row(12 + 44 * max(1, lines), partial(_draw_entry, entry, room.lines))
    yield from _more(week, len(lane.entries) - len(shown), _CLOCK)


def _wrapped(entry: Entry, lines: int) -> list[str]:
    number = letters(32).getlength(entry.number)
    width = _RIGHT - _WHAT - (number + 24 if number else 0)
    return wrap(printable(entry.what), letters(36), width, lines)


def _more(week: Week, left: int, column: int) -> Iterator[_Row]:
    if left:
        yield _text(week.words.more.format(left), 34, 54, colour=FAINT, left=column)


def _foot(week: Week) -> Iterator[_Row]:
    yield _Row(24, _rule)
    legend = list(week.words.legend)
    for first in range(0, len(legend), 2):
        yield _Row(54, partial(_draw_legend, legend[first : first + 2]))
    yield _Row(8, _leave_blank)
    yield _text(week.words.updated, 30, 64, colour=FAINT)


def _text(text: str, size: int, height: int, *, bold: bool = False, colour: str = INK, left: int = MARGIN) -> _Row:
    said = printable(text)

    def draw(image: Image, top: int) -> None:
        font = fitting([said], size, _RIGHT - left, bold=bold)
        Draw(image).text((left, top + height // 2), cut(said, font, _RIGHT - left), colour, font, "lm")

    return _Row(height, draw)


def _draw_title(week: Week, image: Image, top: int) -> None:
    """Of a long name the end is left out, never the week."""
    name, number = printable(week.title), f", {printable(week.number)}"
    font = fitting([name + number], 66, _RIGHT - MARGIN, bold=True)
    name = cut(name, font, _RIGHT - MARGIN - font.getlength(number))
    Draw(image).text((MARGIN, top + 42), name + number, INK, font, "lm")


def _leave_blank(image: Image, top: int) -> None:
    pass


def _rule(image: Image, top: int) -> None:
    Draw(image).line((MARGIN, top + 8, _RIGHT, top + 8), RULE, 2)


def _draw_day(
    day: Day, font: FreeTypeFont, strip: Lane | None, said: str, scale: "_Scale", image: Image, top: int
) -> None:
    pen = Draw(image)
    pen.line((MARGIN, top + 2, _RIGHT, top + 2), RULE, 2)
    if day.is_today:
        pen.rounded_rectangle((MARGIN - 16, top + 12, _STRIP - 10, top + 70), 12, TODAY, INK, 3)
    pen.text((MARGIN, top + 41), cut(printable(day.name), font, _DAY), INK, font, "lm")
    if strip is not None:
        scale.draw_strip(strip, image, top + 16)
    elif said:
        pen.text((_STRIP, top + 41), said, FAINT, letters(36), "lm")


def _draw_lane(lane: Lane, scale: "_Scale", image: Image, top: int) -> None:
    font = letters(36, bold=True)
    name = cut(printable(lane.name), font, _STRIP - _BADGE - 20)
    Draw(image).text((_BADGE, top + 36), name, INK, font, "lm")
    scale.draw_strip(lane, image, top + 12)


def _draw_entry(entry: Entry, lines: int, image: Image, top: int) -> None:
    pen = Draw(image)
    draw_badge(image, _BADGE, top + 6, 42, entry.look)
    clock = letters(36, bold=True)
    pen.text((_CLOCK, top + 28), cut(entry.clock, clock, _WHAT - _CLOCK - 12), INK, clock, "lm")
    for number, line in enumerate(_wrapped(entry, lines)):
        pen.text((_WHAT, top + 28 + 44 * number), line, INK, letters(36), "lm")
    pen.text((_RIGHT, top + 28), entry.number, FAINT, letters(32), "rm")


def _draw_legend(pair: list[tuple[Look, str]], image: Image, top: int) -> None:
    for column, (look, name) in enumerate(pair):
        left = MARGIN + column * (_RIGHT - MARGIN) // 2
        draw_badge(image, left, top + 6, 42, look)
        Draw(image).text((left + 58, top + 28), cut(name, letters(34), 420), INK, letters(34), "lm")


@dataclass(frozen=True)
class _Scale:
    """Which hours the strips show: those of the place, and whatever else is used."""

    first: int
    last: int
    all_week: Look | None

    @classmethod
    def of(cls, week: Week) -> "_Scale":
        """From the first hour that anything takes to the last; what takes whole days says nothing about hours."""
        entries = [entry for day in week.days for lane in day.lanes for entry in lane.entries]
        timed = [entry for entry in entries if (entry.begins, entry.ends) != (0.0, 24.0)]
        first = min([week.hours[0], *(entry.begins for entry in timed)])
        last = max([week.hours[1], *(entry.ends for entry in timed)])
        return cls(math.floor(first), max(math.ceil(last), math.floor(first) + 4), week.all_week)

    def _at(self, hour: float) -> float:
        inside = min(max(hour, self.first), self.last)
        return _STRIP + (inside - self.first) * (_RIGHT - _STRIP) / (self.last - self.first)

    @property
    def _marks(self) -> range:
        step = 3 if self.last - self.first <= 15 else 4
        return range(math.ceil(self.first / step) * step, self.last + 1, step)

    def draw_hours(self, image: Image, top: int) -> None:
        """The numbers over the strips."""
        for hour in self._marks:
            at = min(max(self._at(hour), _STRIP + 14), _RIGHT - 14)
            Draw(image).text((at, top + 26), f"{hour}", FAINT, letters(30), "mm")

    def draw_strip(self, lane: Lane, image: Image, top: int) -> None:
        """What is taken of a day, and what is free."""
        pen, bottom = Draw(image), top + 48
        pen.rectangle((_STRIP, top, _RIGHT, bottom), "#f6f6f6", RULE, 2)
        if self.all_week:
            draw_block(image, (_STRIP, top, _RIGHT, bottom), self.all_week)
        for hour in self._marks:
            pen.line((self._at(hour), top, self._at(hour), bottom), RULE, 2)
        for entry in sorted(lane.entries, key=lambda one: one.begins - one.ends):  # what is short lies on top
            draw_block(image, (self._at(entry.begins), top, self._at(entry.ends), bottom), entry.look)
