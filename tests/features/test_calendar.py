"""A week in the calendar: its items, and that the text says all that the picture shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import THING, TIME, Argument, Command, Request, Thing, When
from bot.api.drawing import Week
from bot.config.community import Community
from bot.features.calendar import feature
from bot.features.calendar.show import first_day_meant
from bot.features.calendar.week_content import build_week
from bot.features.calendar.week_items import find_items, iso_week_of
from bot.features.calendar.week_text import build_notes
from bot.store.calendars.calendars import CalendarState, save_calendar_state
from bot.testing import Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"
SKOVBY = read_community(ROOMS / "skovby.yaml")


@asynccontextmanager
async def stage_on(folder: Path, community: Community = SKOVBY) -> AsyncIterator[tuple[Stage, list[Week]]]:
    """A stage on which `!ark` appends to a list what `!kalender` would draw."""
    sheets: list[Week] = []

    async def keep(request: Request, thing: Thing | None, time: When | None) -> None:
        week = iso_week_of(first_day_meant(request, time))
        things = [thing] if thing else request.community.things
        found = [(one, await find_items(request, one, week)) for one in things]
        sheets.append(build_week(request, week, found, thing, await build_notes(request, week, found, thing)))
        await request.say("nothing")

    arguments = (Argument("thing", THING, wanted=False), Argument("time", TIME, wanted=False))
    sheet = Command("sheet", {"da": ("ark",), "en": ("sheet",)}, keep, arguments)
    spying = replace(feature, commands=(*feature.commands, sheet))
    async with Stage.open(f"sqlite+aiosqlite:///{folder}/stage.db", community, [spying]) as stage:
        yield stage, sheets


async def read_lines(stage: Stage, text: str) -> list[str]:
    heard = await stage.say("skovby-if", text)
    return heard[0].plain.split("\n")


def rows_of(week: Week) -> list[tuple[str, ...]]:
    """Return day, thing (when there are several), kind, hours and text of every entry of a picture."""
    return [
        (day.name, *((lane.name,) if lane.name else ()), one.kind.value, one.hours_text, one.text)
        for day in week.days
        for lane in day.rows
        for one in lane.entries
    ]


async def book(stage: Stage, text: str, *, agreed: bool = True) -> str:
    """Book something, and let the contractor accept it; return its card."""
    heard = await stage.say("skovby-if", f"!book {text} @groen-pleje")
    while reactions := [one.plain for one in heard if one.kind == "react" and one.target == heard[0].event]:
        if reactions[0] == "✅":
            break
        heard = await stage.tap("skovby-if", reactions[-1], heard[0].event)  # an odd time: the last option keeps it
    card = heard[0].event
    if agreed:
        await stage.tap("groen-pleje", "✅", card)
    return card


MOWING = "slåning, Grøn Pleje for Skovby IF"


async def test_item_past_midnight_is_on_both_days(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await book(stage, "bane 1 slåning fredag kl. 22-2")
        await stage.say("skovby-if", "!ark bane 1")
        assert rows_of(sheets[0]) == [
            ("Fredag den 12. juni", "agreed", "22-2", MOWING),
            ("Lørdag den 13. juni", "agreed", "til 2", MOWING),
        ]
        assert [(e.start_hour, e.end_hour) for day in sheets[0].days for lane in day.rows for e in lane.entries] == [
            (22.0, 24.0),
            (0.0, 2.0),
        ]
        texts = await read_lines(stage, "!kalender bane 1 tekst")
        assert [line for line in texts if MOWING in line] == [
            f"Kl. 22-2: {MOWING} (aftale 1)",
            f"Til kl. 2: {MOWING} (aftale 1)",
        ]


async def test_item_of_several_days_is_on_each_of_them(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await book(stage, "bane 1 slåning fra torsdag kl. 18 til lørdag kl. 12", agreed=False)
        await stage.say("skovby-if", "!ark bane 1")
        assert [(name, look, clock) for name, look, clock, _ in rows_of(sheets[0])] == [
            ("Torsdag den 11. juni", "waiting", "fra 18"),
            ("Fredag den 12. juni", "waiting", "hele dagen"),
            ("Lørdag den 13. juni", "waiting", "til 12"),
        ]


@pytest.mark.parametrize(
    ("day", "clocks"), [("den 25. oktober kl. 1-4", (1.0, 4.0)), ("den 28. marts 2027 kl. 1-4", (1.0, 4.0))]
)
async def test_days_on_which_the_clock_changes_show_what_clocks_show(
    tmp_path: Path, day: str, clocks: tuple[float, float]
) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await book(stage, f"bane 1 slåning {day}")
        await stage.say("skovby-if", f"!ark bane 1 {day}")
        (found,) = (one for day in sheets[0].days for lane in day.rows for one in lane.entries)
        assert (found.hours_text, found.start_hour, found.end_hour) == ("1-4", *clocks)


@pytest.mark.parametrize(
    ("week", "dates"),
    [
        ("uge 27", "mandag den 29. juni til søndag den 5. juli 2026"),
        ("uge 53", "mandag den 28. december til søndag den 3. januar 2027"),
    ],
)
async def test_week_over_two_months_is_named_by_its_days(tmp_path: Path, week: str, dates: str) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await stage.say("skovby-if", f"!ark {week}")
        assert (sheets[0].title, sheets[0].number, sheets[0].dates) == ("Skovby baner", week, dates)
        assert (await read_lines(stage, f"!kalender {week} tekst"))[0] == f"Skovby baner, {week}, {dates}"


async def test_proposed_change_is_shown_beside_the_agreed_time(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await book(stage, "bane 1 slåning fredag kl. 14")
        await stage.say("groen-pleje", "!flyt 1 lørdag kl. 9")
        await stage.say("skovby-if", "!ark bane 1")
        assert rows_of(sheets[0]) == [
            ("Fredag den 12. juni", "agreed", "14-16", MOWING),
            ("Lørdag den 13. juni", "waiting", "9-11", MOWING),
        ]
        assert f"Kl. 9-11: {MOWING} (aftale 1, venter på svar)" in await read_lines(stage, "!kalender bane 1 tekst")


async def test_item_of_the_whole_week_is_said_once(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await stage.say("skovby-if", "!ark bane 2 uge 30")
        assert (sheets[0].notes, sheets[0].all_week_kind, rows_of(sheets[0])) == (
            ("Hele ugen: lukket (gødning)",),
            "closed",
            [],
        )
        texts = await read_lines(stage, "!kalender uge 30 tekst")
        assert texts[1:] == ["Hele ugen: bane 2 lukket (gødning)", "Der er ikke andet i kalenderen."]


async def test_season_ends_within_a_week(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await stage.say("skovby-if", "!ark bane 3 uge 44")
        assert rows_of(sheets[0]) == [("Søndag den 1. november", "closed", "hele dagen", "uden for sæsonen")]


async def test_week_of_all_things_names_each_thing(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await book(stage, "bane 2 slåning torsdag kl. 14")
        await book(stage, "bane 1 slåning torsdag kl. 15", agreed=False)
        await stage.say("skovby-if", "!ark")
        assert rows_of(sheets[0]) == [
            ("Torsdag den 11. juni", "bane 1", "waiting", "15-17", MOWING),
            ("Torsdag den 11. juni", "bane 2", "agreed", "14-16", MOWING),
        ]
        assert f"Bane 1, kl. 15-17: {MOWING} (aftale 2, venter på svar)" in await read_lines(stage, "!kalender tekst")


async def test_words_say_all_that_the_picture_shows(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        for day in ("onsdag", "torsdag", "fredag", "lørdag", "søndag"):
            for work in ("bane 1 slåning", "bane 2 slåning", "hallen gulvvask"):
                await book(stage, f"{work} {day} kl. 8", agreed=day != "fredag")
        await stage.say("skovby-if", "!ark")
        heard = (await stage.say("skovby-if", "!kalender"))[0]
        assert (heard.kind, heard.picture) == ("say", "kalender-uge-24.png")
        assert len(rows_of(sheets[0])) == 15
        for name, thing, look, clock, what in rows_of(sheets[0]):
            day = heard.plain.partition(f"{name}\n")[2]
            waits = ", venter på svar" if look == "waiting" else ""
            line = next(line for line in day.split("\n") if line.casefold().startswith(thing))
            assert line.startswith(f"{thing.capitalize()}, kl. {clock}: {what} (aftale ")
            assert line.endswith(f"{waits})")


async def test_picture_is_a_reply_and_text_alone_is_sent_on_request(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, _):
        picture, text = [(await stage.say("skovby-if", f"!kalender bane 1{more}"))[0] for more in ("", " tekst")]
        assert stage.pictures.keys() == {picture.event}
        assert stage.pictures[picture.event].startswith(b"\x89PNG")
        assert (text.picture, text.plain) == ("", picture.plain)


async def test_impossible_week_is_asked_about(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, _):
        assert (await read_lines(stage, "!kalender bane 1 uge 54"))[0].startswith("Ugen “uge 54” findes ikke.")
        assert (await read_lines(stage, "næste uge"))[0].startswith("Bane 1, uge 25")


async def test_unknown_thing_is_asked_about(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, _):
        asked = (await stage.say("skovby-if", "!kalender bane 9 uge 25"))[0]
        assert asked.plain.startswith("Jeg kender ikke “bane 9” her.")
        answered = await stage.tap("skovby-if", "2️⃣", asked.event)
        assert answered[0].plain.startswith("Bane 2, uge 25")


async def test_longer_time_shows_its_first_week_and_says_so(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, _):
        texts = await read_lines(stage, "!kalender i juli")
        assert texts[0].startswith("Skovby baner, uge 27")
        assert texts[-1] == "Jeg viser én uge ad gangen. Skriv for eksempel !kalender næste uge."


async def test_holiday_is_named(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await stage.say("skovby-if", "!ark uge 52")
        assert [(day.name, day.note) for day in sheets[0].days if day.note] == [
            ("Fredag den 25. december", "Juledag"),
            ("Lørdag den 26. december", "Anden juledag"),
        ]
        assert (await read_lines(stage, "!kalender bane 1 uge 52 tekst"))[1:] == [
            "Der er ikke noget i kalenderen.",
            "Helligdage: fredag den 25. december (Juledag); lørdag den 26. december (Anden juledag)",
        ]


async def test_today_is_marked(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await stage.say("skovby-if", "!ark")
        assert [day.name for day in sheets[0].days if day.is_today] == ["Tirsdag den 9. juni"]


async def test_matches_are_shown_with_the_other_items(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await book(stage, "bane 1 slåning lørdag kl. 9")
        await stage.read_calendar((ROOMS / "skovby.ics").read_bytes())
        await stage.say("skovby-if", "!ark bane 1")
        assert rows_of(sheets[0]) == [
            ("Lørdag den 13. juni", "agreed", "9-11", MOWING),
            ("Lørdag den 13. juni", "match", "14-15.45", "kamp: Skovby IF – Serie 3"),
        ]
        assert "Kl. 14-15.45: kamp: Skovby IF – Serie 3" in await read_lines(stage, "!kalender bane 1 tekst")


async def test_unread_calendar_is_mentioned(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        source = SKOVBY.things[0].calendars[0].source
        async with stage.context.store.write("skovby") as connection:
            await save_calendar_state(
                connection, CalendarState("skovby", source, failing_since=stage.now - timedelta(days=9))
            )
        await stage.say("skovby-if", "!ark bane 1")
        assert sheets[0].notes == (
            "En kalender med kampe har ikke kunnet læses siden søndag den 31. maj. "
            "Der kan være ændringer, jeg ikke kender.",
        )


async def test_closure_by_command_is_shown_with_its_reason(tmp_path: Path) -> None:
    async with stage_on(tmp_path) as (stage, sheets):
        await stage.say("banevagten", "!luk bane 1 fredag på grund af eftersåning")
        await stage.say("skovby-if", "!ark bane 1")
        assert rows_of(sheets[0]) == [("Fredag den 12. juni", "closed", "hele dagen", "lukket (eftersåning)")]
