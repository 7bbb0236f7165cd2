"""Letters of our own, alike on every machine: Roboto (Apache License 2.0), regular and bold."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from PIL.ImageFont import FreeTypeFont, Layout, truetype

_FONTS = Path(__file__).parent / "fonts"
#: A character that no font has a picture of.
_MISSING_CHARACTER = "\U0010fffe"
_ELLIPSIS = "…"
#: No picture has room for more characters of one text.
_MAX_CHARACTERS = 200


@cache
def load_font(size: int, *, bold: bool = False) -> FreeTypeFont:
    """The font in a size in pixels. The simple layout is built into Pillow; the other is not there everywhere."""
    file = _FONTS / ("Roboto-Bold.ttf" if bold else "Roboto-Regular.ttf")
    return truetype(str(file), size, layout_engine=Layout.BASIC)


def fit_font(texts: list[str], size: int, width: float, *, bold: bool = False) -> FreeTypeFont:
    """The font in which the longest of some texts fits a width: a quarter smaller at most, then it has to be cut."""
    sizes = range(size, size * 3 // 4, -2)
    fonts = (load_font(one, bold=bold) for one in sizes)
    fits = (font for font in fonts if all(font.getlength(text) <= width for text in texts))
    return next(fits, load_font(sizes[-1], bold=bold))


def remove_unprintable(text: str) -> str:
    """In one line, without emoji and marks the font does not have; a letter it does not have becomes its empty box."""
    kept = "".join(
        letter for letter in text[:_MAX_CHARACTERS] if _is_letter(letter) or _has_glyph(letter) or letter.isspace()
    )
    return " ".join(kept.split())


def truncate(text: str, font: FreeTypeFont, width: float) -> str:
    """As much of it as fits into a width in pixels."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + _ELLIPSIS) > width:
        text = text[:-1].rstrip(" ,.")
    return text + _ELLIPSIS


def wrap(text: str, font: FreeTypeFont, width: float, max_lines: int) -> list[str]:
    """In so many lines at most, broken between words; the last one is cut."""
    wrapped: list[str] = []
    words = text.split()
    while words and len(wrapped) < max_lines - 1:
        line = words.pop(0)
        while words and font.getlength(f"{line} {words[0]}") <= width:
            line = f"{line} {words.pop(0)}"
        wrapped.append(truncate(line, font, width))
    return [*wrapped, truncate(" ".join(words), font, width)] if words else wrapped


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LN"


@lru_cache(4096)
def _has_glyph(letter: str) -> bool:
    font = load_font(24)
    return bool(unicodedata.category(letter)[0] not in "C" and _glyph(font, letter) != _glyph(font, _MISSING_CHARACTER))


def _glyph(font: FreeTypeFont, letter: str) -> bytes:
    mask = font.getmask(letter)
    return bytes(mask)
