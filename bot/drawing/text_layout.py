"""Fits text into a picture, in a font that is the same on every machine: Roboto (Apache License 2.0)."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from PIL.ImageFont import FreeTypeFont, Layout, truetype

_FONTS = Path(__file__).parent / "fonts"
#: A character that no font has a glyph for.
_MISSING_CHARACTER = "\U0010fffe"
_ELLIPSIS = "…"
#: Longer texts are cut: no picture has room for them.
_MAX_CHARACTERS = 200


@cache
def load_font(size: int, *, bold: bool = False) -> FreeTypeFont:
    """Return the font in a size in pixels.

    It uses Pillow's basic layout: the other layout is missing on some machines.
    """
    file = _FONTS / ("Roboto-Bold.ttf" if bold else "Roboto-Regular.ttf")
    return truetype(str(file), size, layout_engine=Layout.BASIC)


def fit_font(texts: list[str], size: int, width: float, *, bold: bool = False) -> FreeTypeFont:
    """Return the largest font up to `size` in which all texts fit into a width in pixels.

    The font is at least three quarters of `size`. A text that is still too wide has to be truncated by the caller.
    """
    sizes = range(size, size * 3 // 4, -2)
    fonts = (load_font(pixels, bold=bold) for pixels in sizes)
    fitting = (font for font in fonts if all(font.getlength(text) <= width for text in texts))
    return next(fitting, load_font(sizes[-1], bold=bold))


def remove_unprintable(text: str) -> str:
    """Return the text on one line, without emoji and other symbols that the font has no glyph for.

    A letter or digit without a glyph stays, and is drawn as an empty box.
    """
    printable = "".join(
        character
        for character in text[:_MAX_CHARACTERS]
        if _is_letter_or_number(character) or _has_glyph(character) or character.isspace()
    )
    return " ".join(printable.split())


def truncate(text: str, font: FreeTypeFont, width: float) -> str:
    """Return as much of the text as fits a width in pixels, with "…" at the end where something is cut off."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + _ELLIPSIS) > width:
        text = text[:-1].rstrip(" ,.")
    return text + _ELLIPSIS


def wrap(text: str, font: FreeTypeFont, width: float, max_lines: int) -> list[str]:
    """Break the text between words into lines of a width in pixels. The last line is truncated."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < max_lines - 1:
        line = words.pop(0)
        while words and font.getlength(f"{line} {words[0]}") <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(truncate(line, font, width))
    return [*lines, truncate(" ".join(words), font, width)] if words else lines


def _is_letter_or_number(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


@lru_cache(4096)
def _has_glyph(character: str) -> bool:
    """Whether the font has a glyph for a character. Control characters have none."""
    font = load_font(24)
    is_control = unicodedata.category(character)[0] in "C"
    return not is_control and _glyph(font, character) != _glyph(font, _MISSING_CHARACTER)


def _glyph(font: FreeTypeFont, character: str) -> bytes:
    mask = font.getmask(character)
    return bytes(mask)
