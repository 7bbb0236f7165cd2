"""A time in the thread of a card is an offer until a time is agreed; then only beside words that ask for a change."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, read_state, stage_after

from bot.agreements.states import State
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import find_agreements
from bot.testing import Stage

_AGREED = "1: slåning af bane 2, fre. 12. juni kl. 14-16 (Skovby IF og Grøn Pleje)"


async def offered(stage: Stage) -> list[str]:
    """Return the local starts of the open offers of the first agreement."""
    async with stage.context.store.read() as connection:
        (agreement,) = await find_agreements(connection, AgreementFilter(stage.community.key, frozenset(State)))
    starts = [offer.terms.start for offer in agreement.negotiation.offers]
    return [f"{start.astimezone(stage.community.time_zone):%d.%m. %H:%M}" for start in starts]


@pytest.mark.parametrize(
    "text",
    ["kl. 15 i stedet", "kan vi sige kl. 15?", "kan vi rykke til kl. 15?", "15 passer bedre", "hellere kl. 15"],
)
async def test_words_that_want_a_change_propose_it(text: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, card):
        await stage.say(FIRM, text, under=card)
        assert await offered(stage) == ["12.06. 15:00"]


@pytest.mark.parametrize(
    ("text", "setup", "then"),
    [
        ("kl. 15", "agreed", "12.06. 15:00"),
        ("15?", "agreed", "12.06. 15:00"),
        ("vi kan først kl. 15", "agreed", "12.06. 15:00"),
        ("vi når det først mandag", "agreed", "15.06. 14:00"),
        ("må vi komme kl 15?", "agreed", "12.06. 15:00"),
        ("fredag går ikke, torsdag kl. 10", "agreed", "11.06. 10:00"),
        ("ikke kl. 14 men kl. 15", "open", "12.06. 15:00"),
        ("ikke fredag, men onsdag kl. 11", "open", "10.06. 11:00"),
        ("vi kommer kl. 15", "open", "12.06. 15:00"),
        ("måske kl. 15", "open", "12.06. 15:00"),
        ("vi har fået en kamp fredag, kan i tage den torsdag?", "agreed", "11.06. 14:00"),
        ("Slåningen er rykket til mandag", "agreed", "15.06. 14:00"),
        ("en time forsinket", "agreed", "12.06. 15:00"),
        ("vi bliver en halv time forsinkede", "agreed", "12.06. 14:30"),
        ("14 er lige tidligt nok, 15?", "agreed", "12.06. 15:00"),
        ("14 er for tidligt, 15?", "open", "12.06. 15:00"),
        ("udskyd fredag til ugen efter", "agreed", "19.06. 14:00"),
        ("torsdag ugen efter", "agreed", "18.06. 14:00"),
    ],
)
async def test_a_time_that_may_be_wanted_is_asked_about(text: str, setup: str, then: str, tmp_path: Path) -> None:
    async with stage_after(setup, tmp_path) as (stage, card):
        before = await offered(stage)
        heard = await stage.say(FIRM, text, under=card)
        assert await offered(stage) == before
        question = next(one.target for one in heard if one.kind == "react" and one.plain == "✅")
        assert question
        await stage.tap(FIRM, "✅", question)
        assert (await offered(stage))[-1] == then


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("kan vi lave fredag om til onsdag kl 16", "10.06. 16:00"),
        ("Fredag passer fint, men vi kommer først 14.30", "12.06. 14:30"),
        ("fredag er ok, men først 15.30", "12.06. 15:30"),
    ],
)
async def test_another_time_is_offered_whole(text: str, then: str, tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        heard = await stage.say(FIRM, text, under=card)
        question = next((one.target for one in heard if one.kind == "react" and one.plain == "✅"), None)
        if question and len(await offered(stage)) == 1:
            await stage.tap(FIRM, "✅", question)
        assert (await offered(stage))[-1] == then


@pytest.mark.parametrize(
    ("text", "who", "room", "setup", "then"),
    [
        ("nej, kl. 10", CLUB, "skovby", "open", "12.06. 10:00"),
        ("running an hour late", "green-care", "riverside", "agreed", "12.06. 15:00"),
        ("14 is a bit early, 15?", "green-care", "riverside", "agreed", "12.06. 15:00"),
        ("postpone friday to the week after", "riverside-fc", "riverside", "agreed", "19.06. 14:00"),
        ("friday won't work, thursday same time?", "green-care", "riverside", "agreed", "11.06. 14:00"),
        ("no, 10:00", "riverside-fc", "riverside", "open", "12.06. 10:00"),
    ],
)
async def test_a_change_is_asked_about_on_both_sides(
    text: str, who: str, room: str, setup: str, then: str, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path, room) as (stage, card):
        before = await offered(stage)
        heard = await stage.say(who, text, under=card)
        assert await offered(stage) == before
        question = next(one.target for one in heard if one.kind == "react" and one.plain == "✅")
        assert question
        await stage.tap(who, "✅", question)
        assert (await offered(stage))[-1] == then


async def test_nine_in_the_morning_is_no_number_of_an_agreement(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path, "riverside") as (stage, card):
        await stage.say("green-care", "9 am works better", under=card)
        assert (await offered(stage))[-1] == "12.06. 09:00"


@pytest.mark.parametrize(
    ("text", "room", "first"),
    [
        ("samme tid i næste uge", "skovby", "1️⃣ fredag den 19. juni kl. 14-16"),
        ("senest kl. 12", "skovby", "1️⃣ fredag den 12. juni kl. 7-9"),
        ("same time next week", "riverside", "1️⃣ Friday 19 June at 14:00-16:00"),
        ("by 12 at the latest", "riverside", "1️⃣ Friday 12 June at 07:00-09:00"),
    ],
)
async def test_the_time_that_was_most_likely_meant_is_offered_first(
    text: str, room: str, first: str, tmp_path: Path
) -> None:
    async with stage_after("open", tmp_path, room) as (stage, card):
        heard = await stage.say(FIRM if room == "skovby" else "green-care", text, under=card)
        assert next(line for line in heard[0].plain.splitlines() if line.startswith("1️⃣")) == first


@pytest.mark.parametrize("text", ["inden kampen", "kan I ikke tage den inden kampen?", "vi kommer efter kampen"])
async def test_a_time_around_a_match_is_looked_up(text: str, tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        heard = await stage.say(FIRM, text, under=card)
        assert heard[0].plain.startswith("Jeg kender ingen kamp på bane 2.")


@pytest.mark.parametrize(
    ("text", "setup"),
    [
        ("flyt målene inden kl. 14", "agreed"),
        ("husk at flytte bænkene inden fredag", "agreed"),
        ("vi er en del, der kommer efter kampen", "agreed"),
        ("jeg kommer kl. 13.30", "agreed"),
        ("vi kommer kl. 15", "agreed"),
        ("jeg kan først sige ja mandag", "agreed"),
        ("jeg ringer fredag kl. 10", "open"),
        ("jeg kommer med nøglen kl. 13", "agreed"),
        ("vi spiller søndag kl. 13", "agreed"),
        ("kampen er flyttet til kl. 15", "agreed"),
        ("kampen er aflyst", "agreed"),
        ("træningen er aflyst", "agreed"),
        ("hvor er det ærgerligt med aflysningen", "agreed"),
        ("vi er 15 spillere", "agreed"),
        ("DBU har aflyst kampen", "agreed"),
        ("vi aflyser lørdagens kamp", "agreed"),
        ("to spillere melder afbud", "agreed"),
        ("kan vi flytte kampen til kl 15?", "agreed"),
    ],
)
async def test_what_is_told_is_left_alone(text: str, setup: str, tmp_path: Path) -> None:
    async with stage_after(setup, tmp_path) as (stage, card):
        assert await stage.say(FIRM, text, under=card) == []


@pytest.mark.parametrize(
    "text",
    [
        "er det kl. 15?",
        "er det kl 14",
        "I er her kl. 15 ikke?",
        "er det stadig på fredag?",
        "er det aflyst?",
        "hvornår kommer I?",
        "hvad tid kommer I?",
        "Hej, hvornår starter I?",
        "kommer der nogen på fredag?",
    ],
)
async def test_a_question_about_the_agreement_is_answered(text: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, card):
        assert [one.plain for one in await stage.say(CLUB, text, under=card)] == [_AGREED]
        assert await offered(stage) == []


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("kl. 16 eller 17", ["12.06. 16:00", "12.06. 17:00"]),
        ("enten 9 eller 14", ["12.06. 09:00", "12.06. 14:00"]),
        ("lørdag eller søndag", ["13.06. 14:00", "14.06. 14:00"]),
        ("ja, kl. 16 eller 17", ["12.06. 16:00", "12.06. 17:00"]),
    ],
)
async def test_of_several_times_the_person_picks_one(text: str, then: list[str], tmp_path: Path) -> None:
    for emoji, start in zip(("1️⃣", "2️⃣"), then, strict=True):
        folder = tmp_path / start.replace(":", "")
        folder.mkdir()
        async with stage_after("open", folder) as (stage, card):
            heard = await stage.say(FIRM, text, under=card)
            assert await offered(stage) == ["12.06. 14:00"]
            question = next(one.target for one in heard if one.kind == "react")
            assert question
            await stage.tap(FIRM, emoji, question)
            assert (await offered(stage))[-1] == start


@pytest.mark.parametrize("text", ["færdig kl. 16", "blev slået fredag"])
async def test_the_time_of_a_report_is_over(text: str, tmp_path: Path) -> None:
    async with stage_after("begun", tmp_path) as (stage, card):
        heard = await stage.say(FIRM, text, under=card)
        question = next(one.target for one in heard if one.kind == "react")
        assert question
        await stage.tap(FIRM, "✅", question)
        assert [state for _, _, state, _ in await read_state(stage)] == ["done"]


@pytest.mark.parametrize(
    ("text", "who", "answer"),
    [
        ("Bylaug, hallen er lukket på mandag", CLUB, "Skal jeg lukke hallen mandag den 15. juni?"),
        ("Bylaug, er hallen lukket på mandag", CLUB, "Der er ikke noget i vejen på hallen"),
        ("Bylaug, bane 2 blev slået fredag", FIRM, "Du har ingen aftaler, der kan meldes færdige."),
        ("Bylaug, kampen er aflyst", CLUB, "Det lyder, som om det er noget andet end en aftale"),
    ],
)
async def test_what_is_told_to_the_bot_is_no_wish_for_work(text: str, who: str, answer: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        assert (await stage.say(who, text))[0].plain.startswith(answer)


@pytest.mark.parametrize(
    ("text", "room", "firm", "then"),
    [
        ("vi kan ikke være der før kl. 15", "skovby", FIRM, ["12.06. 14:00", "12.06. 15:00"]),
        ("kan ikke før mandag", "skovby", FIRM, ["12.06. 14:00", "15.06. 14:00"]),
        ("we cant be there before 3 pm", "riverside", "green-care", ["12.06. 14:00", "12.06. 15:00"]),
        ("gerne en times tid før", "skovby", FIRM, ["12.06. 14:00", "12.06. 13:00"]),
        ("Kan I ikke før kl. 14?", "skovby", FIRM, ["12.06. 14:00"]),
        ("vi kan ikke være færdige før kl. 17", "skovby", FIRM, ["12.06. 14:00"]),
    ],
)
async def test_not_before_a_time_offers_that_time(
    text: str, room: str, firm: str, then: list[str], tmp_path: Path
) -> None:
    async with stage_after("open", tmp_path, room) as (stage, card):
        await stage.say(firm, text, under=card)
        assert await offered(stage) == then
