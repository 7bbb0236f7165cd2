"""What the drawing promises whoever looks at it on a phone: it can be read, and known without seeing colours."""

import io
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageColor, ImageStat

from bot.drawing.styles import BACKGROUND, FAINT_COLOUR, STYLES, TEXT_COLOUR, TODAY_COLOUR, draw_badge, draw_span
from bot.drawing.text_layout import load_font, remove_unprintable, truncate, wrap
from bot.drawing.week import EntryKind, Week, WeekDay, WeekEntry, WeekRow, WeekTexts
from bot.drawing.week_image import MAX_HEIGHT, MAX_PHONE_HEIGHT, WIDTH, draw_week_png

REFERENCE = Path(__file__).parent / "week.png"
#: Least contrast of text with its ground (WCAG 2.2, success criterion 1.4.3).
READABLE = 4.5
#: How much two greys differ, of 255, that nobody takes for one another.
APART = 12.0


def entry(at: int, what: str = "slåning, Grøn Pleje for Skovby IF") -> WeekEntry:
    return WeekEntry(EntryKind.AGREED, f"{at}-{at + 1}", what, at, at + 1, f"nr. {at}")


def week(entries: int, *, lanes: int = 1, **more: Any) -> Week:
    each = tuple(entry(8 + at) for at in range(entries))
    some = tuple(WeekRow(f"bane {at}" if lanes > 1 else "", each) for at in range(lanes)) if entries else ()
    legend = tuple((look, look.value) for look in EntryKind)
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
    """A week with everything in it; week.png is its picture, reviewed by eye."""
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


def test_reference_looks_as_it_was_reviewed() -> None:
    """Another version of the library may round a corner otherwise; more than that is to be looked at."""
    now, then = drawn(reference()).convert("RGB"), Image.open(REFERENCE).convert("RGB")
    assert now.size == then.size
    assert max(ImageStat.Stat(ImageChops.difference(now, then)).mean) < 1.0


def test_same_week_is_drawn_in_the_same_bytes() -> None:
    assert draw_week_png(week(3)) == draw_week_png(week(3))


def test_week_that_is_closed_does_not_look_free() -> None:
    assert draw_week_png(week(0, all_week_kind=EntryKind.CLOSED)) != draw_week_png(week(0))


def test_another_week_looks_otherwise() -> None:
    assert draw_week_png(week(3)) != draw_week_png(week(3, number="uge 25"))


@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("entries", [0, 1, 2, 5, 14])
def test_sheet_is_as_large_as_it_says_and_fits_a_phone(entries: int, lanes: int) -> None:
    data, width, height = draw_week_png(week(entries, lanes=lanes))
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("PNG", (width, height))
    assert width == WIDTH
    assert height <= (MAX_PHONE_HEIGHT if lanes == 1 else MAX_HEIGHT)


def test_things_of_a_large_room_are_all_shown_up_to_a_limit() -> None:
    """Rather higher than a phone than without them; but nobody's YAML makes a picture of any size."""
    few, many, most = (drawn(week(1, lanes=lanes)).height for lanes in (3, 5, 60))
    assert few < many < most <= MAX_HEIGHT
    assert drawn(week(12, lanes=60)).height <= MAX_HEIGHT


@pytest.mark.parametrize(("one", "other"), list(combinations(EntryKind, 2)))
def test_looks_differ_without_colours(one: EntryKind, other: EntryKind) -> None:
    def grey(look: EntryKind) -> Image.Image:
        paper = Image.new("RGB", (160, 48), BACKGROUND)
        draw_span(paper, (60, 0, 160, 48), look)
        draw_badge(paper, 0, 0, 42, look)
        return paper.convert("L")

    difference = ImageChops.difference(grey(one), grey(other))
    badges, blocks = difference.crop((0, 0, 42, 42)), difference.crop((60, 0, 160, 48))
    assert ImageStat.Stat(badges).mean[0] > APART
    assert ImageStat.Stat(blocks).mean[0] > APART


def luminance(colour: str) -> float:
    parts = [part / 255 for part in ImageColor.getrgb(colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_everything_stands_out_from_its_ground() -> None:
    pairs = [
        (TEXT_COLOUR, BACKGROUND),
        (FAINT_COLOUR, BACKGROUND),
        (TEXT_COLOUR, TODAY_COLOUR),
        *((style.sign_colour, style.fill_colour) for style in STYLES.values()),
    ]
    pairs += [(style.border_colour, BACKGROUND) for style in STYLES.values()]
    assert [(pair, contrast(*pair)) for pair in pairs if contrast(*pair) < READABLE] == []


def test_every_letter_that_danes_write_has_a_picture() -> None:
    assert remove_unprintable("æøåÆØÅéüäöß–…“”’•§½№ 0123456789") == "æøåÆØÅéüäöß–…“”’•§½№ 0123456789"


def test_what_has_no_picture_is_left_out() -> None:
    assert remove_unprintable("⚽ Holdet\u200b\n \ufe0f🏆 1") == "Holdet 1"


def test_cut_ends_in_dots_and_fits() -> None:
    font = load_font(36)
    assert truncate("kort", font, 500) == "kort"
    long = truncate("Anlægsgartnerfirmaet Grøn Pleje, Hegn og Have", font, 300)
    assert long.endswith("…")
    assert font.getlength(long) <= 300


def test_wrap_breaks_between_words_and_cuts_the_last_line() -> None:
    font, text = load_font(36), "slåning Anlægsgartnerfirmaet Grøn Pleje, Hegn og Have"
    assert wrap(text, font, 10_000, 2) == [text]
    assert len(wrap(text, font, 400, 2)) == 2
    assert wrap(text, font, 400, 2)[0] == "slåning"
    assert wrap(text, font, 400, 2)[1].endswith("…")
    assert wrap("", font, 400, 2) == []
