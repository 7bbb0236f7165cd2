"""Which times a command closes and opens, who may do so, and where closures are shown."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from closures_stage import CLUB, MAINTAINER, RIVAL, closed_times, make_agreement, on_sqlite, stage_on
from skovby_stage import texts_of


@pytest.mark.parametrize(
    ("by", "thing", "first"),
    [
        (CLUB, "bane 1", "Bane 1 kan kun lukkes og åbnes af værter."),
        ("matrix:u/fremmed:example.org", "hallen", "Hallen kan kun lukkes og åbnes af klubber og værter."),
        (CLUB, "hallen", "🔒 Hallen er lukket onsdag den 10. juni."),
        (MAINTAINER, "hallen", "🔒 Hallen er lukket onsdag den 10. juni."),
    ],
)
async def test_only_maintainers_close_a_thing(by: str, thing: str, first: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        assert texts_of(await stage.say(by, f"!luk {thing} onsdag")) == [first]


@pytest.mark.parametrize(
    ("command", "start", "end"),
    [
        ("i uge 30 gødning", "2026-07-20", "2026-07-27"),
        ("fredag kl. 10-14 stævne", "2026-06-12T10:00", "2026-06-12T14:00"),
        ("fredag kl. 10 stævne", "2026-06-12T10:00", "2026-06-13"),
        ("til søndag", "2026-06-09", "2026-06-15"),
        ("indtil 1. august", "2026-06-09", "2026-08-02"),
        ("indtil kl. 14", "2026-06-09T10:00", "2026-06-09T14:00"),
        ("fra 13. juli til 2. august", "2026-07-13", "2026-08-03"),
        ("i dag", "2026-06-09", "2026-06-10"),
        ("i morgen til kl. 15", "2026-06-10", "2026-06-10T15:00"),
        ("fredag frem til kl. 12 stævne", "2026-06-12", "2026-06-12T12:00"),
        ("tomorrow until 15:00", "2026-06-10", "2026-06-10T15:00"),
        ("i dag til kl. 15", "2026-06-09T10:00", "2026-06-09T15:00"),
        ("til fredag kl. 12", "2026-06-09T10:00", "2026-06-12T12:00"),
        ("ugen ud gødning", "2026-06-09", "2026-06-15"),
        ("juni ud", "2026-06-09", "2026-07-01"),
        ("weekenden over", "2026-06-13", "2026-06-15"),
        ("fredag hylke-if spiller", "2026-06-12", "2026-06-13"),
    ],
)
async def test_closed_span_is_read_as_people_write_it(command: str, start: str, end: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await stage.say(MAINTAINER, f"!luk bane 1 {command}")
        assert await closed_times(stage) == [(datetime.fromisoformat(start), datetime.fromisoformat(end))]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("bane 1 i går", "Det er for sent at lukke mandag den 8. juni. Intet er ændret."),
        ("bane 9 fredag", "Jeg kender ikke “bane 9” her. Hvad gælder det?"),
        ("bane 1 hver fredag", "Jeg lukker bane 1 for én periode ad gangen. Skriv for eksempel"),
        ("bane 1 til 1. august 2028", "Tirsdag den 9. juni 2026 til tirsdag den 1. august 2028"),
        ("bane 1 til 2. juni", "“til 2. juni” er allerede forbi."),
        ("bane 1 fra 1. juni til 30. juni", "Hvilken dag mener du?"),
        ("bane 1 31. juni", "Datoen “31. juni” findes ikke."),
        ("bane 1 indtil videre", "Hvornår skal der være lukket?"),
    ],
)
async def test_impossible_closure_is_refused_with_a_reason(command: str, answer: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        assert texts_of(await stage.say(MAINTAINER, f"!luk {command}"))[0].startswith(answer)
        assert await closed_times(stage) == []


async def test_closure_without_an_end_asks_for_it(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        asked = await stage.say(MAINTAINER, "!luk bane 1 fra i morgen oversvømmet")
        assert texts_of(asked) == [
            "Hvor længe skal bane 1 være lukket? Skriv for eksempel “til søndag”. Du kan altid åbne før."
        ]
        assert texts_of(await stage.say(MAINTAINER, "til fredag")) == [
            "🔒 Bane 1 er lukket onsdag den 10. juni til fredag den 12. juni (oversvømmet)."
        ]


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("!luk bane 1 frem til kl. 12 i morgen", "2️⃣ onsdag den 10. juni kl. 0-12"),
        ("!luk bane 1 til kl. 15 fredag", "1️⃣ tirsdag den 9. juni kl. 10 til fredag den 12. juni kl. 15"),
        ("!luk bane 1 senest fredag", "“senest fredag” er jeg ikke sikker på."),
        ("!luk bane 1 inden fredag", "“inden fredag” er jeg ikke sikker på."),
        ("!luk bane 1 before friday", "“before friday” er jeg ikke sikker på."),
        ("!luk den halve bane 1 i morgen", "Men hvad betyder “den halve” her?"),
        ("!luk halvdelen af bane 1 i morgen", "Men hvad betyder “halvdelen af” her?"),
        ("!luk hjørnet af bane 1 i morgen", "Men hvad betyder “hjørnet af” her?"),
        ("!luk bane 1 op i morgen", "“op” er jeg ikke sikker på."),
    ],
)
async def test_closure_that_may_mean_something_else_is_asked_about(command: str, asked: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        assert asked in texts_of(await stage.say(MAINTAINER, command))[0]
        assert await closed_times(stage) == []


async def test_closing_a_closed_time_is_refused_and_a_longer_one_extends_it(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(MAINTAINER, "!luk bane 1 i uge 30 gødning")
        again = await stage.say(MAINTAINER, "!luk bane 1 den 22. juli stævne")
        assert texts_of(again)[0].splitlines() == [
            "Bane 1 er allerede lukket:",
            "mandag den 20. juli til søndag den 26. juli (gødning)",
            "Skal grunden være en anden, så åbn først.",
        ]
        await stage.say(MAINTAINER, "!luk bane 1 fra 24. juli til 28. juli stævne")
        await stage.say(MAINTAINER, "!åbn bane 1 fra 23. juli til 25. juli")
        assert await closed_times(stage) == [
            (datetime(2026, 7, 20), datetime(2026, 7, 23)),
            (datetime(2026, 7, 26), datetime(2026, 7, 27)),
            (datetime(2026, 7, 26), datetime(2026, 7, 29)),
        ]


async def test_part_of_a_closure_is_opened_and_the_rest_listed(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(MAINTAINER, "!luk bane 1 i uge 30 gødning")
        opened = await stage.say(MAINTAINER, "!åbn bane 1 fra 22. juli til 23. juli")
        assert texts_of(opened)[0].splitlines() == [
            "🔓 Bane 1 er åben igen onsdag den 22. juli til torsdag den 23. juli. "
            "Det, der blev aflyst, skal aftales på ny.",
            "Der er stadig lukket på de her tidspunkter:",
            "mandag den 20. juli til tirsdag den 21. juli (gødning)",
            "fredag den 24. juli til søndag den 26. juli (gødning)",
        ]
        booked = await stage.say(CLUB, "!book bane 1 slåning den 23. juli kl. 10 @groen-pleje")
        assert texts_of(booked)[0].startswith("📋 Aftale 1: slåning af bane 1")


async def test_opening_asks_which_closure_is_meant(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await stage.say(MAINTAINER, "!luk bane 1 i uge 30 gødning")
        await stage.say(MAINTAINER, "!luk bane 1 i uge 32 stævne")
        asked = await stage.say(MAINTAINER, "!åbn bane 1")
        assert texts_of(asked)[0].splitlines()[:2] == [
            "Bane 1 er lukket flere gange. Hvilken af dem skal åbnes?",
            "1️⃣ mandag den 20. juli til søndag den 26. juli (gødning)",
        ]
        await stage.tap(MAINTAINER, "1️⃣", asked[0].event)
        assert await closed_times(stage) == [(datetime(2026, 8, 3), datetime(2026, 8, 10))]


@pytest.mark.parametrize(
    ("command", "start", "end"),
    [
        ("!åbn bane 1 fra torsdag i uge 30", "2026-07-20", "2026-07-23"),
        ("!luk op for bane 1 fra og med torsdag i uge 30", "2026-07-20", "2026-07-23"),
        ("!åbn bane 1 til og med torsdag i uge 30", "2026-07-24", "2026-07-27"),
    ],
)
async def test_opening_from_a_day_ends_the_closure_of_that_day_only(
    command: str, start: str, end: str, tmp_path: Path
) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await stage.say(MAINTAINER, "!luk bane 1 i uge 30 gødning")
        await stage.say(MAINTAINER, "!luk bane 1 i uge 32 stævne")
        opened = texts_of(await stage.say(MAINTAINER, command))[0]
        assert not {"2029", "juni"} & set(opened.split())
        later = (datetime(2026, 8, 3), datetime(2026, 8, 10))
        assert await closed_times(stage) == [(datetime.fromisoformat(start), datetime.fromisoformat(end)), later]


async def test_opening_at_a_clock_time_asks_how_long(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await stage.say(MAINTAINER, "!luk bane 1 i uge 30 gødning")
        asked = await stage.say(MAINTAINER, "!åbn bane 1 torsdag i uge 30 kl. 12")
        assert texts_of(asked)[0].splitlines()[:3] == [
            "Hvor længe skal bane 1 være åben?",
            "1️⃣ torsdag den 23. juli kl. 12 til mandag den 27. juli kl. 0",
            "2️⃣ torsdag den 23. juli kl. 12-24",
        ]
        await stage.tap(MAINTAINER, "1️⃣", asked[0].event)
        assert await closed_times(stage) == [(datetime(2026, 7, 20), datetime(2026, 7, 23, 12))]


@pytest.mark.parametrize(
    ("command", "first"),
    [
        ("!åbn bane 1", "Bane 1 er ikke lukket af nogen her i rummet."),
        (
            "!åbn bane 2",
            "Bane 2 er ikke lukket af nogen her i rummet. De faste lukninger kan kun ændres af den, der passer botten.",
        ),
        (
            "!åbn bane 3 i uge 31",
            "Bane 3 er ikke lukket af nogen her i rummet mandag den 27. juli til søndag den 2. august.",
        ),
        ("!åbn bane 3 fra torsdag", "Bane 3 er ikke lukket af nogen her i rummet torsdag den 11. juni."),
    ],
)
async def test_time_that_is_not_closed_cannot_be_opened(command: str, first: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await stage.say(MAINTAINER, "!luk bane 3 i uge 30")
        assert texts_of(await stage.say(MAINTAINER, command))[0].startswith(first)
        assert texts_of(await stage.say(RIVAL, command))[0].endswith("kan kun lukkes og åbnes af værter.")


async def test_week_shows_closures_and_seasons(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning onsdag kl. 9")
        await stage.say(MAINTAINER, "!luk bane 1 fredag stævne")
        assert texts_of(await stage.say(CLUB, "!bane 1"))[0].splitlines()[1:] == [
            "🔒 fredag den 12. juni: bane 1 er lukket (stævne)",
            "onsdag den 10. juni: kl. 9-11 slåning (aftale 1, Skovby IF)",
            "Ellers ledig.",
        ]
        stage.now = datetime(2026, 11, 9, 9, tzinfo=UTC)
        assert texts_of(await stage.say(CLUB, "!bane 3"))[0].splitlines()[1:] == [
            "🔒 Bane 3 bruges kun fra 1. april til 31. oktober"
        ]


async def test_closures_of_the_file_and_by_command_are_listed_together(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await stage.say(MAINTAINER, "!luk bane 2 i uge 31 vand")
        assert texts_of(await stage.say(CLUB, "!lukninger bane 2"))[0].splitlines() == [
            "Lukket det næste år",
            "mandag den 20. juli til søndag den 26. juli: bane 2 er lukket (gødning)",
            "mandag den 27. juli til søndag den 2. august: bane 2 er lukket (vand)",
        ]
        assert texts_of(await stage.say(CLUB, "!lukninger bane 1")) == [
            "Bane 1 er ikke lukket på noget tidspunkt det næste år."
        ]
