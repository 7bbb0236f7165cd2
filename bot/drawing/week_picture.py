"""Draws a week for a phone held upright: each day with a strip of its hours, and its entries below.

The picture is a stack of horizontal bands. How much each day shows is chosen so that the bands fit on a phone.
"""

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
from bot.drawing.week_content import EntryKind, Week, WeekDay, WeekEntry, WeekRow

WIDTH, MARGIN = 1080, 44
#: In pixels. A phone's screen is some 2.2 times as high as wide. Higher pictures are shown smaller; at this height the
#: text can still be read.
MAX_PHONE_HEIGHT = 2800
#: The limit in pixels when all things of a community are shown and there are many.
MAX_HEIGHT = 6000
#: Further notes about the whole week are left out.
_MAX_NOTES = 6
#: Left edges in pixels: of the strips, and of the columns of an entry.
_STRIP_LEFT, _BADGE_LEFT, _HOURS_LEFT, _TEXT_LEFT = 480, 60, 116, 360
_RIGHT_EDGE = WIDTH - MARGIN
_DAY_NAME_WIDTH = _STRIP_LEFT - MARGIN - 24
_MAX_COLOURS = 128


@dataclass(frozen=True)
class _Band:
    """A horizontal part of the picture: its height in pixels, and a function that draws it at a given top edge."""

    height: int
    draw: Callable[[Image, int], None]


def draw_week_png(week: Week) -> tuple[bytes, int, int]:
    """Return a PNG of the week with its width and height in pixels. Equal weeks give equal bytes.

    When the entries of a day do not fit on a phone, the picture says how many are left out.
    """
    bands = _choose_bands(week)
    image = new("RGB", (WIDTH, sum(band.height for band in bands)), BACKGROUND)
    top = 0
    for band in bands:
        band.draw(image, top)
        top += band.height
    png = io.BytesIO()
    image.quantize(_MAX_COLOURS, Quantize.FASTOCTREE, dither=Dither.NONE).save(png, "PNG", compress_level=6)
    return png.getvalue(), image.width, image.height


@dataclass(frozen=True)
class _Detail:
    """How much the picture shows: lines per entry, entries per row (0: only the strip of hours), rows per day."""

    max_lines: int
    max_entries: int
    max_rows: int


def _choose_bands(week: Week) -> list[_Band]:
    """Return the bands with the most detail that fit.

    The height of a phone is tried first: with everything, then with fewer and fewer entries per row, but at least
    three. Then MAX_HEIGHT is tried: all rows with up to three entries, then only the strips of hours, for fewer and
    fewer rows.
    """
    entries = max((len(row.entries) for day in week.days for row in day.rows), default=0)
    rows = max((len(day.rows) for day in week.days), default=0)
    for_phone = [_Detail(2, entries, rows), *(_Detail(1, fewer, rows) for fewer in range(entries, 2, -1))]
    for_many_rows = [_Detail(1, min(entries, 3), rows), *(_Detail(1, 0, fewer) for fewer in range(rows, 0, -1))]
    for details, max_height in ((for_phone, MAX_PHONE_HEIGHT), (for_many_rows, MAX_HEIGHT)):
        # details are sorted by falling height, so the negated heights are sorted for bisect
        index = bisect_left(details, -max_height, key=lambda detail: -_height(week, detail))
        if index < len(details):
            return list(_bands(week, details[index]))
    return list(_bands(week, _Detail(1, 0, 1)))


def _height(week: Week, detail: _Detail) -> int:
    return sum(band.height for band in _bands(week, detail))


def _bands(week: Week, detail: _Detail) -> Iterator[_Band]:
    scale = _HourScale.of(week)
    yield from _head_bands(week)
    yield _Band(44, scale.draw_hours)
    for day in week.days:
        yield from _day_bands(day, week, scale, detail)
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


