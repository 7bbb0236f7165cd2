"""Series: questions before the booking, times that are detached, and timers."""

from datetime import UTC, datetime, timedelta

import pytest
from skovby_stage import CLUB, FIRM, OTHER, make_agreement, read_agreement, stage_on, texts_of
from sqlalchemy import select

from bot.api import State
from bot.store.tables import reservations


async def test_every_time_of_a_series_is_reserved_and_keeps_its_local_clock_time(database_url: str) -> None:
    async with stage_on(database_url, "2026-10-06T10:00") as stage:
        await make_agreement(stage, "hver fredag kl. 9 de næste 5 uger")
        hours = [span.start.hour for span in (await read_agreement(stage, 1)).negotiation.terms.spans]
        assert hours == [7, 7, 7, 8, 8]  # UTC; the clocks go back on 25 October
        async with stage.context.store.read() as connection:
            held = (await connection.execute(select(reservations.c.start).order_by(reservations.c.start))).scalars()
            assert [start.hour for start in held] == hours


async def test_taken_dates_are_listed_and_the_others_offered(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(OTHER, "!book bane 1 slåning fredag den 19. juni kl. 10 @groen-pleje")
        asked = await stage.say(CLUB, "!book bane 1 slåning hver fredag kl. 9 de næste 4 uger @groen-pleje")
        assert texts_of(asked)[0].splitlines()[:3] == [
            "Bane 1 er optaget 1 af de 4 gange:",
            "fredag den 19. juni kl. 10-12: Hylke IF har den (aftale 1)",
            "Vil du have de andre, eller vil du skrive et andet tidspunkt?",
        ]
        shown = await stage.tap(CLUB, "1️⃣", asked[0].event)
        assert texts_of(shown)[0].splitlines()[1] == (
            "🕑 hver fredag kl. 9-11 fra 12. juni til 3. juli undtagen 19. juni – i alt 3 gange"
        )


async def test_single_booking_in_the_middle_of_a_series_is_refused_and_beside_it_is_not(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "hver fredag kl. 9 de næste 4 uger")
        taken = await stage.say(OTHER, "!book bane 1 slåning fredag den 26. juni kl. 10 @groen-pleje")
        free = await stage.say(OTHER, "!book bane 1 slåning torsdag den 25. juni kl. 10 @groen-pleje")
        assert texts_of(taken)[0].startswith("Bane 1 er optaget fredag den 26. juni kl. 9-11")
        assert texts_of(free)[0].startswith("📋 Aftale 2")


@pytest.mark.parametrize(("tap", "count"), [("1️⃣", 3), ("2️⃣", 4)])
async def test_holidays_are_shown_and_skipped_by_choice(tap: str, count: int, database_url: str) -> None:
    async with stage_on(database_url, "2027-04-27T10:00") as stage:
        asked = await stage.say(CLUB, "!book bane 1 slåning hver torsdag kl. 9 de næste 4 uger @groen-pleje")
        assert texts_of(asked)[0].splitlines()[:2] == [
            "1 af de 4 gange falder på en helligdag:",
            "torsdag den 6. maj (Kristi himmelfartsdag)",
        ]
        await stage.tap(CLUB, tap, asked[0].event)
        assert len((await read_agreement(stage, 1)).negotiation.terms.spans) == count


async def test_series_without_a_clock_time_asks_for_it_and_keeps_the_rest(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        asked = await stage.say(CLUB, "!book bane 1 slåning hver onsdag til 1. juli @groen-pleje")
        assert texts_of(asked) == ["Hvad tid på dagen? Skriv for eksempel kl. 9."]
        shown = await stage.say(CLUB, "kl. 17")
        assert "hver onsdag kl. 17-19 fra 10. juni til 1. juli" in texts_of(shown)[0]


async def test_season_that_has_begun_and_the_next_one_are_offered(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        asked = await stage.say(CLUB, "!book bane 1 slåning hver tirsdag kl. 9 fra april til oktober @groen-pleje")
        assert texts_of(asked)[0].splitlines()[1:3] == [
            "1️⃣ hver tirsdag kl. 9 fra 6. april 2027 til 26. oktober 2027",
            "2️⃣ hver tirsdag kl. 9 fra 16. juni til 27. oktober",
        ]
        shown = await stage.tap(CLUB, "2️⃣", asked[0].event)
        assert texts_of(shown)[0].splitlines()[1].endswith("til 27. oktober – i alt 20 gange")


async def test_too_many_times_and_times_into_each_other_are_refused(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        daily = await stage.say(CLUB, "!book bane 1 slåning hver dag kl. 9 @groen-pleje")
        long = await stage.say(CLUB, "!book bane 1 slåning hver dag kl. 9 i 30 timer de næste 2 uger @groen-pleje")
        assert texts_of(daily)[0].startswith("Det er mere end 200 gange.")
        assert texts_of(long)[0].startswith("Hver gang begynder, før den forrige er slut.")


async def test_another_clock_time_for_all_is_agreed_once(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        card = await make_agreement(stage, "hver fredag kl. 9 de næste 4 uger")
        await stage.say(FIRM, "kl. 10 passer bedre", under=card)
        await stage.say(CLUB, "!ja 1")
        series = await read_agreement(stage, 1)
        assert [span.start.hour for span in series.negotiation.terms.spans] == [8, 8, 8, 8]
        assert (str(series.state), series.negotiation.offers) == ("agreed", ())


async def test_from_one_time_on_all_are_cancelled_and_the_rest_stands(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "hver fredag kl. 9 de næste 4 uger")
        heard = await stage.say(FIRM, "!aflys 1 fra og med den 26. juni ferie")
        assert texts_of(heard)[1].splitlines() == [
            "❌ Grøn Pleje har aflyst 2 af gangene i aftale 1 (slåning af bane 1): fredag den 26. juni,"
            " fredag den 3. juli. "
            "Grund: “ferie”",
            "Resten gælder stadig.",
        ]
        again = await stage.say(CLUB, "!aflys 1 alle")
        assert texts_of(again)[0].splitlines()[-1] == "Aflyst"  # the reason was one for two of the times
        assert str((await read_agreement(stage, 1)).state) == "cancelled"


async def test_only_parties_split_a_series(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "hver fredag kl. 9 de næste 4 uger")
        for command in ("!spring 1 over fredag", "!flyt 1 fredag til lørdag", "!aflys 1 alle"):
            assert texts_of(await stage.say(OTHER, command))[0].startswith("Aftale 1 er mellem Skovby IF og Grøn Pleje")
        assert len((await read_agreement(stage, 1)).negotiation.terms.spans) == 4


async def test_day_without_a_time_of_the_series_is_refused(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "hver fredag kl. 9 de næste 4 uger")
        heard = await stage.say(FIRM, "!spring 1 over torsdag")
        assert texts_of(heard)[0].startswith("Aftale 1 gælder hver fredag kl. 9-11 fra 12. juni")


async def test_no_more_is_cancelled_than_was_named(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning hver fredag kl. 9 de næste 2 uger @groen-pleje")
        assert texts_of(await stage.say(CLUB, "!aflys 1 den 19. juni"))[0].startswith("Svar først på alle gangene")
        await stage.say(FIRM, "!accepter 1")
        await stage.say(FIRM, "!spring 1 over den 19. juni")
        only = (await read_agreement(stage, 1)).negotiation.terms
        assert not only.is_series
        for day in ("den 19. juni", "den 26. juni"):
            assert texts_of(await stage.say(FIRM, f"!aflys 1 {day}"))[0].startswith(
                "Aftale 1 gælder fredag den 12. juni"
            )
        assert (await read_agreement(stage, 1)).state is State.AGREED
        await stage.say(FIRM, "!aflys 1 lørdag er der kamp")  # a weekday is no part of a reason
        assert (await read_agreement(stage, 1)).state is State.AGREED
        await stage.say(FIRM, "!aflys 1 der er kamp")
        assert (await read_agreement(stage, 1)).state is State.CANCELLED


async def test_each_time_is_asked_about_when_it_is_over_and_done_by_itself(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "hver fredag kl. 9 de næste 3 uger")
        heard = await stage.wait(timedelta(days=3, hours=4))
        assert (
            texts_of(heard)[-1] == "Grøn Pleje, blev slåning af bane 1 gjort? Skriv !færdig 2, så får Skovby IF besked."
        )
        await stage.say(FIRM, "!færdig 2")
        await stage.say(CLUB, "!bekræft 2")
        assert str((await read_agreement(stage, 2)).state) == "confirmed"
        assert len((await read_agreement(stage, 1)).negotiation.terms.spans) == 2
        again = await stage.wait(timedelta(days=14))
        assert [text for text in texts_of(again) if "gjort?" in text] == [
            "Blev det gjort? Skriv !færdig og nummeret, for eksempel !færdig 1, så får den anden besked.\n"
            "3: slåning af bane 1, fre. 19. juni kl. 9-11 (Skovby IF og Grøn Pleje)\n"
            "4: slåning af bane 1, fre. 26. juni kl. 9-11 (Skovby IF og Grøn Pleje)"
        ]
        assert str((await read_agreement(stage, 1)).state) == "passed"
        assert texts_of(await stage.say(CLUB, "!aftaler"))[0].splitlines()[0] == "Aftalt"
        assert texts_of(await stage.say(FIRM, "!flyt 1 fredag kl. 9")) == ["Alle gangene i aftale 1 er overstået."]


async def test_work_is_reported_for_the_time_that_has_begun(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "hver fredag kl. 9 de næste 3 uger")
        assert texts_of(await stage.say(FIRM, "!færdig 1"))[0].startswith("Aftale 1 er ikke begyndt endnu")
        stage.now = datetime(2026, 6, 12, 8, 30, tzinfo=UTC)
        await stage.say(FIRM, "!færdig 1")
        assert [str((await read_agreement(stage, number)).state) for number in (1, 2)] == ["agreed", "done"]
        assert (await read_agreement(stage, 2)).recurrence == datetime(2026, 6, 12, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("which", "offered"),
    [
        ("den 17. juli til torsdag kl. 13", "torsdag den 16. juli kl. 13-15"),
        ("den 17. juli til torsdag", "torsdag den 16. juli kl. 9-11"),
        ("den 17. juli til i morgen kl. 13", "onsdag den 10. juni kl. 13-15"),
        ("den 17. juli til lørdag den 25. juli", "lørdag den 25. juli kl. 9-11"),
        ("den 12. juni til onsdag kl. 13", "onsdag den 10. juni kl. 13-15"),
        ("den 12. juni til mandag", "mandag den 15. juni kl. 9-11"),
        (
            "fra og med uge 29 til torsdag kl. 8",
            "hver torsdag kl. 8-10 fra 16. juli til 30. juli",
        ),
        ("fra og med uge 29 til torsdag", "hver torsdag kl. 9-11 fra 16. juli til 30. juli"),
    ],
)
async def test_weekday_alone_is_in_the_week_of_the_time_that_is_moved(
    which: str, offered: str, database_url: str
) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "hver fredag kl. 9 fra 12. juni til 31. juli")
        shown = await stage.say(FIRM, f"!flyt 1 {which}")
        assert [line for line in texts_of(shown)[1].splitlines() if "🔁" in line] == [
            f"🔁 Grøn Pleje foreslår at flytte til {offered}"
        ]


async def test_weekday_said_under_the_card_of_another_week_is_in_that_week(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning fredag den 26. juni kl. 9 @groen-pleje"))[0].event
        await stage.say(FIRM, "hellere torsdag", under=card)
        assert (await read_agreement(stage, 1)).negotiation.offers[-1].terms.start == datetime(
            2026, 6, 25, 7, tzinfo=UTC
        )


async def test_day_said_in_the_thread_asks_which_time_is_meant(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        card = await make_agreement(stage, "hver fredag kl. 9 de næste 3 uger")
        asked = await stage.say(FIRM, "torsdag kl. 13 passer bedre", under=card)
        assert texts_of(asked)[0].splitlines()[:2] == ["Hvilken gang i aftale 1 skal flyttes?", "1️⃣ fredag den 12. juni"]
        shown = await stage.tap(FIRM, "1️⃣", asked[0].event)
        assert "🔁 Grøn Pleje foreslår at flytte til torsdag den 11. juni kl. 13-15" in texts_of(shown)[1]


async def test_card_of_a_time_that_parted_names_its_series_in_every_state(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "hver fredag kl. 9 de næste 4 uger")
        heard = await stage.say(CLUB, "!flyt 1 den 19. juni til torsdag den 18. juni kl. 9")
        heard += await stage.say(FIRM, "!accepter 2")
        heard += await stage.say(FIRM, "!aflys 2 regnvejr")
        titles = [one.plain.splitlines()[0] for one in heard if one.plain[2:].startswith("Aftale 2: ")]
        work = "Aftale 2: slåning af bane 1 (fra den faste aftale 1)"
        assert titles == [f"✅ {work}", f"✅ {work}", f"❌ {work}"]


async def test_days_of_another_year_are_told_with_it(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "hver fredag kl. 9 fra april 2027 til juni 2027")
        heard = await stage.say(CLUB, "!spring 1 over den 11. juni 2027")
        assert "fredag den 11. juni 2027." in texts_of(heard)[-1]
