"""The picture of a week can be read on a phone, and its kinds told apart without seeing colours."""

import io
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageColor, ImageStat

from bot.drawing.styles import BACKGROUND, FAINT_COLOUR, STYLES, TEXT_COLOUR, TODAY_COLOUR, draw_badge, draw_span
from bot.drawing.text_layout import load_font, remove_unprintable, truncate, wrap
from bot.drawing.week_content import EntryKind, Week, WeekDay, WeekEntry, WeekRow, WeekTexts
from bot.drawing.week_picture import MAX_HEIGHT, MAX_PHONE_HEIGHT, WIDTH, draw_week_png

REFERENCE = Path(__file__).parent / "week.png"
#: Least contrast of text with its ground (WCAG 2.2, success criterion 1.4.3).
MIN_CONTRAST = 4.5
#: How much two greys differ, of 255, that nobody takes for one another.
MIN_DIFFERENCE = 12.0


def entry(at: int, what: str = "slåning, Grøn Pleje for Skovby IF") -> WeekEntry:
    return WeekEntry(EntryKind.AGREED, f"{at}-{at + 1}", what, at, at + 1, f"nr. {at}")


def week(entries: int, *, rows: int = 1, **more: Any) -> Week:
    each = tuple(entry(8 + at) for at in range(entries))
    some = tuple(WeekRow(f"bane {at}" if rows > 1 else "", each) for at in range(rows)) if entries else ()
    legend = tuple((kind, kind.value) for kind in EntryKind)
    words = WeekTexts("ledigt", "… og {} mere", "Opdateret tir. 9. juni kl. 10", legend)
    values = {
        "heading": "Skovby baner",
        "title": "Bane 1",
        "number": "uge 24",
        "dates": "8. juni til 14. juni 2026",
        **more,
    }
    return Week(days=tuple(WeekDay(f"Dag {at}", some) for at in range(7)), texts=words, **values)


def drawn(one: Week) -> Image.Image:
    return Image.open(io.BytesIO(draw_week_png(one)[0]))


def reference() -> Week:
    """Return a week with entries of every kind; week.png is its picture, reviewed by eye."""
    mowing = WeekEntry(EntryKind.AGREED, "9-11", "slåning, Grøn Pleje for Skovby IF", 9, 11, "nr. 3")
    marking = WeekEntry(EntryKind.WAITING, "14.30-16", "opkridtning, Grøn Pleje for Hylke IF", 14.5, 16, "nr. 12")
    match = WeekEntry(EntryKind.MATCH, "18-19.45", "kamp: Skovby IF – Serie 3", 18, 19.75)
    closed = WeekEntry(EntryKind.CLOSED, "hele dagen", "lukket (gødning)", 0, 24)
    entries = ((mowing,), (), (marking, match), (), (closed,), (), ())
    names = ("Mandag", "Tirsdag", "Onsdag", "Torsdag", "Fredag", "Lørdag", "Søndag")
    days = tuple(
        WeekDay(f"{name} den {8 + at}. juni", (WeekRow("", some),) if some else (), is_today=at == 1)
        for at, (name, some) in enumerate(zip(names, entries, strict=True))
    )
    return replace(week(0), days=days)


def test_picture_equals_the_reviewed_reference() -> None:
    """Another version of Pillow may round a corner differently; a larger difference needs a review."""
    now, then = drawn(reference()).convert("RGB"), Image.open(REFERENCE).convert("RGB")
    assert now.size == then.size
    assert max(ImageStat.Stat(ImageChops.difference(now, then)).mean) < 1.0


def test_same_week_is_drawn_in_the_same_bytes() -> None:
    assert draw_week_png(week(3)) == draw_week_png(week(3))


def test_week_that_is_closed_does_not_look_free() -> None:
    assert draw_week_png(week(0, all_week_kind=EntryKind.CLOSED)) != draw_week_png(week(0))


def test_another_week_is_drawn_differently() -> None:
    assert draw_week_png(week(3)) != draw_week_png(week(3, number="uge 25"))


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("entries", [0, 1, 2, 5, 14])
def test_picture_has_the_size_it_reports_and_fits_a_phone(entries: int, rows: int) -> None:
    data, width, height = draw_week_png(week(entries, rows=rows))
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("PNG", (width, height))
    assert width == WIDTH
    assert height <= (MAX_PHONE_HEIGHT if rows == 1 else MAX_HEIGHT)


def test_many_things_are_all_shown_up_to_a_limit() -> None:
    """The picture may be higher than a phone rather than lack things, but no YAML makes it arbitrarily high."""
    few, many, most = (drawn(week(1, rows=rows)).height for rows in (3, 5, 60))
    assert few < many < most <= MAX_HEIGHT
    assert drawn(week(12, rows=60)).height <= MAX_HEIGHT


@pytest.mark.parametrize(("one", "other"), list(combinations(EntryKind, 2)))
def test_kinds_differ_without_colours(one: EntryKind, other: EntryKind) -> None:
    def grey(kind: EntryKind) -> Image.Image:
        paper = Image.new("RGB", (160, 48), BACKGROUND)
        draw_span(paper, (60, 0, 160, 48), kind)
        draw_badge(paper, 0, 0, 42, kind)
        return paper.convert("L")

    difference = ImageChops.difference(grey(one), grey(other))
    badges, blocks = difference.crop((0, 0, 42, 42)), difference.crop((60, 0, 160, 48))
    assert ImageStat.Stat(badges).mean[0] > MIN_DIFFERENCE
    assert ImageStat.Stat(blocks).mean[0] > MIN_DIFFERENCE


def luminance(colour: str) -> float:
    parts = [part / 255 for part in ImageColor.getrgb(colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrasts_are_high_enough_to_read() -> None:
    pairs = [
        (TEXT_COLOUR, BACKGROUND),
        (FAINT_COLOUR, BACKGROUND),
        (TEXT_COLOUR, TODAY_COLOUR),
        *((style.sign_colour, style.fill_colour) for style in STYLES.values()),
    ]
    pairs += [(style.border_colour, BACKGROUND) for style in STYLES.values()]
    assert [(pair, contrast(*pair)) for pair in pairs if contrast(*pair) < MIN_CONTRAST] == []


def test_every_danish_letter_has_a_glyph() -> None:
    assert remove_unprintable("æøåÆØÅéüäöß–…“”’•§½№ 0123456789") == "æøåÆØÅéüäöß–…“”’•§½№ 0123456789"


def test_characters_without_a_glyph_are_left_out() -> None:
    assert remove_unprintable("⚽ Holdet\u200b\n \ufe0f🏆 1") == "Holdet 1"


def test_truncated_text_ends_in_an_ellipsis_and_fits() -> None:
    font = load_font(36)
    assert truncate("kort", font, 500) == "kort"
    long = truncate("Anlægsgartnerfirmaet Grøn Pleje, Hegn og Have", font, 300)
    assert long.endswith("…")
    assert font.getlength(long) <= 300


def test_wrap_breaks_between_words_and_truncates_the_last_line() -> None:
    font, text = load_font(36), "slåning Anlægsgartnerfirmaet Grøn Pleje, Hegn og Have"
    assert wrap(text, font, 10_000, 2) == [text]
    assert len(wrap(text, font, 400, 2)) == 2
    assert wrap(text, font, 400, 2)[0] == "slåning"
    assert wrap(text, font, 400, 2)[1].endswith("…")
    assert wrap("", font, 400, 2) == []