def _day_bands(day: WeekDay, week: Week, scale: "_HourScale", detail: _Detail) -> Iterator[_Band]:
    shows_one_thing = not week.shows_several_things
    strip_row = (day.rows[0] if day.rows else WeekRow("", ())) if shows_one_thing else None
    text = "" if strip_row is not None or day.rows else week.texts.free
    font = fit_font([remove_unprintable(other.name) for other in week.days], 38, _DAY_NAME_WIDTH, bold=True)
    yield _Band(76, partial(_draw_day, day, font, strip_row, text, scale))
    if day.note:
        yield _text_band(day.note, 34, 46, colour=FAINT_COLOUR, left=_BADGE_LEFT)
    for row in day.rows[: detail.max_rows]:
        if not shows_one_thing:
            yield _Band(66, partial(_draw_row, row, scale))
        yield from _entry_bands(row, week, detail)
    yield from _more_bands(week, sum(len(row.entries) for row in day.rows[detail.max_rows :]), _BADGE_LEFT)
    yield _Band(12, _draw_nothing)


def _entry_bands(row: WeekRow, week: Week, detail: _Detail) -> Iterator[_Band]:
    if not detail.max_entries:
        return
    fits = len(row.entries) <= detail.max_entries
    # one line is for the number of entries left out
    shown = row.entries if fits else row.entries[: detail.max_entries - 1]
    for entry in shown:
        lines = len(_wrap_entry(entry, detail.max_lines)) if detail.max_lines > 1 else 1
        yield _Band(12 + 44 * max(1, lines), partial(_draw_entry, entry, detail.max_lines))
    yield from _more_bands(week, len(row.entries) - len(shown), _HOURS_LEFT)


def _wrap_entry(entry: WeekEntry, max_lines: int) -> list[str]:
    number_width = load_font(32).getlength(entry.number)
    width = _RIGHT_EDGE - _TEXT_LEFT - (number_width + 24 if number_width else 0)
    return wrap(remove_unprintable(entry.text), load_font(36), width, max_lines)


