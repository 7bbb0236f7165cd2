"""An answer to the bot's question is done as it was said, or asked about; words to others answer nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from corpus import CLUB, FIRM, OTHER, lines_of, read_state, stage_after

from bot.testing import Stage

KEEPER = "banevagten"
WISH = "Bylaug, kan I slå bane 2 fredag kl. 14?"
ASKED = "Skal jeg spørge Grøn Pleje om slåning af bane 2 fredag den 12. juni kl. 14-16?"
BOOKED = (("bane-2", "slåning", "proposed", "2026-06-12T14:00"),)


async def cancelled(stage: Stage) -> list[int]:
    return [number for number, state in enumerate(await read_state(stage), start=1) if state[2] == "cancelled"]


@pytest.mark.parametrize(
    "talk",
    [
        [(OTHER, "skal jeg tage kridtet med?", {})],
        [(CLUB, "Hylke, har I nøglen?", {})],
        [(CLUB, "hvem har nøglen til skuret?", {})],
        [(CLUB, "kommer du også?", {"reply_to": "$theirs"})],
        [(OTHER, "!book bane 1 slåning fredag kl. 9", {})],
    ],
)
async def test_a_yes_after_other_talk_is_asked_about_first(talk: list[tuple[str, str, dict]], tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, WISH)
        for who, text, payload in talk:
            await stage.say(who, text, **payload)
        before = await read_state(stage)
        heard = await stage.say(CLUB, "ja")
        assert lines_of(heard)[:2] == ["Var det et svar til mig?", ASKED]
        assert await read_state(stage) == before
        await stage.tap(CLUB, "✅", heard[0].event)
        assert BOOKED[0] in await read_state(stage)


async def test_a_yes_after_a_while_is_asked_about_first_but_not_a_reply_or_one_with_the_name(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        asked = await stage.say(CLUB, WISH)
        await stage.wait(timedelta(minutes=11))
        heard = await stage.say(CLUB, "ja")
        assert lines_of(heard)[:2] == ["Var det et svar til mig?", ASKED]
        assert lines_of(await stage.tap(CLUB, "✅", asked[0].event))[0].startswith("Det spørgsmål gælder ikke længere")
        await stage.wait(timedelta(hours=30))
        await stage.say(CLUB, "ja", reply_to=heard[0].event)
        assert await read_state(stage) == BOOKED
        await stage.say(CLUB, "Bylaug, kan I slå bane 3 fredag kl. 14?")
        await stage.wait(timedelta(hours=3))
        await stage.say(CLUB, "Bylaug, ja tak")
        assert len(await read_state(stage)) == 2


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("ja", {"reply_to": "$theirs"}),
        ("ja", {"thread": "$theirs"}),
        ("Peter: ja", {}),
        ("@peter ja", {}),
        ("ja", {"mentions": ["matrix:u/peter:example.org"]}),
    ],
)
async def test_words_to_somebody_else_are_no_answer(text: str, payload: dict, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, WISH)
        assert await stage.say(CLUB, text, **payload) == []
        assert await read_state(stage) == ()


async def test_in_a_thread_the_question_is_answered_there_and_not_in_the_room(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, WISH, under="$theirs")
        assert await stage.say(CLUB, "ja") == []
        await stage.say(CLUB, "ja", under="$theirs")
        assert await read_state(stage) == ()  # the "ja" in the room was said to others, so it is asked first
        await stage.say(CLUB, "ja", under="$theirs")
        assert await read_state(stage) == BOOKED


async def test_a_no_after_a_while_closes_the_question_but_not_after_other_talk(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, WISH)
        await stage.say(OTHER, "skal jeg tage kridtet med?")
        assert await stage.say(CLUB, "nej") == []
        await stage.say(CLUB, WISH)
        await stage.wait(timedelta(hours=2))
        assert lines_of(await stage.say(CLUB, "nej")) == ["Godt, så gør jeg ikke noget."]


async def test_a_plain_answer_of_another_person_is_told_whose_question_it_is(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        asked = await stage.say(CLUB, WISH)
        assert lines_of(await stage.say(OTHER, "ja", reply_to=asked[0].event)) == ["Det spørgsmål var til Skovby IF."]
        assert await stage.say(OTHER, "det bliver godt", reply_to=asked[0].event) == []
        assert await read_state(stage) == ()


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("ja men kl. 15", ("bane-2", "slåning", "proposed", "2026-06-12T15:00")),
        ("ja, men bane 3", ("bane-3", "slåning", "proposed", "2026-06-12T14:00")),
        ("nej, bane 3", ("bane-3", "slåning", "proposed", "2026-06-12T14:00")),
        ("nej kl. 10", ("bane-2", "slåning", "proposed", "2026-06-12T10:00")),
        ("ikke fredag, mandag", ("bane-2", "slåning", "proposed", "2026-06-15T14:00")),
        ("hellere opkridtning", ("bane-2", "opkridtning", "proposed", "2026-06-12T14:00")),
        ("fint, men kan det blive kl. 15?", ("bane-2", "slåning", "proposed", "2026-06-12T15:00")),
    ],
)
async def test_a_correction_asks_the_corrected_question(
    text: str, then: tuple[str, str, str, str], tmp_path: Path
) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        asked = await stage.say(CLUB, WISH)
        corrected = await stage.say(CLUB, text)
        assert await read_state(stage) == ()
        assert lines_of(await stage.tap(CLUB, "✅", asked[0].event)) == [
            "Det spørgsmål gælder ikke længere. Skriv det bare igen."
        ]
        assert await read_state(stage) == ()
        await stage.tap(CLUB, "✅", corrected[0].event)
        assert await read_state(stage) == (then,)


@pytest.mark.parametrize("text", ["ja, men også bane 3", "ja og bane 3"])
async def test_a_correction_may_add_something(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, WISH)
        both = await stage.say(CLUB, text)
        await stage.tap(CLUB, "✅", both[0].event)
        assert [thing for thing, *_ in await read_state(stage)] == ["bane-2", "bane-3"]


@pytest.mark.parametrize("text", ["ok men uden opkridtning", "ja, men kun hvis det er tørt", "ja tak men spørg Jens"])
async def test_a_correction_that_is_not_understood_is_said_back(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, WISH)
        assert lines_of(await stage.say(CLUB, text))[0].startswith(f"“{text}” forstod jeg ikke")
        assert await read_state(stage) == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1 og 2", [1, 2]),
        ("1-3", [1, 2, 3]),
        ("1 til 3", [1, 2, 3]),
        ("alle", [1, 2, 3]),
        ("dem alle sammen", [1, 2, 3]),
        ("den første og den sidste", [1, 3]),
        ("bane 1 og 2", [1, 2]),
        ("bane 2 og opkridtningen", [2, 3]),
        ("alle undtagen 2", [1, 3]),
        ("alle på nær bane 3", [1, 2]),
        ("all but 2", [1, 3]),
    ],
)
async def test_several_options_are_listed_and_done_after_a_yes(text: str, numbers: list[int], tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(CLUB, "!aflys")
        listed = await stage.say(CLUB, text)
        assert lines_of(listed)[0] == "Skal jeg gøre det her?"
        assert await cancelled(stage) == []
        await stage.tap(CLUB, "✅", listed[0].event)
        assert await cancelled(stage) == numbers


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ikke 1", "Der står “ikke”"),
        ("begge", "Det svar forstod jeg ikke"),
        ("ingen af dem", "Godt, så gør jeg ikke noget."),
        ("slåning", "Hvilken aftale mener du?"),
        ("1 og 9", "Skal jeg gøre det her?"),
    ],
)
async def test_an_answer_that_leaves_open_which_is_asked_about(text: str, answer: str, tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(CLUB, "!aflys")
        assert lines_of(await stage.say(CLUB, text))[0].startswith(answer)
        assert await cancelled(stage) == []


async def test_of_a_list_only_those_are_done_that_the_answer_names(tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(CLUB, "!aflys 1, 2 og 3")
        shorter = await stage.say(CLUB, "ja, men ikke bane 2")
        assert await cancelled(stage) == []
        await stage.tap(CLUB, "✅", shorter[0].event)
        assert await cancelled(stage) == [1, 3]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("ja men kun bane 1", [1]),
        ("ja men kun onsdag", [1, 2]),
        ("kun slåningerne", [1, 2]),
        ("ja, men ikke fredag", [1, 2]),
        ("kun den første", [1]),
        ("alle undtagen den sidste", [1, 2]),
        ("ja til nr 2", [2]),
        ("yes but not pitch 3", []),
    ],
)
async def test_a_part_of_a_list_is_shown_before_it_is_done(text: str, numbers: list[int], tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(CLUB, "!aflys 1, 2 og 3")
        shorter = await stage.say(CLUB, text)
        assert await cancelled(stage) == []
        if numbers:
            await stage.tap(CLUB, "✅", shorter[0].event)
        assert await cancelled(stage) == numbers


@pytest.mark.parametrize(
    "text", ["ja men ikke mandag", "ja, og også 4", "kun hvis det er tørt", "yes but not monday", "nej vent lidt"]
)
async def test_an_answer_to_a_list_that_is_not_understood_is_said_back(text: str, tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(CLUB, "!aflys 1 og 2")
        heard = lines_of(await stage.say(CLUB, text))
        assert heard[0].startswith((f"“{text}” forstod jeg ikke", "Der står “vent lidt”"))
        assert await cancelled(stage) == []


async def test_other_talk_after_a_list_is_left_alone(tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(CLUB, "!aflys 1 og 2")
        assert await stage.say(CLUB, "hvem har nøglen") == []


@pytest.mark.parametrize("text", ["helst ikke fredag", "bare ikke mandag"])
async def test_a_time_that_is_not_wanted_is_noticed(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 1 slåning")
        assert lines_of(await stage.say(CLUB, text))[0].startswith("Der står “ikke”")
        await stage.say(CLUB, "torsdag kl. 9")
        assert [each[3] for each in await read_state(stage)] == ["2026-06-11T09:00"]


async def test_what_would_be_nice_is_a_yes_without_a_condition(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, WISH)
        await stage.say(CLUB, "det ville være fint, hvis det er tørt")
        assert await read_state(stage) == ()
        await stage.say(CLUB, "det ville være dejligt")
        assert await read_state(stage) == BOOKED


async def test_one_option_is_named_by_what_it_is(tmp_path: Path) -> None:
    async with stage_after("three", tmp_path) as (stage, _):
        await stage.say(CLUB, "!aflys")
        await stage.say(CLUB, "kun bane 2")
        assert await cancelled(stage) == [2]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("fredag hvis det regner", "Der står “hvis”"),
        ("fredag og også bane 3", "Hvad betyder “og også bane 3” her?"),
        ("fredag, ikke bane 3", "Der står “ikke”"),
        ("fredag eller lørdag", ""),
        ("fredag pga. gødning", "Skal jeg lukke bane 2 fredag den 12. juni?"),
    ],
)
async def test_no_word_of_an_answer_is_dropped(text: str, answer: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(KEEPER, "!luk bane 2")
        said = lines_of(await stage.say(KEEPER, text))
        assert said
        assert said[0].startswith(answer)
        assert not any(line.startswith("🔒") for line in said)


@pytest.mark.parametrize("text", ["Bylaug, luk den halve bane", "!luk den halve bane 2", "!luk halvdelen af bane 2"])
async def test_what_was_unread_before_the_question_is_still_noticed_after_the_answer(text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        heard = await stage.say(KEEPER, text)
        if "Hvad gælder det?" in heard[0].plain:
            heard = await stage.say(KEEPER, "bane 2")
        assert heard[0].plain.startswith("Hvornår skal der være lukket?")
        assert lines_of(await stage.say(KEEPER, "fredag"))[0].startswith("Jeg læser det sådan:")


async def test_to_open_is_not_to_close(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(KEEPER, "!luk bane 2 i uge 33")
        assert lines_of(await stage.say(KEEPER, "!luk op for bane 2"))[0].startswith("🔓 Bane 2 er åben igen")


async def test_a_plain_reason_is_kept_for_the_answer_and_a_condition_is_not_taken_for_one(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(KEEPER, "!luk bane 2 når Peter siger til")
        asked = lines_of(await stage.say(KEEPER, "fredag"))
        assert not any(line.startswith("🔒") for line in asked)
        await stage.say(KEEPER, "!luk bane 2 gødning")
        closed = lines_of(await stage.say(KEEPER, "fredag"))
        assert closed == ["🔒 Bane 2 er lukket fredag den 12. juni (gødning)."]


async def test_the_firm_is_not_asked_by_words_in_the_room(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, _):
        assert await stage.say(FIRM, "ja") == []
