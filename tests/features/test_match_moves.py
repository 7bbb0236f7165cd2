"""A match that is moved, new or gone speaks up once in the agreements it hits."""

from dataclasses import replace

from match_day import CLUB, FIRM, OTHER, SATURDAY, match, said, stage_on

SUNDAY = "2026-06-14T14:00"


async def test_new_match_speaks_up_under_the_card_and_not_again(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9"))[0].event
        heard = await stage.set_calendar_entries([match(SATURDAY)])
        assert said(heard)[0].splitlines() == [
            "⚠️ Skovby IF og Grøn Pleje, kampprogrammet er ændret, og aftale 1 (slåning af bane 1"
            " lør. 13. juni kl. 9-11) passer dårligt nu:",
            "Bane 1 skal have 12 timers ro efter slåning, og der er kamp lørdag den 13. juni kl. 14-16, uge 24",
            "Disse tider er bedre:",
            "1️⃣ Foreslå fredag den 12. juni kl. 14-16, uge 24",
            "2️⃣ Foreslå lørdag den 13. juni kl. 16-18, uge 24",
            "3️⃣ Foreslå søndag den 14. juni kl. 9-11, uge 24",
            "Tryk på et tal, eller svar med det på denne besked.",
        ]
        parties = [stage.community.person(handle) for handle in (CLUB, FIRM)]
        assert heard[0].target == card
        assert sorted(heard[0].notify) == sorted(address for one in parties if one for address in one.addresses)
        assert await stage.set_calendar_entries([match(SATURDAY)]) == []
        assert await stage.set_calendar_entries([replace(match(SATURDAY), title="Skovby IF – Ry FC (pokal)")]) == []


async def test_tap_proposes_the_move_for_a_party_alone(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        told = (await stage.set_calendar_entries([match(SATURDAY)]))[0].event
        refused = await stage.tap(OTHER, "1️⃣", told)
        assert said(refused)[0].startswith("Aftale 1 er mellem Skovby IF og Grøn Pleje")
        moved = await stage.tap(FIRM, "1️⃣", told)
        assert said(moved)[-1].startswith(
            "Skovby IF, Grøn Pleje foreslår fredag den 12. juni kl. 14-16, uge 24 i stedet."
        )


async def test_match_that_moves_away_says_so_once(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        await stage.set_calendar_entries([match(SATURDAY)])
        heard = await stage.set_calendar_entries([match("2026-06-20T14:00")])
        assert said(heard) == [
            "👍 Skovby IF og Grøn Pleje, kampprogrammet er ændret, så aftale 1 (slåning af bane 1"
            " lør. 13. juni kl. 9-11) ikke længere rammer en kamp."
        ]
        assert await stage.set_calendar_entries([]) == []


async def test_cancelled_match_says_so_once(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        await stage.set_calendar_entries([match(SATURDAY)])
        assert len(said(await stage.set_calendar_entries([]))) == 1
        assert await stage.set_calendar_entries([]) == []


async def test_match_that_moves_from_one_clash_into_another_speaks_of_the_new_one_alone(database_url: str) -> None:
    async with stage_on(database_url, [match(SATURDAY)]) as stage:
        await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        first = said(await stage.set_calendar_entries([match(SUNDAY)]))
        assert [one.splitlines()[1] for one in first] == [
            "Der er kamp på bane 1 søndag den 14. juni kl. 14-16, uge 24, og slåning er bedst højst 24 timer før"
        ]
        second = said(await stage.set_calendar_entries([match("2026-06-12T15:00")]))
        assert len(second) == 1
        assert "fredag den 12. juni kl. 15-17, uge 24: der er kamp på bane 1" in second[0]


async def test_several_agreements_are_one_message_with_a_tap_for_each(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        await stage.say(OTHER, "!book bane 2 slåning lørdag kl. 11")
        heard = await stage.set_calendar_entries(
            [match(SATURDAY), match("2026-06-13T12:00", title="U17", where="Bane 2")]
        )
        assert said(heard)[0].splitlines() == [
            "⚠️ Kampprogrammet er ændret, og disse aftaler passer dårligt nu:",
            "1: slåning af bane 1 lør. 13. juni kl. 9-11 (Skovby IF og Grøn Pleje) – Bane 1 skal have 12 timers ro"
            " efter slåning, og der er kamp lørdag den 13. juni kl. 14-16, uge 24",
            "2: slåning af bane 2 lør. 13. juni kl. 11-13 (Hylke IF og Grøn Pleje) – lørdag den 13. juni kl. 12-14,"
            " uge 24: der er kamp på bane 2 (U17)",
            "Disse tider er bedre:",
            "1️⃣ Aftale 1: foreslå fre. 12. juni kl. 14-16",
            "2️⃣ Aftale 2: foreslå fre. 12. juni kl. 12-14",
            "Tryk på et tal, eller svar med det på denne besked.",
        ]
        assert len(said(heard)) == 1
        well = await stage.set_calendar_entries([])
        assert said(well) == [
            "👍 Kampprogrammet er ændret, så disse aftaler ikke længere rammer en kamp:\n"
            "1: slåning af bane 1 lør. 13. juni kl. 9-11 (Skovby IF og Grøn Pleje)\n"
            "2: slåning af bane 2 lør. 13. juni kl. 11-13 (Hylke IF og Grøn Pleje)"
        ]
        moved = await stage.tap(OTHER, "2️⃣", heard[0].event)
        assert "fredag den 12. juni kl. 12-14" in said(moved)[-1]


async def test_one_time_of_a_series_is_moved_for_itself(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning hver lørdag kl. 9 de næste 3 uger"))[0].event
        await stage.tap(FIRM, "✅", card)
        heard = await stage.set_calendar_entries([match("2026-06-20T14:00")])
        assert said(heard)[0].splitlines()[3] == "1️⃣ Foreslå fredag den 19. juni kl. 14-16, uge 25"
        moved = await stage.tap(CLUB, "1️⃣", heard[0].event)
        assert said(moved)[-1].startswith("Grøn Pleje, Skovby IF vil gerne flytte aftale 2 til fredag den 19. juni")


async def test_what_was_booked_anyway_is_not_spoken_of_when_another_match_moves(database_url: str) -> None:
    other = match("2026-06-20T14:00", title="U17")
    async with stage_on(database_url, [match(SATURDAY), other]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 gødning lørdag kl. 9")
        await stage.tap(CLUB, "4️⃣", asked[0].event)
        assert await stage.set_calendar_entries([match(SATURDAY), match("2026-06-21T14:00", title="U17")]) == []


async def test_work_that_is_over_or_called_off_is_not_spoken_of(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        await stage.say(CLUB, "!aflys 1")
        assert await stage.set_calendar_entries([match(SATURDAY)]) == []
