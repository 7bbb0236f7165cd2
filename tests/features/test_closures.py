"""Closures by command: which agreements they affect, what is asked, and what becomes of the agreements."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from closures_stage import (
    CLUB,
    FIRM,
    MAINTAINER,
    RIVAL,
    close_and_answer,
    closed_times,
    make_agreement,
    on_sqlite,
    stage_on,
    states_of,
)
from skovby_stage import read_agreement, texts_of
from sqlalchemy import select

from bot.api import PERSON, TASK, THING, TIME, Argument, Command, Feature, Person, Request, Task, Terms, Thing, When
from bot.api import propose as ask_for
from bot.config.usage_rules import Closure
from bot.features.closures import feature
from bot.store.tables import reservations
from bot.testing import compare_tables

WEEK = "mandag den 8. juni til søndag den 14. juni"


async def test_migrations_make_the_declared_tables(database_url: str) -> None:
    assert await compare_tables(database_url, feature) == []


async def test_all_are_cancelled_and_told_once_in_their_threads(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        cards = [
            await make_agreement(stage, "slåning onsdag kl. 9"),
            await make_agreement(stage, "opkridtning fredag kl. 9", RIVAL),
        ]
        await stage.say(CLUB, "!book bane 1 slåning torsdag kl. 9 @groen-pleje")
        await make_agreement(stage, "slåning mandag kl. 9")
        asked = await stage.say(MAINTAINER, "!luk bane 1 i uge 24 oversvømmet")
        assert texts_of(asked)[0].splitlines()[:4] == [
            f"3 aftaler bliver ramt, hvis bane 1 er lukket {WEEK}:",
            "aftale 1: slåning, ons. 10. juni kl. 9-11 (Skovby IF og Grøn Pleje)",
            "aftale 2: opkridtning, fre. 12. juni kl. 9-10 (Hylke IF og Grøn Pleje)",
            "aftale 3: slåning, tor. 11. juni kl. 9-11 (Skovby IF og Grøn Pleje) – ikke aftalt endnu",
        ]
        heard = await stage.tap(MAINTAINER, "1️⃣", asked[0].event)
        why = f"Bane 1 er lukket {WEEK} (oversvømmet)"
        told = [one for one in heard if one.kind == "say"]
        assert [one.plain for one in told] == [
            f"🔒 {why}. Skovby IF og Grøn Pleje, slåning af bane 1 onsdag den 10. juni kl. 9-11 er derfor aflyst.",
            f"🔒 {why}. Hylke IF og Grøn Pleje, opkridtning af bane 1 fredag den 12. juni kl. 9-10 er derfor aflyst.",
            f"🔒 {why}. Skovby IF og Grøn Pleje, slåning af bane 1 torsdag den 11. juni kl. 9-11 er derfor aflyst.",
            f"🔒 {why}.\n3 aftaler er aflyst.\nParterne har fået besked.",
        ]
        assert [one.target for one in told[:2]] == cards
        edited = [one.plain for one in heard if one.kind == "edit"]
        assert edited[0].splitlines()[-1] == f"Aflyst: “{why}”"
        assert await states_of(stage, 1, 2, 3, 4) == ["cancelled", "cancelled", "cancelled", "agreed"]
        history = texts_of(await stage.say(CLUB, "!historik 1"))[0].splitlines()[-1]
        assert history == f"tir. 9. juni kl. 10: Banevagten lukkede, så den blev aflyst – “{why}”"


async def test_all_are_moved_each_to_a_time_of_its_own_that_both_have_to_accept(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "slåning onsdag kl. 9")
        await make_agreement(stage, "slåning onsdag kl. 12", RIVAL)
        heard = await close_and_answer(stage, "!luk bane 1 onsdag", "2️⃣")
        assert heard[-1].splitlines()[1] == (
            "2 tider er aflyst, og nye er foreslået. De gælder først, når begge parter har sagt ja."
        )
        talks = [(await read_agreement(stage, number)).negotiation for number in (1, 2)]
        assert [(str(talk.state), talk.standing, talk.terms.start.hour) for talk in talks] == [
            ("proposed", None, 5),
            ("proposed", None, 7),
        ]
        await stage.say(FIRM, "!ja 1")
        assert await states_of(stage, 1, 2) == ["proposed", "proposed"]
        await stage.say(CLUB, "!ja")
        await stage.say(RIVAL, "!nej 2")
        assert await states_of(stage, 1, 2) == ["agreed", "cancelled"]


async def test_moved_time_that_nobody_answers_lapses(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning onsdag kl. 9")
        await close_and_answer(stage, "!luk bane 1 onsdag", "2️⃣")
        await stage.wait(timedelta(days=3))
        assert await states_of(stage, 1) == ["lapsed"]


async def test_both_are_reminded_of_the_answer_they_owe(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning fredag kl. 9")
        await close_and_answer(stage, "!luk bane 1 i uge 24", "2️⃣")
        heard = await stage.wait(timedelta(days=1, minutes=1))
        nudges = [one for one in heard if "mangler" in one.plain]
        assert [one.plain for one in nudges] == [
            "⏳ Grøn Pleje og Skovby IF, I mangler begge at svare på slåning af bane 1 "
            "mandag den 15. juni kl. 7-9. Svar med ✅ eller ❌."
        ]
        assert len(nudges[0].notify) == 2


async def test_answer_not_to_close_changes_nothing(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning onsdag kl. 9")
        assert await close_and_answer(stage, "!luk bane 1 onsdag", "3️⃣") == [
            "Godt, så lukker jeg ikke bane 1. Ingen aftaler er ændret."
        ]
        assert (await states_of(stage, 1), await closed_times(stage)) == (["agreed"], [])


async def test_series_loses_only_its_affected_times(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning hver fredag kl. 9 de næste 4 uger")
        heard = await close_and_answer(stage, "!luk bane 1 i uge 25 gødning", "1️⃣")
        assert heard[1] == (
            "🔒 Bane 1 er lukket mandag den 15. juni til søndag den 21. juni (gødning). "
            "Skovby IF og Grøn Pleje, de her tider i aftale 1 er derfor aflyst: fre. 19. juni kl. 9-11. "
            "Kortet viser, hvad der er tilbage."
        )
        series = (await read_agreement(stage, 1)).negotiation
        assert (str(series.state), [span.start.day for span in series.terms.spans]) == ("agreed", [12, 26, 3])
        await close_and_answer(stage, "!luk bane 1 fra 10. juni til 31. juli", "1️⃣")
        assert await states_of(stage, 1) == ["cancelled"]


async def test_affected_times_of_a_series_are_moved_one_by_one(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "slåning hver fredag kl. 9 de næste 4 uger")
        heard = await close_and_answer(stage, "!luk bane 1 fra 18. juni til 27. juni", "2️⃣")
        assert heard[-1].splitlines()[1].startswith("2 tider er aflyst, og nye er foreslået.")
        assert len([text for text in heard if text.startswith("🔒 Bane 1 er lukket")]) == 3  # two threads and the room
        assert [span.start.day for span in (await read_agreement(stage, 1)).negotiation.terms.spans] == [12, 3]
        talks = [(await read_agreement(stage, number)).negotiation for number in (2, 3)]
        assert [(str(talk.state), talk.terms.start.astimezone(UTC).day) for talk in talks] == [("proposed", 28)] * 2
        assert (await read_agreement(stage, 2)).recurrence == datetime(2026, 6, 19, 7, tzinfo=UTC)


async def test_too_many_times_are_not_moved_at_once(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning hver dag kl. 9 de næste 3 uger")
        asked = await stage.say(MAINTAINER, "!luk bane 1 fra i morgen til 30. juni")
        taps = [one.plain for one in asked if one.kind == "react"]
        assert taps == ["1️⃣", "2️⃣"]
        assert "Det er flere tider, end jeg kan finde nye til på én gang." in texts_of(asked)[0]


async def test_proposed_series_is_offered_without_its_affected_times(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning hver fredag kl. 9 de næste 4 uger @groen-pleje"))[0].event
        await close_and_answer(stage, "!luk bane 1 i uge 25", "2️⃣")
        await stage.tap(FIRM, "✅", card)
        series = (await read_agreement(stage, 1)).negotiation
        assert (str(series.state), [span.start.day for span in series.terms.spans]) == ("agreed", [12, 26, 3])


async def test_booking_made_after_the_question_makes_it_ask_again(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        await make_agreement(stage, "slåning onsdag kl. 9")
        asked = await stage.say(MAINTAINER, "!luk bane 1 onsdag")
        await make_agreement(stage, "opkridtning onsdag kl. 7", RIVAL)
        again = await stage.tap(MAINTAINER, "1️⃣", asked[0].event)
        assert texts_of(again)[0].splitlines()[:2] == [
            "Der er sket noget, siden jeg spurgte, så jeg spørger igen. Intet er ændret endnu.",
            "2 aftaler bliver ramt, hvis bane 1 er lukket onsdag den 10. juni:",
        ]
        assert (await states_of(stage, 1, 2), await closed_times(stage)) == (["agreed", "agreed"], [])
        await stage.tap(MAINTAINER, "1️⃣", again[0].event)
        assert await states_of(stage, 1, 2) == ["cancelled", "cancelled"]


async def test_booking_cancelled_after_the_question_does_not_prevent_closing(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning onsdag kl. 9")
        asked = await stage.say(MAINTAINER, "!luk bane 1 onsdag")
        await stage.say(CLUB, "!aflys 1")
        assert texts_of(await stage.tap(MAINTAINER, "2️⃣", asked[0].event)) == [
            "🔒 Bane 1 er lukket onsdag den 10. juni."
        ]


async def test_only_the_person_who_was_asked_can_answer(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning onsdag kl. 9")
        asked = await stage.say(MAINTAINER, "!luk bane 1 onsdag")
        assert texts_of(await stage.tap(CLUB, "1️⃣", asked[0].event)) == ["Det spørgsmål var til Banevagten."]
        assert (await states_of(stage, 1), await closed_times(stage)) == (["agreed"], [])


async def test_work_that_has_begun_is_finished(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning tirsdag den 9. juni kl. 11")
        stage.now += timedelta(hours=2)
        heard = await stage.say(MAINTAINER, "!luk bane 1 i dag")
        assert texts_of(heard)[0].splitlines()[1] == "Det, der allerede er i gang, bliver gjort færdigt."
        assert await states_of(stage, 1) == ["agreed"]


async def test_edited_message_asks_again_while_unanswered_and_is_too_late_afterwards(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        await make_agreement(stage, "slåning onsdag kl. 9")
        first = stage.incoming(MAINTAINER, "message", {"text": "!luk bane 1 onsdag", "to_us": False, "mentions": []})
        await stage.bring(first)
        edit = {"text": "!luk bane 1 torsdag", "to_us": False, "mentions": [], "target": first.external_id}
        heard = await stage.bring(stage.incoming(MAINTAINER, "edit", edit))
        assert texts_of(heard) == ["🔒 Bane 1 er lukket torsdag den 11. juni."]
        late = await stage.bring(stage.incoming(MAINTAINER, "edit", {**edit, "text": "!luk bane 1 fredag"}))
        assert texts_of(late)[0].startswith("Det er for sent at rette den besked")
        assert await closed_times(stage) == [(datetime(2026, 6, 11), datetime(2026, 6, 12))]


async def test_moved_time_avoids_the_closures_of_the_file(tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path)) as stage:
        things = tuple(
            replace(
                thing,
                usage=replace(
                    thing.usage, closures=(Closure("vand", first=date(2026, 6, 11), last=date(2026, 6, 12)),)
                ),
            )
            for thing in stage.community.things
        )
        stage.context.rooms.communities.update(
            {place: replace(one, things=things) for place, one in stage.context.rooms.communities.items()}
        )
        await make_agreement(stage, "slåning onsdag kl. 9")
        await close_and_answer(stage, "!luk bane 1 onsdag", "2️⃣")
        assert (await read_agreement(stage, 1)).negotiation.terms.start == datetime(2026, 6, 13, 5, tzinfo=UTC)


async def lend(request: Request, thing: Thing, task: Task, time: When, person: Person) -> None:
    """Propose an agreement, as a feature of another package does."""
    assert isinstance(time.start, datetime)
    start = request.moment(time.start)
    made = await ask_for(
        request, attendee=person, terms=Terms(start, start + timedelta(hours=1)), thing=thing, task=task
    )
    await request.say("lent", number=made.number)


def make_plugin(folder: Path, **more: object) -> Feature:
    (folder / "texts").mkdir()
    for language in ("da", "en"):
        texts = (
            'help-title: L\nhelp-lend: l\nexample-lend: "!laan"\nlent: "{{ number }}"\ntold: "{{ number }} {{ why }}"\n'
        )
        (folder / "texts" / f"{language}.yaml").write_text(texts, encoding="utf-8")
    wanted = (Argument("thing", THING), Argument("task", TASK), Argument("time", TIME), Argument("person", PERSON))
    return Feature("citizens", folder, (Command("lend", {"da": ("laan",)}, lend, wanted),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("tap", ["1️⃣", "2️⃣"])
async def test_agreement_of_a_feature_without_on_cleared_is_cancelled_and_told(tap: str, tmp_path: Path) -> None:
    async with stage_on(on_sqlite(tmp_path), make_plugin(tmp_path)) as stage:
        await stage.say(CLUB, "!laan bane 1 slåning onsdag kl. 9 @groen-pleje")
        heard = await close_and_answer(stage, "!luk bane 1 onsdag", tap)
        assert heard == [
            "🔒 Bane 1 er lukket onsdag den 10. juni. Skovby IF og Grøn Pleje, aftale 1 er derfor aflyst.",
            "🔒 Bane 1 er lukket onsdag den 10. juni.\nEn aftale er aflyst.\nParterne har fået besked.",
        ]
        assert await states_of(stage, 1) == ["cancelled"]


async def test_feature_with_on_cleared_tells_its_parties_itself(tmp_path: Path) -> None:
    async def hear(request: Request, cleared: list) -> None:  # type: ignore[type-arg]
        for one in cleared:
            await request.tell("told", number=one.agreement.number, why=one.why)

    async with stage_on(on_sqlite(tmp_path), make_plugin(tmp_path, on_cleared=hear)) as stage:
        await stage.say(CLUB, "!laan bane 1 slåning onsdag kl. 9 @groen-pleje")
        await make_agreement(stage, "slåning onsdag kl. 12")
        heard = await close_and_answer(stage, "!luk bane 1 onsdag", "2️⃣")
        assert heard[0] == "1 Bane 1 er lukket onsdag den 10. juni"
        assert await states_of(stage, 1, 2) == ["proposed", "proposed"]


async def test_closed_time_has_no_reservations(database_url: str) -> None:
    async with stage_on(database_url) as stage:
        card = await make_agreement(stage, "slåning onsdag kl. 9")
        await stage.say(FIRM, "torsdag kl. 9 passer bedre", under=card)
        await close_and_answer(stage, "!luk bane 1 torsdag", "1️⃣")
        async with stage.context.store.read() as connection:
            held = (await connection.execute(select(reservations.c.start))).scalars().all()
        assert held == [datetime(2026, 6, 10, 7, tzinfo=UTC)]
        assert await states_of(stage, 1) == ["agreed"]
