"""Incomplete commands are stored, and completed by a tap, a number, words or a reply of the person who was asked."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from open_stage import expected_line, first_lines, open_stage, reactions
from sample_community import CLUB, FIRM, FOREMAN, RIVAL, STRANGER

CARD = "📋 Aftale 1: slåning af bane 2"


async def test_finished_by_taps(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.say(CLUB, "!book slåning fredag kl. 14")
        assert reactions(asked) == ["1️⃣", "2️⃣"]
        assert first_lines(await stage.tap(CLUB, "2️⃣", asked[0].event)) == [CARD]


@pytest.mark.parametrize("tapped", ["2⃣", "2\ufe0f\u20e3"])
async def test_finished_by_a_tap_of_a_client_that_writes_emoji_otherwise(tapped: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.say(CLUB, "!book slåning fredag kl. 14")
        assert first_lines(await stage.tap(CLUB, tapped, asked[0].event)) == [CARD]


@pytest.mark.parametrize("answer", ["2", "2.", "#2", "2️⃣", "bane 2", "BANE 2", "b2", "træningsbanen", "traningsbanen"])
@pytest.mark.parametrize("replied", [True, False])
async def test_finished_by_words(answer: str, replied: bool, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.say(CLUB, "!book slåning fredag kl. 14")
        payload = {"reply_to": asked[0].event} if replied else {}
        assert first_lines(await stage.say(CLUB, answer, **payload)) == [CARD]


async def test_asked_for_everything_one_after_the_other(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        assert first_lines(await stage.say(CLUB, "!book")) == [expected_line("ask-thing")]
        assert first_lines(await stage.say(CLUB, "bane 2")) == [expected_line("ask-task")]
        asked = await stage.say(CLUB, "slåning")
        assert first_lines(asked) == [expected_line("ask-time")]
        assert first_lines(await stage.say(CLUB, "fredag kl. 14")) == [CARD]


async def test_an_answer_that_says_more_than_was_asked_is_heard_whole(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, "!book")
        assert first_lines(await stage.say(CLUB, "bane 2 slåning fredag kl. 14")) == [CARD]


async def test_a_tap_of_somebody_else_is_refused_and_the_question_stays(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.say(CLUB, "!book slåning fredag kl. 14")
        for other in (RIVAL, FIRM, STRANGER):
            assert first_lines(await stage.tap(other, "2️⃣", asked[0].event)) == [
                expected_line("question-not-yours", person="Klubben")
            ]
        assert first_lines(await stage.say(RIVAL, "2")) == []
        assert first_lines(await stage.tap(CLUB, "2️⃣", asked[0].event)) == [CARD]


async def test_another_who_acts_for_the_same_party_was_not_asked(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        for day in ("torsdag", "fredag"):
            await stage.say(CLUB, f"!book bane 1 slåning {day} kl. 14")
        asked = await stage.say(FIRM, "!accepter")
        assert first_lines(await stage.tap(FOREMAN, "1️⃣", asked[0].event)) == [
            expected_line("question-not-yours", person="Firmaet")
        ]


async def test_a_question_that_was_answered_or_superseded_is_over(tmp_path: Path) -> None:
    over = expected_line("question-over")
    async with open_stage(tmp_path) as stage:
        first = await stage.say(CLUB, "!book slåning fredag kl. 14")
        second = await stage.say(CLUB, "!book slåning torsdag kl. 14")
        assert first_lines(await stage.tap(CLUB, "1️⃣", first[0].event)) == [over]
        assert first_lines(await stage.say(CLUB, "bane 2", reply_to=first[0].event)) == [over]
        assert first_lines(await stage.tap(CLUB, "2️⃣", second[0].event)) == [CARD]
        assert first_lines(await stage.tap(CLUB, "1️⃣", second[0].event)) == [over]


async def test_talk_of_somebody_who_was_asked_is_left_alone(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, "!book slåning fredag kl. 14")
        for talk in ("hvor er nøglen til skuret?", "Jeg skal lige spørge formanden", "👍"):
            assert await stage.say(CLUB, talk) == []
        asked, *_ = await stage.say(CLUB, "2")  # which may be said to the others, too
        assert asked.plain.startswith("Var det et svar til mig?")
        assert first_lines(await stage.tap(CLUB, "✅", asked.event)) == [CARD]


async def test_a_reply_that_is_no_answer_is_told_so(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.say(CLUB, "!book slåning fredag kl. 14")
        heard = await stage.say(CLUB, "det ved jeg ikke", reply_to=asked[0].event)
        assert first_lines(heard) == [expected_line("answer-not-understood")]


async def test_a_date_that_does_not_exist_is_said_to_the_one_who_answers(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, "!book bane 1 slåning")
        assert first_lines(await stage.say(CLUB, "31. juni")) == [expected_line("when-no-such-date", said="31. juni")]
        assert first_lines(await stage.say(CLUB, "30. juni kl. 9")) == ["📋 Aftale 1: slåning af bane 1"]


async def test_the_next_day_words_are_talk_again_and_a_tap_still_answers(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.say(CLUB, "!book slåning fredag kl. 14")
        await stage.wait(timedelta(days=1, minutes=1))
        assert await stage.say(CLUB, "2") == []
        assert first_lines(await stage.tap(CLUB, "2️⃣", asked[0].event)) == [CARD]


async def test_a_number_means_the_agreement_and_not_the_place_in_the_list(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        for day in ("onsdag", "torsdag", "fredag"):
            await stage.say(CLUB, f"!book bane 1 slåning {day} kl. 14")
        await stage.say(CLUB, "!aflys 1")
        asked = await stage.say(CLUB, "!aflys")
        assert asked[0].plain.split("\n")[1:3] == [
            "1️⃣ aftale 2: slåning af bane 1, tor. 11. juni kl. 14-16",
            "2️⃣ aftale 3: slåning af bane 1, fre. 12. juni kl. 14-16",
        ]
        assert first_lines(await stage.say(CLUB, "2"))[0] == "❌ Aftale 2: slåning af bane 1"


@pytest.mark.parametrize(("answer", "heard"), [("ja", "ask-task"), ("nej", "no-then")])
async def test_a_near_command_is_confirmed_or_dropped(answer: str, heard: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.say(CLUB, "!bok bane 1 fredag kl. 14")
        assert reactions(asked) == ["✅", "❌"]
        assert first_lines(await stage.say(CLUB, answer)) == [expected_line(heard)]


async def test_a_question_about_what_is_no_longer_there_is_asked_again(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked = await stage.say(CLUB, "!book slåning fredag kl. 14")
        here = next(iter(stage.context.rooms.communities))
        community = stage.context.rooms.communities[here]
        stage.context.rooms.communities[here] = replace(community, things=community.things[:1])
        assert first_lines(await stage.tap(CLUB, "2️⃣", asked[0].event)) == ["📋 Aftale 1: slåning af bane 1"]