def _more_bands(week: Week, count: int, left: int) -> Iterator[_Band]:
    """Yield a line with the number of entries that are left out, if any are."""
    if count:
        yield _text_band(week.texts.more.format(count), 34, 54, colour=FAINT_COLOUR, left=left)


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
    printable = remove_unprintable(text)

    def draw(image: Image, top: int) -> None:
        font = fit_font([printable], size, _RIGHT_EDGE - left, bold=bold)
        Draw(image).text((left, top + height // 2), truncate(printable, font, _RIGHT_EDGE - left), colour, font, "lm")

    return _Band(height, draw)


def _draw_title(week: Week, image: Image, top: int) -> None:
    """Draw the title and the number of the week. A long title is truncated, the number never is."""
    name, number = remove_unprintable(week.title), f", {remove_unprintable(week.number)}"
    font = fit_font([name + number], 66, _RIGHT_EDGE - MARGIN, bold=True)
    name = truncate(name, font, _RIGHT_EDGE - MARGIN - font.getlength(number))
    Draw(image).text((MARGIN, top + 42), name + number, TEXT_COLOUR, font, "lm")


def _draw_nothing(image: Image, top: int) -> None:
    pass


def _draw_line(image: Image, top: int) -> None:
    Draw(image).line((MARGIN, top + 8, _RIGHT_EDGE, top + 8), LINE_COLOUR, 2)


def _draw_day(
    day: WeekDay, font: FreeTypeFont, strip_row: WeekRow | None, text: str, scale: "_HourScale", image: Image, top: int
) -> None:
    pen = Draw(image)
    pen.line((MARGIN, top + 2, _RIGHT_EDGE, top + 2), LINE_COLOUR, 2)
    if day.is_today:
        pen.rounded_rectangle((MARGIN - 16, top + 12, _STRIP_LEFT - 10, top + 70), 12, TODAY_COLOUR, TEXT_COLOUR, 3)
    pen.text((MARGIN, top + 41), truncate(remove_unprintable(day.name), font, _DAY_NAME_WIDTH), TEXT_COLOUR, font, "lm")
    if strip_row is not None:
        scale.draw_strip(strip_row, image, top + 16)
    elif text:
        pen.text((_STRIP_LEFT, top + 41), text, FAINT_COLOUR, load_font(36), "lm")


def _draw_row(row: WeekRow, scale: "_HourScale", image: Image, top: int) -> None:
    font = load_font(36, bold=True)
    name = truncate(remove_unprintable(row.name), font, _STRIP_LEFT - _BADGE_LEFT - 20)
    Draw(image).text((_BADGE_LEFT, top + 36), name, TEXT_COLOUR, font, "lm")
    scale.draw_strip(row, image, top + 12)


def _draw_entry(entry: WeekEntry, max_lines: int, image: Image, top: int) -> None:
    pen = Draw(image)
    draw_badge(image, _BADGE_LEFT, top + 6, 42, entry.kind)
    hours_font = load_font(36, bold=True)
    hours_text = truncate(entry.hours_text, hours_font, _TEXT_LEFT - _HOURS_LEFT - 12)
    pen.text((_HOURS_LEFT, top + 28), hours_text, TEXT_COLOUR, hours_font, "lm")
    for number, line in enumerate(_wrap_entry(entry, max_lines)):
        pen.text((_TEXT_LEFT, top + 28 + 44 * number), line, TEXT_COLOUR, load_font(36), "lm")
    pen.text((_RIGHT_EDGE, top + 28), entry.number, FAINT_COLOUR, load_font(32), "rm")


def _draw_legend(pair: list[tuple[EntryKind, str]], image: Image, top: int) -> None:
    for column, (kind, name) in enumerate(pair):
        left = MARGIN + column * (_RIGHT_EDGE - MARGIN) // 2
        draw_badge(image, left, top + 6, 42, kind)
        Draw(image).text((left + 58, top + 28), truncate(name, load_font(34), 420), TEXT_COLOUR, load_font(34), "lm")


@dataclass(frozen=True)
class _HourScale:
    """The hours of the day that the strips show, and their position in pixels."""

    first_hour: int
    last_hour: int
    all_week_kind: EntryKind | None

    @classmethod
    def of(cls, week: Week) -> "_HourScale":
        """Return the scale from the first hour of `week.hours` and of all entries to the last, at least four hours.

        Entries that take the whole day are not considered.
        """
        entries = [entry for day in week.days for row in day.rows for entry in row.entries]
        timed = [entry for entry in entries if (entry.start_hour, entry.end_hour) != (0.0, 24.0)]
        first = min([week.hours[0], *(entry.start_hour for entry in timed)])
        last = max([week.hours[1], *(entry.end_hour for entry in timed)])
        return cls(math.floor(first), max(math.ceil(last), math.floor(first) + 4), week.all_week_kind)

    def _x_of(self, hour: float) -> float:
        shown_hour = min(max(hour, self.first_hour), self.last_hour)
        pixels_per_hour = (_RIGHT_EDGE - _STRIP_LEFT) / (self.last_hour - self.first_hour)
        return _STRIP_LEFT + (shown_hour - self.first_hour) * pixels_per_hour

    @property
    def _labelled_hours(self) -> range:
        step = 3 if self.last_hour - self.first_hour <= 15 else 4
        return range(math.ceil(self.first_hour / step) * step, self.last_hour + 1, step)

    def draw_hours(self, image: Image, top: int) -> None:
        """Draw the labels of the hours above the strips."""
        for hour in self._labelled_hours:
            x = min(max(self._x_of(hour), _STRIP_LEFT + 14), _RIGHT_EDGE - 14)
            Draw(image).text((x, top + 26), f"{hour}", FAINT_COLOUR, load_font(30), "mm")

    def draw_strip(self, row: WeekRow, image: Image, top: int) -> None:
        """Draw the hours of a day with the spans of its entries."""
        pen, bottom = Draw(image), top + 48
        pen.rectangle((_STRIP_LEFT, top, _RIGHT_EDGE, bottom), "#f6f6f6", LINE_COLOUR, 2)
        if self.all_week_kind:
            draw_span(image, (_STRIP_LEFT, top, _RIGHT_EDGE, bottom), self.all_week_kind)
        for hour in self._labelled_hours:
            pen.line((self._x_of(hour), top, self._x_of(hour), bottom), LINE_COLOUR, 2)
        longest_first = sorted(row.entries, key=lambda entry: entry.start_hour - entry.end_hour)  # short ones on top
        for entry in longest_first:
            draw_span(image, (self._x_of(entry.start_hour), top, self._x_of(entry.end_hour), bottom), entry.kind)
