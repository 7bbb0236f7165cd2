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

from bot.drawing.styles import BACKGROUND, FAINT_COLOUR, LINE_COLOUR, TEXT_COLOUR, TODAY_COLOUR, draw_badge, draw_span
from bot.drawing.text_layout import fit_font, load_font, remove_unprintable, truncate, wrap
from bot.drawing.week import EntryKind, Week, WeekDay, WeekEntry, WeekRow

WIDTH, MARGIN = 1080, 44
#: A phone's screen is some 2.2 times as high as wide. What is higher is shown smaller; this can still be read.
MAX_PHONE_HEIGHT = 2800
#: A large room's things are all shown for as long as they are not more than this.
MAX_HEIGHT = 6000
#: Lines of what holds all week.
_MAX_NOTES = 6
#: Where strips begin, and the columns of an entry.
_STRIP_LEFT, _BADGE_LEFT, _HOURS_LEFT, _TEXT_LEFT = 480, 60, 116, 360
_RIGHT_EDGE = WIDTH - MARGIN
_DAY_NAME_WIDTH = _STRIP_LEFT - MARGIN - 24
_MAX_COLOURS = 128


@dataclass(frozen=True)
class _Band:
    """A piece of the sheet: how high it is, and what draws it when its top is known."""

    height: int
    draw: Callable[[Image, int], None]


def draw_week_png(week: Week) -> tuple[bytes, int, int]:
    """The week as a PNG, its width and its height in pixels; the same week is drawn in the same bytes.

    What does not fit on a phone is left out of the fullest days, which say how much it is.
    """
    rows = _choose_bands(week)
    image = new("RGB", (WIDTH, sum(row.height for row in rows)), BACKGROUND)
    top = 0
    for row in rows:
        row.draw(image, top)
        top += row.height
    written = io.BytesIO()
    image.quantize(_MAX_COLOURS, Quantize.FASTOCTREE, dither=Dither.NONE).save(written, "PNG", compress_level=6)
    return written.getvalue(), image.width, image.height


@dataclass(frozen=True)
class _Detail:
    """How much is shown: lines of an entry, entries of a thing on a day (0: its hours alone), things of a day."""

    max_lines: int
    max_entries: int
    max_rows: int


def _choose_bands(week: Week) -> list[_Band]:
    """Everything if it fits a phone; else less of each day, but two lines; of very many things only their hours."""
    entries = max((len(lane.entries) for day in week.days for lane in day.rows), default=0)
    lanes = max((len(day.rows) for day in week.days), default=0)
    less = [_Detail(2, entries, lanes), *(_Detail(1, most, lanes) for most in range(entries, 2, -1))]
    least = [_Detail(1, min(entries, 3), lanes), *(_Detail(1, 0, most) for most in range(lanes, 0, -1))]
    for rooms, highest in ((less, MAX_PHONE_HEIGHT), (least, MAX_HEIGHT)):
        at = bisect_left(rooms, -highest, key=lambda room: -sum(row.height for row in _bands(week, room)))
        if at < len(rooms):
            return list(_bands(week, rooms[at]))
    return list(_bands(week, _Detail(1, 0, 1)))


def _bands(week: Week, room: _Detail) -> Iterator[_Band]:
    scale = _HourScale.of(week)
    yield from _head_bands(week)
    yield _Band(44, scale.draw_hours)
    for day in week.days:
        yield from _day_bands(day, week, scale, room)
    yield from _foot_bands(week)


def _head_bands(week: Week) -> Iterator[_Band]:
    yield _Band(36, _draw_nothing)
    yield _text_band(week.heading, 38, 50, colour=FAINT_COLOUR)
    yield _Band(84, partial(_draw_title, week))
    yield _text_band(week.dates, 38, 56, colour=FAINT_COLOUR)
    for note in week.notes[:_MAX_NOTES]:
        for line in wrap(remove_unprintable(note), load_font(36, bold=True), _RIGHT_EDGE - MARGIN, 2):
            yield _text_band(line, 36, 48, bold=True)
    yield from _more_bands(week, len(week.notes[_MAX_NOTES:]), MARGIN)


