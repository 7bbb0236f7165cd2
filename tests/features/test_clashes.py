"""Clashes with matches and drying work are asked about before a booking, with better times to tap."""

from dataclasses import replace

import pytest
from match_stage import CLUB, FIRM, OTHER, ROOMS, SATURDAY, match_entry, question_lines, stage_on, texts_of, with_task

from bot.config.usage_rules import UsageRules
from bot.ical.calendar_entry import CalendarEntry
from bot.testing import read_community


async def test_work_that_would_dry_into_a_match_is_asked_about_and_booked_anyway(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 gødning lørdag kl. 9")
        assert question_lines(asked) == [
            "Bane 1 er ledig lørdag den 13. juni kl. 9-12, men:",
            "Bane 1 skal have 12 timers ro efter gødning, og der er kamp lørdag den 13. juni kl. 14-16",
            "Bedre tider:",
            "1️⃣ lørdag den 13. juni kl. 16-19",
            "2️⃣ fredag den 12. juni kl. 9-12",
            "3️⃣ søndag den 14. juni kl. 9-12",
            "4️⃣ Book lør. 13. juni kl. 9-12 alligevel",
        ]
        booked = await stage.tap(CLUB, "4️⃣", asked[0].event)
        assert [one.splitlines()[:2] for one in texts_of(booked)] == [
            ["📋 Aftale 1: gødning af bane 1", "🕑 lørdag den 13. juni kl. 9-12, uge 24"]
        ]


async def test_better_time_is_booked_with_a_tap_and_not_asked_about(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 gødning lørdag kl. 9")
        booked = await stage.tap(CLUB, "2️⃣", asked[0].event)
        assert texts_of(booked)[0].splitlines()[:2] == [
            "📋 Aftale 1: gødning af bane 1",
            "🕑 fredag den 12. juni kl. 9-12, uge 24",
        ]


async def test_anyway_confirms_only_the_time_it_was_answered_for(database_url: str) -> None:
    """Another person has booked the time meanwhile: the next time is asked about again."""
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 gødning lørdag kl. 9")
        rival = await stage.say(OTHER, "!book bane 1 gødning lørdag kl. 9")
        await stage.tap(OTHER, "4️⃣", rival[0].event)
        taken = await stage.tap(CLUB, "4️⃣", asked[0].event)
        assert texts_of(taken)[0].startswith("Bane 1 er ")
        again = await stage.say(CLUB, "lørdag kl. 7-9")
        assert texts_of(again)[0].startswith("Bane 1 er ledig lørdag den 13. juni kl. 7-9, men:")


async def test_work_during_a_match_is_refused_where_the_task_says_so(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 opkridtning lørdag kl. 15")
        assert question_lines(asked)[:3] == [
            "Bane 1 er ikke ledig:",
            "lørdag den 13. juni kl. 14-16: der er kamp på bane 1 (Skovby IF – Ry FC)",
            "Bedre tider:",
        ]
        assert [line.partition(" ")[2] for line in question_lines(asked)[3:]] == [
            "lørdag den 13. juni kl. 12-13",
            "fredag den 12. juni kl. 15-16",
            "søndag den 14. juni kl. 15-16",
        ]


async def test_work_during_a_match_is_asked_about_where_the_task_says_nothing(database_url: str) -> None:
    community = with_task("opkridtning", never_during_match=False)
    async with stage_on(database_url, [match_entry(SATURDAY)], community) as stage:
        asked = await stage.say(CLUB, "!book bane 1 opkridtning lørdag kl. 15")
        assert question_lines(asked)[0] == "Bane 1 er ledig lørdag den 13. juni kl. 15-16, men:"
        assert question_lines(asked)[-1] == "4️⃣ Book lør. 13. juni kl. 15-16 alligevel"


async def test_work_too_early_for_a_match_is_offered_the_hours_before_it(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 slåning torsdag kl. 10")
        assert question_lines(asked) == [
            "Bane 1 er ledig torsdag den 11. juni kl. 10-12, men:",
            "Der er kamp på bane 1 lørdag den 13. juni kl. 14-16, og slåning skal helst ske"
            " i de sidste 24 timer før kampen",
            "Bedre tider:",
            "1️⃣ fredag den 12. juni kl. 14-16",
            "2️⃣ fredag den 12. juni kl. 16-18",
            "3️⃣ fredag den 12. juni kl. 18-20",
            "4️⃣ Book tor. 11. juni kl. 10-12 alligevel",
        ]


@pytest.mark.parametrize(
    ("more", "when"),
    [
        ([], "onsdag kl. 10"),  # more than two days before the best hours it is for something else
        ([], "fredag kl. 14"),  # the best hours
        ([match_entry("2026-06-11T18:00")], "torsdag kl. 9-11"),  # for another match before that one, but for drying
        (
            [match_entry("2026-06-12T20:00", title="Old boys")],
            "fredag kl. 7-8",
        ),  # both in 24 hours: one mowing serves them
    ],
)
async def test_work_at_a_good_time_is_not_asked_about(more: list[CalendarEntry], when: str, database_url: str) -> None:
    community = with_task("slåning", dry_after=None)
    async with stage_on(database_url, [match_entry(SATURDAY), *more], community) as stage:
        booked = await stage.say(CLUB, f"!book bane 1 slåning {when}")
        assert texts_of(booked)[0].startswith("📋 Aftale 1")


async def test_early_mowing_is_not_asked_about_when_another_is_booked_before_the_match(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        await stage.say(CLUB, "!book bane 1 slåning fredag kl. 16")
        booked = await stage.say(CLUB, "!book bane 1 slåning torsdag kl. 9")
        assert texts_of(booked)[0].startswith("📋 Aftale 2")


async def test_other_work_that_has_to_dry_is_asked_about_from_both_sides(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 gødning fredag kl. 9")
        while_it_dries = await stage.say(CLUB, "!book bane 1 opkridtning fredag kl. 14")
        assert question_lines(while_it_dries)[1] == (
            "Bane 1 skal have ro efter gødning frem til lørdag den 13. juni kl. 0 (aftale 1)"
        )
        must_dry = await stage.say(CLUB, "!book bane 1 vertikalskæring torsdag kl. 14")
        assert question_lines(must_dry)[1] == (
            "Bane 1 skal have 24 timers ro efter vertikalskæring, og fredag den 12. juni kl. 9-12"
            " er der gødning (aftale 1)"
        )


async def test_move_that_clashes_is_asked_about_in_the_thread(database_url: str) -> None:
    """The agreement that moves does not count as mowing before the match."""
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning fredag kl. 16"))[0].event
        asked = await stage.say(FIRM, "hellere torsdag kl. 9", under=card)
        assert question_lines(asked)[2:] == [
            "Bedre tider:",
            "1️⃣ fredag den 12. juni kl. 14-16",
            "2️⃣ fredag den 12. juni kl. 16-18",
            "3️⃣ fredag den 12. juni kl. 18-20",
            "4️⃣ Foreslå tor. 11. juni kl. 9-11 alligevel",
        ]
        moved = await stage.tap(FIRM, "4️⃣", asked[0].event)
        assert texts_of(moved) == [
            "Skovby IF, Grøn Pleje foreslår torsdag den 11. juni kl. 9-11 i stedet. Svar med ✅ eller ❌."
        ]


async def test_correction_that_clashes_is_asked_about(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        wish = stage.incoming(CLUB, "message", {"text": "!book bane 1 slåning fredag kl. 16", "to_us": False})
        await stage.bring(wish)
        text = {"text": "!book bane 1 slåning torsdag kl. 9", "target": wish.external_id, "to_us": False}
        asked = await stage.bring(stage.incoming(CLUB, "edit", text))
        assert question_lines(asked)[0] == "Bane 1 er ledig torsdag den 11. juni kl. 9-11, men:"
        booked = await stage.tap(CLUB, "4️⃣", asked[0].event)
        assert "🕑 torsdag den 11. juni kl. 9-11, uge 24" in booked[0].plain


async def test_series_lists_what_clashes_before_anything_is_promised(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        series = "!book bane 1 gødning hver lørdag kl. 9 de næste 3 uger"
        asked = await stage.say(CLUB, series)
        assert question_lines(asked) == [
            "1 af de 3 gange passer dårligt med andet på bane 1:",
            "Bane 1 skal have 12 timers ro efter gødning, og der er kamp lørdag den 13. juni kl. 14-16",
            "1️⃣ Kun de 2, der passer",
            "2️⃣ Alle 3 alligevel",
        ]
        rest = await stage.tap(CLUB, "1️⃣", asked[0].event)
        assert "i alt 2 gange" in texts_of(rest)[0]


async def test_series_is_booked_anyway(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 gødning hver lørdag kl. 9 de næste 3 uger")
        booked = await stage.tap(CLUB, "2️⃣", asked[0].event)
        assert "i alt 3 gange" in texts_of(booked)[0]


async def test_day_without_a_clock_time_offers_only_good_times(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 opkridtning lørdag eftermiddag")
        assert [line.partition(" ")[2] for line in question_lines(asked)[1:]] == [
            "lørdag den 13. juni kl. 16-17",
            "lørdag den 13. juni kl. 17-18",
        ]


async def test_why_names_matches(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        heard = await stage.say(CLUB, "!hvorfor bane 1 lørdag kl. 14")
        assert texts_of(heard) == [
            "Bane 1 er ledig lørdag den 13. juni kl. 14, men:\n"
            "lørdag den 13. juni kl. 14-16: der er kamp på bane 1 (Skovby IF – Ry FC)"
        ]


async def test_matches_count_as_use_of_the_week(database_url: str) -> None:
    community = read_community(ROOMS / "skovby.yaml")
    first, *rest = community.things
    community = replace(community, things=(replace(first, usage=UsageRules(hours_a_week=3.5)), *rest))
    async with stage_on(database_url, [match_entry(SATURDAY)], community) as stage:
        booked = await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        assert texts_of(booked)[1:] == ["⚠️ Bane 1 bliver brugt 4 timer i ugen fra mandag den 8. juni. Den tåler 3,5."]


async def test_best_hours_are_as_long_in_the_night_the_clocks_change(database_url: str) -> None:
    """Saturday 15:00 to Sunday 14:00 are 24 hours in the night in which the clocks go back."""
    async with stage_on(database_url, [match_entry("2026-10-25T14:00")], now="2026-10-20T10:00") as stage:
        asked = await stage.say(CLUB, "!book bane 1 slåning fredag kl. 15")
        assert question_lines(asked)[3] == "1️⃣ lørdag den 24. oktober kl. 15-17"
