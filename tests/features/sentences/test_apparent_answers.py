"""Words that only look like an answer are none: praise, a hedge, a no that reassures, talk that names a time."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, ROOM_OF, lines_of, person, read_state, stage_after

WISH = {"da": "Bylaug, kan I slå bane 1 fredag kl. 9?", "en": "Bylaug, can you mow pitch 1 friday at 9am?"}
MEANT = {"da": "Var det et svar til mig?", "en": "Was that your answer to me?"}


@pytest.mark.parametrize(
    ("text", "who", "setup", "language"),
    [
        ("Helt fint at I spørger", FIRM, "open", "da"),
        ("Godt I skriver", FIRM, "open", "da"),
        ("det er godt du siger det", FIRM, "open", "da"),
        ("dejligt at høre fra jer", FIRM, "open", "da"),
        ("Godt I kom", CLUB, "done", "da"),
        ("Fint at I huskede det", CLUB, "done", "da"),
        ("good that you asked", FIRM, "open", "en"),
        ("nice of you to ask", FIRM, "open", "en"),
        ("good you came", CLUB, "done", "en"),
    ],
)
async def test_praise_for_what_somebody_does_is_no_yes(
    text: str, who: str, setup: str, language: str, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path, ROOM_OF[language]) as (stage, card):
        before = await read_state(stage)
        assert await stage.say(person(who, language), text, under=card) == []
        assert await read_state(stage) == before


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Godt, I kommer bare", "agreed"),
        ("Fint. I siger bare til", "agreed"),
        ("Godt I spørger, ja det passer", "agreed"),
        ("fint med os", "agreed"),
        ("nej nej", "declined"),
        ("nej nej det går ikke", "declined"),
        ("vi har for travlt", "declined"),
    ],
)
async def test_a_yes_or_a_no_beside_such_words_is_one(text: str, state: str, tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        await stage.say(FIRM, text, under=card)
        assert [each[2] for each in await read_state(stage)] == [state]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("kan vi nok godt", "da"),
        ("det klarer vi nok", "da"),
        ("det burde gå", "da"),
        ("skulle vi gerne kunne", "da"),
        ("det skulle gerne passe", "da"),
        ("det tror jeg", "da"),
        ("mon ikke", "da"),
        ("det ser sådan ud", "da"),
        ("should be fine", "en"),
        ("should work for us", "en"),
        ("probably", "en"),
        ("I think so", "en"),
        ("I suppose so", "en"),
        ("fine I guess", "en"),
    ],
)
async def test_a_hedge_is_said_back_in_a_thread_and_as_an_answer(text: str, language: str, tmp_path: Path) -> None:
    room = ROOM_OF[language]
    async with stage_after("open", tmp_path, room) as (stage, card):
        before = await read_state(stage)
        in_thread = lines_of(await stage.say(person(FIRM, language), text, under=card))
        await stage.say(person(CLUB, language), WISH[language])
        answered = lines_of(await stage.say(person(CLUB, language), text))
        said_back = "Der står “" if language == "da" else "It says “"
        assert [line[: len(said_back)] for line in (*in_thread, *answered)] == [said_back, said_back]
        assert await read_state(stage) == before


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("nej nej det er helt fint", "da"),
        ("nej nej det er i orden", "da"),
        ("Nej ikke noget problem", "da"),
        ("no no that's fine", "en"),
        ("no, not a problem", "en"),
    ],
)
async def test_a_no_that_reassures_is_asked_about_as_a_yes(text: str, language: str, tmp_path: Path) -> None:
    room = ROOM_OF[language]
    async with stage_after("open", tmp_path, room) as (stage, card):
        asked = await stage.say(person(FIRM, language), text, under=card)
        assert lines_of(asked)[0].startswith("Skal jeg svare ja" if language == "da" else "Shall I say yes")
        assert [each[2] for each in await read_state(stage)] == ["proposed"]
        await stage.say(person(CLUB, language), WISH[language])
        again = await stage.say(person(CLUB, language), text)
        assert lines_of(again)[0] == MEANT[language]
        assert len(await read_state(stage)) == 1
        await stage.tap(person(CLUB, language), "✅", again[0].event)
        assert len(await read_state(stage)) == 2


async def test_the_reason_of_somebody_else_is_no_no(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        heard = lines_of(await stage.say(FIRM, "Ja ja, I har altid så travlt", under=card))
        assert not any("svare nej" in line for line in heard)
        assert [each[2] for each in await read_state(stage)] == ["proposed"]


@pytest.mark.parametrize(
    ("command", "text", "language"),
    [
        ("!book bane 1 slåning", "Vi ses fredag kl. 9", "da"),
        ("!book bane 1 slåning", "Jeg er der fredag kl. 9", "da"),
        ("!book bane 1 slåning", "Vi træner fredag kl. 9", "da"),
        ("!book slåning fredag kl. 9", "bane 1 ser godt ud", "da"),
        ("!book slåning fredag kl. 9", "har nogen set nøglen til bane 1", "da"),
        ("!book bane 1 fredag kl. 9", "de har lige slået", "da"),
        ("!book pitch 1 mowing", "we'll be there friday at 9:00", "en"),
        ("!book pitch 1 mowing", "see you friday at 9:00", "en"),
        ("!book mowing friday at 9:00", "pitch 1 looks good", "en"),
    ],
)
async def test_talk_with_the_missing_argument_is_asked_about_first(
    command: str, text: str, language: str, tmp_path: Path
) -> None:
    async with stage_after("none", tmp_path, ROOM_OF[language]) as (stage, _):
        who = person(CLUB, language)
        await stage.say(who, command)
        asked = await stage.say(who, text)
        assert lines_of(asked)[0] == MEANT[language]
        assert await read_state(stage) == ()
        await stage.tap(who, "✅", asked[0].event)
        assert [each[2] for each in await read_state(stage)] == ["proposed"]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("!book bane 1 slåning", "vi siger fredag kl. 9"),
        ("!book bane 1 slåning", "det må blive fredag kl. 9"),
        ("!book bane 1 slåning", "fredag kl. 9 passer mig bedst"),
        ("!book slåning fredag kl. 9", "det er bane 1"),
        ("!book slåning fredag kl. 9", "bane nummer 1"),
        ("!book bane 1 fredag kl. 9", "den skal slås"),
    ],
)
async def test_a_plain_answer_in_a_sentence_is_done(command: str, text: str, tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, command)
        await stage.say(CLUB, text)
        assert await read_state(stage) == (("bane-1", "slåning", "proposed", "2026-06-12T09:00"),)


async def test_an_option_with_a_hedge_is_asked_about(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book slåning fredag kl. 9")
        asked = await stage.say(CLUB, "bane 1 tror jeg")
        assert lines_of(asked)[0].startswith("Skal jeg spørge Grøn Pleje om slåning af bane 1")
        assert await read_state(stage) == ()