def _day_bands(day: WeekDay, week: Week, scale: "_HourScale", room: _Detail) -> Iterator[_Band]:
    alone = not week.shows_several_things
    strip = day.rows[0] if alone and day.rows else WeekRow("", ()) if alone else None
    said = "" if strip is not None or day.rows else week.texts.free
    font = fit_font([remove_unprintable(one.name) for one in week.days], 38, _DAY_NAME_WIDTH, bold=True)
    yield _Band(76, partial(_draw_day, day, font, strip, said, scale))
    if day.note:
        yield _text_band(day.note, 34, 46, colour=FAINT_COLOUR, left=_BADGE_LEFT)
    for lane in day.rows[: room.max_rows]:
        if not alone:
            yield _Band(66, partial(_draw_row, lane, scale))
        yield from _entry_bands(lane, week, room)
    yield from _more_bands(week, sum(len(lane.entries) for lane in day.rows[room.max_rows :]), _BADGE_LEFT)
    yield _Band(12, _draw_nothing)


def _entry_bands(lane: WeekRow, week: Week, room: _Detail) -> Iterator[_Band]:
    if not room.max_entries:
        return
    shown = lane.entries if len(lane.entries) <= room.max_entries else lane.entries[: room.max_entries - 1]
    for entry in shown:
        lines = len(_wrap_entry(entry, room.max_lines)) if room.max_lines > 1 else 1
        yield _Band(12 + 44 * max(1, lines), partial(_draw_entry, entry, room.max_lines))
    yield from _more_bands(week, len(lane.entries) - len(shown), _HOURS_LEFT)


def _wrap_entry(entry: WeekEntry, lines: int) -> list[str]:
    number = load_font(32).getlength(entry.number)
    width = _RIGHT_EDGE - _TEXT_LEFT - (number + 24 if number else 0)
    return wrap(remove_unprintable(entry.text), load_font(36), width, lines)


def _more_bands(week: Week, left: int, column: int) -> Iterator[_Band]:
    if left:
        yield _text_band(week.texts.more.format(left), 34, 54, colour=FAINT_COLOUR, left=column)


def _foot_bands(week: Week) -> Iterator[_Band]:
    yield _Band(24, _draw_line)
    legend = list(week.texts.legend)
    for first in range(0, len(legend), 2):
        yield _Band(54, partial(_draw_legend, legend[first : first + 2]))
    yield _Band(8, _draw_nothing)
    yield _text_band(week.texts.updated, 30, 64, colour=FAINT_COLOUR)


