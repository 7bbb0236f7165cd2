"""Messages that hold the words of a wish or a report and are none: hearsay, stories, conditions, what is taken back."""

from pathlib import Path

import pytest
from corpus import CLUB, FIRM, ROOM_OF, lines_of, person, read_state, stage_after

from bot.testing import Heard, Stage


async def say_and_tap_yes(stage: Stage, who: str, text: str, under: str | None = None) -> list[Heard]:
    """Say a message, tap ✅ under each question that follows, and return what the bot answered at first."""
    heard = await stage.say(who, text, under=under)
    for one in heard:
        if one.kind == "react" and one.plain == "✅" and one.target:
            await stage.tap(who, "✅", one.target)
    return heard


@pytest.mark.parametrize(
    ("text", "who", "setup", "language", "asks"),
    [
        ("der mangler en bold i skuret", CLUB, "done", "da", False),
        ("jeg mangler stadig en faktura for maj", CLUB, "done", "da", False),
        ("min søn glemte sin madkasse", CLUB, "done", "da", False),
        ("jeg mangler lige at se den", CLUB, "done", "da", True),
        ("Mette siger der mangler et hjørne, jeg går op og ser efter", CLUB, "done", "da", True),
        ("ja tak til kaffe 😄", FIRM, "open", "da", False),
        ("jo jo, og vi slår den vel også gratis", FIRM, "open", "da", True),
        ("bliver den for våd, tager vi den nok mandag i stedet", FIRM, "agreed", "da", False),
        ("regner det fredag, kommer vi mandag kl. 10", FIRM, "agreed", "da", True),
        ("sidste stribe og så er den færdig", FIRM, "begun", "da", False),
        ("så godt som færdig", FIRM, "begun", "da", False),
        ("vi er først færdige om en time", FIRM, "begun", "da", False),
        ("det kan vi simpelthen itte nå i denne uge", FIRM, "open", "da", False),
        ("somebody forgot a jacket by the goal", CLUB, "done", "en", False),
        ("see you at the pub thursday at 7", FIRM, "open", "en", False),
        ("they've cancelled the cup final, can you believe it", CLUB, "agreed", "en", False),
        ("can't find the shed key", FIRM, "open", "en", False),
        ("just about finished", FIRM, "begun", "en", False),
    ],
)
async def test_talk_in_a_thread_does_nothing_even_after_a_yes(
    text: str, who: str, setup: str, language: str, asks: bool, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path, ROOM_OF[language]) as (stage, card):
        before = await read_state(stage)
        heard = await say_and_tap_yes(stage, person(who, language), text, card)
        assert await read_state(stage) == before
        assert any(one.plain == "1️⃣" for one in heard if one.kind == "react") is asks


@pytest.mark.parametrize(
    ("text", "who", "setup", "state"),
    [
        ("der mangler noget i hjørnet ved skuret", CLUB, "done", "disputed"),
        ("I har glemt straffesparksfeltet", CLUB, "done", "disputed"),
        ("banen er fin nu", CLUB, "done", "confirmed"),
        ("nu er den sidste stribe klippet", FIRM, "begun", "done"),
    ],
)
async def test_a_report_about_the_work_is_understood(
    text: str, who: str, setup: str, state: str, tmp_path: Path
) -> None:
    async with stage_after(setup, tmp_path) as (stage, card):
        await say_and_tap_yes(stage, who, text, card)
        assert [each[2] for each in await read_state(stage)] == [state]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ('Bylaug Mette skrev "aflys fredag" på Messenger, det skal du se bort fra', "da"),
        ("Bylaug sidste gang de aflyste fredagen fik vi det alt for sent at vide", "da"),
        ("Bylaug please don't cancel friday after all", "en"),
        ("Bylaug last time they cancelled friday nobody told us", "en"),
        ("Bylaug should it rain on friday, call off the mowing", "en"),
        ("Bylaug regner det fredag, aflys slåningen", "da"),
        ("Bylaug nej tak til flere påmindelser", "da"),
        ("Bylaug jeg har glemt min jakke nede på bane 2", "da"),
    ],
)
async def test_what_was_called_off_before_or_by_others_is_not_called_off(
    text: str, language: str, tmp_path: Path
) -> None:
    async with stage_after("agreed", tmp_path, ROOM_OF[language]) as (stage, _):
        before = await read_state(stage)
        await say_and_tap_yes(stage, person(CLUB, language), text)
        assert await read_state(stage) == before


