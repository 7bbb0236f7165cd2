"""The parties are told once when a new, moved or cancelled match affects their agreement."""

from dataclasses import replace

from match_stage import CLUB, FIRM, OTHER, SATURDAY, match_entry, stage_on, texts_of

SUNDAY = "2026-06-14T14:00"


async def test_new_match_is_told_once_under_the_card(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9"))[0].event
        heard = await stage.set_calendar_entries([match_entry(SATURDAY)])
        assert texts_of(heard)[0].splitlines() == [
            "⚠️ Skovby IF og Grøn Pleje, kampprogrammet er ændret, og aftale 1 (slåning af bane 1"
            " lør. 13. juni kl. 9-11) passer nu dårligt:",
            "Bane 1 skal have 12 timers ro efter slåning, og der er kamp lørdag den 13. juni kl. 14-16",
            "Disse tider er bedre:",
            "1️⃣ Foreslå fredag den 12. juni kl. 14-16",
            "2️⃣ Foreslå lørdag den 13. juni kl. 16-18",
            "3️⃣ Foreslå søndag den 14. juni kl. 9-11",
            "Tryk på et tal, eller svar på den her besked med tallet.",
        ]
        parties = [stage.community.person(handle) for handle in (CLUB, FIRM)]
        assert heard[0].target == card
        assert sorted(heard[0].notify) == sorted(address for one in parties if one for address in one.addresses)
        assert await stage.set_calendar_entries([match_entry(SATURDAY)]) == []
        assert (
            await stage.set_calendar_entries([replace(match_entry(SATURDAY), title="Skovby IF – Ry FC (pokal)")]) == []
        )


async def test_tap_of_a_party_proposes_the_move(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        told = (await stage.set_calendar_entries([match_entry(SATURDAY)]))[0].event
        refused = await stage.tap(OTHER, "1️⃣", told)
        assert texts_of(refused)[0].startswith("Aftale 1 er mellem Skovby IF og Grøn Pleje")
        moved = await stage.tap(FIRM, "1️⃣", told)
        assert texts_of(moved)[-1].startswith("Skovby IF, Grøn Pleje foreslår fredag den 12. juni kl. 14-16 i stedet.")


async def test_match_that_moves_away_is_told_once(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        await stage.set_calendar_entries([match_entry(SATURDAY)])
        heard = await stage.set_calendar_entries([match_entry("2026-06-20T14:00")])
        assert texts_of(heard) == [
            "👍 Skovby IF og Grøn Pleje, kampprogrammet er ændret, så aftale 1 (slåning af bane 1"
            " lør. 13. juni kl. 9-11) ikke længere rammer en kamp."
        ]
        assert await stage.set_calendar_entries([]) == []


async def test_cancelled_match_is_told_once(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        await stage.set_calendar_entries([match_entry(SATURDAY)])
        assert len(texts_of(await stage.set_calendar_entries([]))) == 1
        assert await stage.set_calendar_entries([]) == []


async def test_match_that_moves_from_one_clash_to_another_is_told_with_the_new_one_alone(database_url: str) -> None:
    async with stage_on(database_url, [match_entry(SATURDAY)]) as stage:
        await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        first = texts_of(await stage.set_calendar_entries([match_entry(SUNDAY)]))
        assert [one.splitlines()[1] for one in first] == [
            "Der er kamp på bane 1 søndag den 14. juni kl. 14-16, og slåning skal helst ske"
            " i de sidste 24 timer før kampen"
        ]
        second = texts_of(await stage.set_calendar_entries([match_entry("2026-06-12T15:00")]))
        assert len(second) == 1
        assert "fredag den 12. juni kl. 15-17: der er kamp på bane 1" in second[0]


async def test_several_agreements_are_one_message_with_a_tap_for_each(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        await stage.say(OTHER, "!book bane 2 slåning lørdag kl. 11")
        heard = await stage.set_calendar_entries(
            [match_entry(SATURDAY), match_entry("2026-06-13T12:00", title="U17", where="Bane 2")]
        )
        assert texts_of(heard)[0].splitlines() == [
            "⚠️ Kampprogrammet er ændret, og de her aftaler passer nu dårligt:",
            "aftale 1: slåning af bane 1 lør. 13. juni kl. 9-11 (Skovby IF og Grøn Pleje) – Bane 1 skal have 12"
            " timers ro efter slåning, og der er kamp lørdag den 13. juni kl. 14-16",
            "aftale 2: slåning af bane 2 lør. 13. juni kl. 11-13 (Hylke IF og Grøn Pleje) – lørdag den 13. juni"
            " kl. 12-14: der er kamp på bane 2 (U17)",
            "Disse tider er bedre:",
            "1️⃣ Aftale 1: foreslå fre. 12. juni kl. 14-16",
            "2️⃣ Aftale 2: foreslå fre. 12. juni kl. 12-14",
            "Tryk på et tal, eller svar på den her besked med tallet.",
        ]
        assert len(texts_of(heard)) == 1
        well = await stage.set_calendar_entries([])
        assert texts_of(well) == [
            "👍 Kampprogrammet er ændret, så de her aftaler ikke længere rammer en kamp:\n"
            "aftale 1: slåning af bane 1 lør. 13. juni kl. 9-11 (Skovby IF og Grøn Pleje)\n"
            "aftale 2: slåning af bane 2 lør. 13. juni kl. 11-13 (Hylke IF og Grøn Pleje)"
        ]
        moved = await stage.tap(OTHER, "2️⃣", heard[0].event)
        assert "fredag den 12. juni kl. 12-14" in texts_of(moved)[-1]


async def test_single_time_of_a_series_is_moved(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning hver lørdag kl. 9 de næste 3 uger"))[0].event
        await stage.tap(FIRM, "✅", card)
        heard = await stage.set_calendar_entries([match_entry("2026-06-20T14:00")])
        assert texts_of(heard)[0].splitlines()[3] == "1️⃣ Foreslå fredag den 19. juni kl. 14-16"
        moved = await stage.tap(CLUB, "1️⃣", heard[0].event)
        assert texts_of(moved)[-1].startswith("Grøn Pleje, Skovby IF vil gerne flytte aftale 2 til fredag den 19. juni")


async def test_confirmed_clash_is_not_told_when_another_match_moves(database_url: str) -> None:
    other = match_entry("2026-06-20T14:00", title="U17")
    async with stage_on(database_url, [match_entry(SATURDAY), other]) as stage:
        asked = await stage.say(CLUB, "!book bane 1 gødning lørdag kl. 9")
        await stage.tap(CLUB, "4️⃣", asked[0].event)
        assert (
            await stage.set_calendar_entries([match_entry(SATURDAY), match_entry("2026-06-21T14:00", title="U17")])
            == []
        )


async def test_past_and_cancelled_work_is_not_told_about(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await stage.say(CLUB, "!book bane 1 slåning lørdag kl. 9")
        await stage.say(CLUB, "!aflys 1")
        assert await stage.set_calendar_entries([match_entry(SATURDAY)]) == []