def _text_band(
    text: str, size: int, height: int, *, bold: bool = False, colour: str = TEXT_COLOUR, left: int = MARGIN
) -> _Band:
    said = remove_unprintable(text)

    def draw(image: Image, top: int) -> None:
        font = fit_font([said], size, _RIGHT_EDGE - left, bold=bold)
        Draw(image).text((left, top + height // 2), truncate(said, font, _RIGHT_EDGE - left), colour, font, "lm")

    return _Band(height, draw)


def _draw_title(week: Week, image: Image, top: int) -> None:
    """Of a long name the end is left out, never the week."""
    name, number = remove_unprintable(week.title), f", {remove_unprintable(week.number)}"
    font = fit_font([name + number], 66, _RIGHT_EDGE - MARGIN, bold=True)
    name = truncate(name, font, _RIGHT_EDGE - MARGIN - font.getlength(number))
    Draw(image).text((MARGIN, top + 42), name + number, TEXT_COLOUR, font, "lm")


def _draw_nothing(image: Image, top: int) -> None:
    pass


def _draw_line(image: Image, top: int) -> None:
    Draw(image).line((MARGIN, top + 8, _RIGHT_EDGE, top + 8), LINE_COLOUR, 2)


def _draw_day(
    day: WeekDay, font: FreeTypeFont, strip: WeekRow | None, said: str, scale: "_HourScale", image: Image, top: int
) -> None:
    pen = Draw(image)
    pen.line((MARGIN, top + 2, _RIGHT_EDGE, top + 2), LINE_COLOUR, 2)
    if day.is_today:
        pen.rounded_rectangle((MARGIN - 16, top + 12, _STRIP_LEFT - 10, top + 70), 12, TODAY_COLOUR, TEXT_COLOUR, 3)
    pen.text((MARGIN, top + 41), truncate(remove_unprintable(day.name), font, _DAY_NAME_WIDTH), TEXT_COLOUR, font, "lm")
    if strip is not None:
        scale.draw_strip(strip, image, top + 16)
    elif said:
        pen.text((_STRIP_LEFT, top + 41), said, FAINT_COLOUR, load_font(36), "lm")


def _draw_row(lane: WeekRow, scale: "_HourScale", image: Image, top: int) -> None:
    font = load_font(36, bold=True)
    name = truncate(remove_unprintable(lane.name), font, _STRIP_LEFT - _BADGE_LEFT - 20)
    Draw(image).text((_BADGE_LEFT, top + 36), name, TEXT_COLOUR, font, "lm")
    scale.draw_strip(lane, image, top + 12)


def _draw_entry(entry: WeekEntry, lines: int, image: Image, top: int) -> None:
    pen = Draw(image)
    draw_badge(image, _BADGE_LEFT, top + 6, 42, entry.kind)
    clock = load_font(36, bold=True)
    pen.text(
        (_HOURS_LEFT, top + 28),
        truncate(entry.hours_text, clock, _TEXT_LEFT - _HOURS_LEFT - 12),
        TEXT_COLOUR,
        clock,
        "lm",
    )
    for number, line in enumerate(_wrap_entry(entry, lines)):
        pen.text((_TEXT_LEFT, top + 28 + 44 * number), line, TEXT_COLOUR, load_font(36), "lm")
    pen.text((_RIGHT_EDGE, top + 28), entry.number, FAINT_COLOUR, load_font(32), "rm")


def _draw_legend(pair: list[tuple[EntryKind, str]], image: Image, top: int) -> None:
    for column, (look, name) in enumerate(pair):
        left = MARGIN + column * (_RIGHT_EDGE - MARGIN) // 2
        draw_badge(image, left, top + 6, 42, look)
        Draw(image).text((left + 58, top + 28), truncate(name, load_font(34), 420), TEXT_COLOUR, load_font(34), "lm")


@dataclass(frozen=True)
class _HourScale:
    """Which hours the strips show: those of the place, and whatever else is used."""

    first_hour: int
    last_hour: int
    all_week_kind: EntryKind | None

    @classmethod
    def of(cls, week: Week) -> "_HourScale":
        """From the first hour that anything takes to the last; what takes whole days says nothing about hours."""
        entries = [entry for day in week.days for lane in day.rows for entry in lane.entries]
        timed = [entry for entry in entries if (entry.start_hour, entry.end_hour) != (0.0, 24.0)]
        first = min([week.hours[0], *(entry.start_hour for entry in timed)])
        last = max([week.hours[1], *(entry.end_hour for entry in timed)])
        return cls(math.floor(first), max(math.ceil(last), math.floor(first) + 4), week.all_week_kind)

    def _x_of(self, hour: float) -> float:
        inside = min(max(hour, self.first_hour), self.last_hour)
        return _STRIP_LEFT + (inside - self.first_hour) * (_RIGHT_EDGE - _STRIP_LEFT) / (
            self.last_hour - self.first_hour
        )

    @property
    def _labelled_hours(self) -> range:
        step = 3 if self.last_hour - self.first_hour <= 15 else 4
        return range(math.ceil(self.first_hour / step) * step, self.last_hour + 1, step)

    def draw_hours(self, image: Image, top: int) -> None:
        """The numbers over the strips."""
        for hour in self._labelled_hours:
            at = min(max(self._x_of(hour), _STRIP_LEFT + 14), _RIGHT_EDGE - 14)
            Draw(image).text((at, top + 26), f"{hour}", FAINT_COLOUR, load_font(30), "mm")

    def draw_strip(self, lane: WeekRow, image: Image, top: int) -> None:
        """What is taken of a day, and what is free."""
        pen, bottom = Draw(image), top + 48
        pen.rectangle((_STRIP_LEFT, top, _RIGHT_EDGE, bottom), "#f6f6f6", LINE_COLOUR, 2)
        if self.all_week_kind:
            draw_span(image, (_STRIP_LEFT, top, _RIGHT_EDGE, bottom), self.all_week_kind)
        for hour in self._labelled_hours:
            pen.line((self._x_of(hour), top, self._x_of(hour), bottom), LINE_COLOUR, 2)
        for entry in sorted(lane.entries, key=lambda one: one.start_hour - one.end_hour):  # what is short lies on top
            draw_span(image, (self._x_of(entry.start_hour), top, self._x_of(entry.end_hour), bottom), entry.kind)