@pytest.mark.parametrize(
    "text",
    [
        "!book bane 1 opkridtning onsdag kl. 9 - nej glem det",
        "!book bane 1 opkridtning onsdag kl. 9, nå nej drop det igen",
        "!aflys 1 nej alligevel ikke",
        "Bylaug, aflys fredag. Nej vent",
        "Bylaug flyt fredag til mandag kl. 10, nej lad den bare stå",
    ],
)
async def test_a_message_that_takes_itself_back_does_nothing(text: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path) as (stage, _):
        before = await read_state(stage)
        heard = await say_and_tap_yes(stage, CLUB, text)
        assert lines_of(heard) == ["Godt, så gør jeg ikke noget."]
        assert await read_state(stage) == before


@pytest.mark.parametrize(
    "text", ["fredag, nej torsdag kl. 14", "hmm fredag er lidt presset, hva med torsdag samme tid"]
)
async def test_a_time_that_is_corrected_or_given_up_is_not_offered(text: str, tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        await say_and_tap_yes(stage, FIRM, text, card)
        assert [each[2:] for each in await read_state(stage)] == [("proposed", "2026-06-11T14:00")]


async def test_an_answer_that_is_taken_back_closes_the_question(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 1 slåning")
        assert lines_of(await stage.say(CLUB, "torsdag kl. 9… nej drop det hele")) == ["Godt, så gør jeg ikke noget."]
        assert await stage.say(CLUB, "fredag kl. 9") == []


async def test_an_answer_that_is_corrected_at_once_names_the_last_time(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path, "riverside") as (stage, _):
        await stage.say("riverside-fc", "!book pitch 1 mowing")
        heard = await stage.say("riverside-fc", "friday, no wait, monday at 9")
        assert "Monday 15 June at 09:00-11:00" in heard[0].plain


async def test_a_sender_who_is_busy_does_not_answer_the_question(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        await stage.say(CLUB, "!book bane 1 slåning")
        assert await stage.say(CLUB, "torsdag kl. 9 skal jeg til lægen") == []
        heard = await stage.say(CLUB, "fredag kl. 9")
        assert "fredag den 12. juni kl. 9-11" in heard[0].plain


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Bylaug could we push friday's mowing back an hour", "2026-06-12T15:00"),
        ("Bylaug can you bring the mowing forward an hour", "2026-06-12T13:00"),
    ],
)
async def test_a_verb_says_which_way_a_time_is_moved(text: str, start: str, tmp_path: Path) -> None:
    async with stage_after("agreed", tmp_path, "riverside") as (stage, _):
        heard = await stage.say("riverside-fc", text)
        hour = int(start[11:13])
        assert f"{hour}:00-{hour + 2}:00" in heard[0].plain


async def test_the_reason_of_a_no_is_a_whole_clause(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path) as (stage, card):
        heard = await stage.say(FIRM, "det kan vi ikke, traktoren er på værksted", under=card)
        assert "Med grunden “traktoren er på værksted”." in heard[0].plain


async def test_a_reason_begins_with_a_whole_word(tmp_path: Path) -> None:
    async with stage_after("open", tmp_path, "riverside") as (stage, _):
        heard = await stage.say("green-care", "!decline no. 1 mower's broken")
        assert heard[-1].plain.endswith("Reason: “mower's broken”")


async def test_a_wish_between_two_words_of_a_question_is_one(tmp_path: Path) -> None:
    async with stage_after("none", tmp_path) as (stage, _):
        text = "Bylaug, græsset på bane 2 er langt, kan det blive slået torsdag kl. 10?"
        await say_and_tap_yes(stage, CLUB, text)
        assert await read_state(stage) == (("bane-2", "slåning", "proposed", "2026-06-11T10:00"),)
