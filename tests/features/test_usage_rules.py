"""Seasons, closures, hours and load: a time that is not free is answered with the reason and the next free time."""

from datetime import datetime, time

import pytest
from skovby_stage import CLUB, stage_on, texts_of

from bot.config.usage_rules import Closure, Season

OUT = "Bane 3 bruges kun fra 1. april til 31. oktober"


async def test_closed_pitch_says_why_and_offers_the_next_free_time(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        asked = await stage.say(CLUB, "!book bane 2 slåning torsdag den 23. juli kl. 10")
        assert texts_of(asked)[0].splitlines()[:4] == [
            "Bane 2 er ikke ledig:",
            "mandag den 20. juli til søndag den 26. juli: bane 2 er lukket (gødning)",
            "Næste ledige tid:",
            "1️⃣ mandag den 27. juli kl. 7-9",
        ]
        shown = await stage.tap(CLUB, "1️⃣", asked[0].event)
        assert "mandag den 27. juli kl. 7-9" in texts_of(shown)[0]


@pytest.mark.parametrize(
    ("what", "first"),
    [
        ("slåning lørdag den 31. oktober kl. 10", "📋 Aftale 1: slåning af bane 3"),
        ("slåning søndag den 1. november kl. 10", "Bane 3 er ikke ledig:"),
        ("vertikalskæring søndag den 1. november kl. 10", "📋 Aftale 1: vertikalskæring af bane 3"),
    ],
)
async def test_season_includes_its_last_day_and_not_all_work(what: str, first: str, database_url: str) -> None:
    async with stage_on(database_url) as stage:
        heard = await stage.say(CLUB, f"!book bane 3 {what}")
        assert texts_of(heard)[0].splitlines()[0] == first


async def test_out_of_season_the_first_day_of_the_next_is_offered(database_url: str) -> None:
    async with stage_on(database_url, "2026-11-09T10:00") as stage:
        heard = await stage.say(CLUB, "!book bane 3 slåning fredag kl. 10")
        assert texts_of(heard)[0].splitlines()[1:4] == [
            OUT,
            "Næste ledige tid:",
            "1️⃣ torsdag den 1. april 2027 kl. 7-9",
        ]


async def test_series_skips_what_is_closed_by_choice(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        series = "!book bane 2 slåning hver torsdag kl. 9 fra 1. juli til 1. september @groen-pleje"
        asked = await stage.say(CLUB, series)
        assert texts_of(asked)[0].splitlines()[0] == "Bane 2 er ikke ledig 1 af de 9 gange:"
        shown = await stage.tap(CLUB, "1️⃣", asked[0].event)
        assert "undtagen 23. juli – i alt 8 gange" in texts_of(shown)[0]


async def test_free_times_are_in_the_hours_of_the_thing(database_url: str) -> None:
    async with stage_on(database_url, hours=(time(12), time(15))) as stage:
        asked = await stage.say(CLUB, "!book bane 1 slåning fredag")
        options = [line for line in texts_of(asked)[0].splitlines() if "kl." in line]
        assert options == ["1️⃣ fredag den 12. juni kl. 12-14"]


async def test_more_use_than_a_pitch_bears_is_warned_about_and_not_refused(database_url: str) -> None:
    async with stage_on(database_url, hours_a_week=3.5) as stage:
        first = await stage.say(CLUB, "!book bane 1 slåning fredag kl. 8")
        second = await stage.say(CLUB, "!book bane 1 slåning torsdag kl. 8")
        next_week = await stage.say(CLUB, "!book bane 1 slåning mandag kl. 8")
        assert texts_of(second)[1:] == ["⚠️ Bane 1 bliver brugt 4 timer i ugen fra mandag den 8. juni. Den tåler 3,5."]
        assert (len(texts_of(first)), len(texts_of(next_week))) == (1, 1)


async def test_week_in_which_nothing_is_free_says_why(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        heard = await stage.say(CLUB, "!book bane 2 slåning i uge 30")
        assert texts_of(heard)[0].splitlines()[1:4] == [
            "mandag den 20. juli til søndag den 26. juli: bane 2 er lukket (gødning)",
            "Næste ledige tid:",
            "1️⃣ mandag den 27. juli kl. 7-9",
        ]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("bane 1 fredag kl. 14", "Der er ikke noget i vejen på bane 1 fredag den 12. juni kl. 14."),
        (
            "bane 2 slåning torsdag den 23. juli kl. 10",
            "Bane 2 er ikke ledig torsdag den 23. juli kl. 10-12:\n"
            "mandag den 20. juli til søndag den 26. juli: bane 2 er lukket (gødning)\n"
            "Næste ledige tid: mandag den 27. juli kl. 7-9",
        ),
        (
            "bane 2 i uge 30",
            "Det her er i vejen på bane 2 mandag den 20. juli til søndag den 26. juli:\n"
            "mandag den 20. juli til søndag den 26. juli: bane 2 er lukket (gødning)\n"
            "Næste ledige tid: mandag den 27. juli kl. 7-8",
        ),
        (
            "bane 1 i uge 30",
            "Der er ikke noget i vejen på bane 1 mandag den 20. juli til søndag den 26. juli.",
        ),
        (
            "bane 2 slåning hver torsdag kl. 10 i juli",
            "Bane 2 er ikke ledig hver torsdag kl. 10-12 fra 2. juli til 30. juli:\n"
            "mandag den 20. juli til søndag den 26. juli: bane 2 er lukket (gødning)",
        ),
    ],
)
async def test_why_is_always_answered(asked: str, answer: str, database_url: str) -> None:
    async with stage_on(database_url) as stage:
        assert texts_of(await stage.say(CLUB, f"!hvorfor {asked}")) == [answer]


async def test_why_is_answered_when_it_is_asked_as_people_do(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        heard = await stage.say(CLUB, "!hvorfor kan jeg ikke få bane 2 den 22. juli?")
        assert texts_of(heard) == texts_of(await stage.say(CLUB, "!hvorfor bane 2 den 22. juli"))
        assert "bane 2 er lukket (gødning)" in texts_of(heard)[0]


async def test_counter_into_a_closure_is_refused_with_the_reason(database_url: str) -> None:
    closed = (Closure("stævne", first=datetime(2026, 6, 13).date(), last=datetime(2026, 6, 14).date()),)
    async with stage_on(database_url, closures=closed, season=Season((4, 1), (10, 31))) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning fredag kl. 10 @groen-pleje"))[0].event
        heard = await stage.say("groen-pleje", "lørdag passer bedre", under=card)
        assert texts_of(heard) == [
            "Bane 1 er ikke ledig:\n"
            "lørdag den 13. juni til søndag den 14. juni: bane 1 er lukket (stævne)\n"
            "Skriv et andet tidspunkt."
        ]
