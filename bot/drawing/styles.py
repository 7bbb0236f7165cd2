"""The look of each kind of entry: colour, pattern and sign. Nobody needs to see colours to tell the kinds apart."""

from dataclasses import dataclass

from PIL.Image import Image, composite, new
from PIL.ImageDraw import Draw, ImageDraw

from bot.drawing.text_layout import load_font
from bot.drawing.week_content import EntryKind

BACKGROUND, TEXT_COLOUR, FAINT_COLOUR, LINE_COLOUR, TODAY_COLOUR = "#ffffff", "#1a1a1a", "#595959", "#d0d0d0", "#fff3c4"

Box = tuple[float, float, float, float]
#: Signs are drawn larger by this factor and then reduced, which makes their edges smooth.
_OVERSAMPLING = 4


@dataclass(frozen=True)
class Style:
    """The colours of a kind's fill, border and sign. `pattern` is "", "lines", "dots" or "bars", drawn on the fill."""

    fill_colour: str
    border_colour: str
    sign_colour: str
    pattern: str = ""


#: Sign on fill and border on background have a contrast of at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3).
STYLES = {
    EntryKind.AGREED: Style("#1b6e3c", "#1b6e3c", "#ffffff"),
    EntryKind.WAITING: Style("#fff1cc", "#8a5300", "#6b4000"),
    EntryKind.MATCH: Style("#1f4e9c", "#1f4e9c", "#ffffff", "dots"),
    EntryKind.CLOSED: Style("#eeeeee", "#4a4a4a", "#333333", "lines"),
    EntryKind.OTHER: Style("#ece3f5", "#5b3a8c", "#472d6e", "bars"),
}


def draw_span(image: Image, box: Box, kind: EntryKind) -> None:
    """Draw the span of an entry into a box of a day's strip."""
    style = STYLES[kind]
    left, top, right, bottom = (round(edge) for edge in box)
    width, height = max(right - left - 2, 6), bottom - top  # a gap keeps adjacent spans apart
    block = new("RGB", (width, height), style.fill_colour)
    pen = Draw(block)
    if style.pattern == "lines":
        for x in range(-height, width, 14):
            pen.line((x, height, x + height, 0), fill=style.border_colour, width=3)
    if style.pattern == "dots":
        for x in range(12, width - 5, 18):
            pen.ellipse((x - 4, height / 2 - 4, x + 4, height / 2 + 4), fill=style.sign_colour)
    if style.pattern == "bars":
        for x in range(10, width, 20):
            pen.rectangle((x, 10, x + 6, height - 11), fill=style.border_colour)
    if kind is EntryKind.WAITING:
        _draw_dashed_border(pen, width, height, style.border_colour)
    else:
        pen.rectangle((0, 0, width - 1, height - 1), outline=style.border_colour, width=3)
    image.paste(block, (left, top))


def _draw_dashed_border(pen: ImageDraw, width: int, height: int, colour: str) -> None:
    for x in range(0, width, 16):
        for y in (0, height - 4):
            pen.rectangle((x, y, min(x + 9, width), y + 3), fill=colour)
    for left in (0, width - 4):
        pen.rectangle((left, 0, left + 3, height), fill=colour)


def draw_badge(image: Image, x: float, y: float, size: int, kind: EntryKind) -> None:
    """Draw the sign of a kind: a tick, a question mark, a ball, a cross or a dot. `size` is in pixels."""
    style, large_size = STYLES[kind], size * _OVERSAMPLING
    badge, mask = new("RGB", (large_size, large_size), BACKGROUND), new("L", (large_size, large_size), 0)
    pen, corner, edge = Draw(badge), large_size // 5, large_size // 12
    Draw(mask).rounded_rectangle((0, 0, large_size - 1, large_size - 1), corner, fill=255)
    pen.rounded_rectangle(
        (0, 0, large_size - 1, large_size - 1), corner, fill=style.fill_colour, outline=style.border_colour, width=edge
    )
    _DRAW_SIGN[kind](pen, large_size, style)
    small = composite(badge, new("RGB", (large_size, large_size), BACKGROUND), mask).reduce(_OVERSAMPLING)
    image.paste(small, (round(x), round(y)))


def _draw_tick(pen: ImageDraw, size: int, style: Style) -> None:
    points = [(size * x, size * y) for x, y in ((0.24, 0.52), (0.43, 0.70), (0.77, 0.30))]
    pen.line(points, fill=style.sign_colour, width=size // 8, joint="curve")


def _draw_question_mark(pen: ImageDraw, size: int, style: Style) -> None:
    pen.text((size / 2, size / 2), "?", font=load_font(size * 3 // 4, bold=True), fill=style.sign_colour, anchor="mm")


def _draw_ball(pen: ImageDraw, size: int, style: Style) -> None:
    edges = (size * 0.18, size * 0.18, size * 0.82, size * 0.82)
    pen.ellipse(edges, fill=style.sign_colour)
    pen.regular_polygon((size / 2, size / 2, size * 0.17), 5, fill=style.fill_colour)


def _draw_cross(pen: ImageDraw, size: int, style: Style) -> None:
    for start, end in (((0.28, 0.28), (0.72, 0.72)), ((0.28, 0.72), (0.72, 0.28))):
        pen.line(
            (size * start[0], size * start[1], size * end[0], size * end[1]), fill=style.sign_colour, width=size // 8
        )


def _draw_dot(pen: ImageDraw, size: int, style: Style) -> None:
    pen.ellipse((size * 0.35, size * 0.35, size * 0.65, size * 0.65), fill=style.sign_colour)


_DRAW_SIGN = {
    EntryKind.AGREED: _draw_tick,
    EntryKind.WAITING: _draw_question_mark,
    EntryKind.MATCH: _draw_ball,
    EntryKind.CLOSED: _draw_cross,
    EntryKind.OTHER: _draw_dot,
}
