"""An edited message counts as it is now while nothing was decided; after that, its sender is told that it is late."""

from pathlib import Path

import pytest
from open_stage import expected_line, first_lines, open_stage, reactions
from sample_community import CLUB, FIRM, RIVAL, edit, message, open_contexts, receive_rows, redaction
from sample_community import read_answers as answered

from bot.features.bookings import feature as bookings
from bot.pipeline.handling.handle import handle_row
from bot.pipeline.inbound.receive import receive
from bot.store.messages.inbox import Incoming
from bot.store.tables import agreements
from bot.testing import Heard, Stage

BOOK = "!book bane 1 slåning fredag kl. 14"
LATE = expected_line("edited-too-late")


def said(stage: Stage, who: str, text: str, **payload: object) -> Incoming:
    return stage.incoming(who, "message", {"text": text, "to_us": False, "mentions": [], **payload})


def edited(stage: Stage, original: Incoming, text: str, who: str = "") -> Incoming:
    payload = {"text": text, "to_us": False, "mentions": [], "target": original.external_id}
    return stage.incoming(who or original.sender, "edit", payload)


def taken_back(stage: Stage, original: Incoming, who: str = "") -> Incoming:
    return stage.incoming(who or original.sender, "redaction", {"target": original.external_id})


async def say_and_edit(stage: Stage, text: str, corrected: str) -> tuple[list[Heard], list[Heard]]:
    original = said(stage, CLUB, text)
    return await stage.bring(original), await stage.bring(edited(stage, original, corrected))


async def table(stage: Stage) -> list[tuple[object, ...]]:
    """Return number, thing, task, attendee, state and revision of every agreement."""
    columns = [agreements.c[name] for name in ("number", "thing", "task", "attendee", "state", "revision")]
    async with stage.context.store.read() as connection:
        rows = await connection.execute(agreements.select().with_only_columns(*columns).order_by(agreements.c.number))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    "corrected",
    [
        f"{BOOK}\n!book bane 2 slåning fredag kl. 14",
        "!book bane 1 slåning lørdag kl. 14\n!aflys 1",
        "!book bane 1 og 2 slåning fredag kl. 14",
    ],
)
async def test_an_edit_that_adds_something_to_an_offer_is_refused_whole(corrected: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        _, heard = await say_and_edit(stage, BOOK, corrected)
        assert first_lines(heard) == [expected_line("edited-more")]
        assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", 0)]


async def test_all_commands_of_an_edit_count_while_nothing_was_done(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        _, heard = await say_and_edit(stage, "!book bane 1", f"{BOOK}\n!book bane 2 slåning fredag kl. 14")
        assert heard[0].plain.count("•") == 2


CORRECTIONS = [
    ("!book bane 1 slåning fredag kl. 15", ("bane-1", "slåning"), "fredag den 12. juni kl. 15-17"),
    ("!book bane 2 slåning fredag kl. 14", ("bane-2", "slåning"), "fredag den 12. juni kl. 14-16"),
    ("!book bane 1 kridte fredag kl. 14", ("bane-1", "opkridtning"), "fredag den 12. juni kl. 14-15"),
    ("!book bane 2 kridte lørdag kl. 9", ("bane-2", "opkridtning"), "lørdag den 13. juni kl. 9-10"),
    ("!book kl. 10", ("bane-1", "slåning"), "fredag den 12. juni kl. 10-12"),
    ("!reserver bane 2", ("bane-2", "slåning"), "fredag den 12. juni kl. 14-16"),
]


@pytest.mark.parametrize(("corrected", "about", "time"), CORRECTIONS)
async def test_an_unanswered_proposal_is_corrected_by_a_new_revision(
    corrected: str, about: tuple[str, str], time: str, tmp_path: Path
) -> None:
    async with open_stage(tmp_path) as stage:
        made, heard = await say_and_edit(stage, BOOK, corrected)
        assert await table(stage) == [(1, *about, "firma", "proposed", 1)]
        card, told = [one for one in heard if one.kind != "react"]
        assert (card.kind, card.target, time in card.plain) == ("edit", made[0].event, True)
        assert (told.kind, told.target, told.notify) == ("say", made[0].event, stage.community.people[2].addresses)
        assert told.plain.startswith("✏️ Klubben har rettet sit ønske")
        assert reactions(heard) == ["✅", "❌"]


async def test_a_yes_to_what_was_said_before_the_correction_is_no_yes_to_it(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, BOOK)
        (card, *_) = await stage.bring(original)
        tap = stage.incoming(FIRM, "tap", {"target": card.event, "key": "✅"})
        heard = await stage.bring(edited(stage, original, "!book bane 1 slåning fredag kl. 15"), tap)
        assert first_lines(heard)[-1] == expected_line("agreement-changed-meanwhile", number=1)
        told = next(one for one in heard if one.kind == "say" and one.plain.startswith("✏️"))
        await stage.tap(FIRM, "✅", told.event)
        assert (await table(stage))[0][-2:] == ("agreed", 1)


async def test_a_correction_that_changes_nothing_says_so(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        _, heard = await say_and_edit(stage, BOOK, "!book bane 1 slåning fredag kl. 14, tak")
        same = bookings.catalogue.say("da", "corrected-to-the-same", {"number": 1}).plain
        assert first_lines(heard) == [same]


@pytest.mark.parametrize("answer", ["!accepter 1", "!foreslå 1 kl. 9", "!afvis 1", "!aflys 1"])
async def test_once_it_was_answered_it_is_too_late(answer: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, BOOK)
        await stage.bring(original)
        await stage.say(FIRM, answer)
        before = await table(stage)
        assert first_lines(await stage.bring(edited(stage, original, "!book bane 2 slåning fredag kl. 14"))) == [LATE]
        assert await table(stage) == before


async def test_a_correction_can_be_corrected_again(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, BOOK)
        await stage.bring(original)
        for number, hour in enumerate(("15", "16", "17"), start=1):
            await stage.bring(edited(stage, original, f"!book bane 1 slåning fredag kl. {hour}"))
            assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", number)]


async def test_nobody_else_can_correct_it(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, BOOK)
        await stage.bring(original)
        assert await stage.bring(edited(stage, original, "!book bane 2 slåning fredag kl. 14", who=RIVAL)) == []
        assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", 0)]


async def test_nobody_else_can_correct_it_before_it_is_handled(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, BOOK)
        await stage.bring(original, edited(stage, original, "!ping", who=RIVAL))
        assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", 0)]


async def test_a_correction_of_a_correction_is_none(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, BOOK)
        edit = edited(stage, original, "!book bane 1 slåning fredag kl. 15")
        await stage.bring(original)
        await stage.bring(edit)
        assert await stage.bring(edited(stage, edit, "!book bane 2 slåning fredag kl. 15")) == []


async def test_before_it_is_handled_only_the_last_word_counts(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, BOOK)
        edits = [edited(stage, original, f"!book bane 1 slåning fredag kl. {hour}") for hour in (15, 16, 17)]
        heard = await stage.bring(original, *edits)
        assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", 0)]
        assert "kl. 17" in heard[0].plain
        assert await stage.bring(original, *edits) == []


async def test_a_correction_that_comes_before_what_it_corrects_stands_for_it(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, BOOK)
        heard = await stage.bring(edited(stage, original, "!book bane 1 slåning fredag kl. 15"))
        assert "kl. 15" in heard[0].plain
        assert await stage.bring(original) == []


async def test_what_was_refused_is_said_anew(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        refused, heard = await say_and_edit(stage, "!xyzzy", BOOK)
        assert first_lines(refused) == [expected_line("what-was-that")]
        assert first_lines(heard) == ["📋 Aftale 1: slåning af bane 1"]


async def test_what_was_asked_about_is_said_anew_and_its_question_is_over(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked, heard = await say_and_edit(stage, "!book bane 1 fredag kl. 14", BOOK)
        assert first_lines(heard) == ["📋 Aftale 1: slåning af bane 1"]
        assert first_lines(await stage.tap(CLUB, "1️⃣", asked[0].event)) == [expected_line("question-over")]
        assert len(await table(stage)) == 1


async def test_what_was_asked_about_can_be_corrected_into_another_question(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, "!book fredag")
        await stage.bring(original)
        for corrected in ("!book lørdag", "!book bane 1 lørdag", "!book bane 1 slåning"):
            assert first_lines(await stage.bring(edited(stage, original, corrected)))[0] in (
                expected_line("ask-thing"),
                expected_line("ask-task"),
                expected_line("ask-time"),
            )
        await stage.bring(edited(stage, original, BOOK))
        assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", 0)]


async def test_a_question_that_was_answered_makes_a_correction_come_too_late(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, "!book bane 1 fredag kl. 14")
        (asked, *_) = await stage.bring(original)
        await stage.tap(CLUB, "1️⃣", asked.event)
        assert first_lines(await stage.bring(edited(stage, original, "!book bane 2 slåning fredag kl. 9"))) == [LATE]
        assert len(await table(stage)) == 1


async def test_a_half_said_command_corrected_into_talk_is_given_up(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        _, heard = await say_and_edit(stage, "!book bane 1 fredag kl. 14", "glem det, vi slår den selv")
        assert first_lines(heard) == [expected_line("no-then")]


async def test_a_correction_that_is_asked_about_corrects_when_it_is_answered(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        original = said(stage, CLUB, BOOK)
        await stage.bring(original)
        (asked, *_) = await stage.bring(edited(stage, original, "!book bane 1 slåning lørdag"))
        await stage.tap(CLUB, "2️⃣", asked.event)
        assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", 1)]


async def test_what_is_not_there_is_asked_about_and_not_passed_over(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        _, heard = await say_and_edit(stage, BOOK, "!book bane 9 slåning fredag kl. 14")
        assert first_lines(heard) == [expected_line("ask-thing", unknown="bane 9")]
        asked = next(one for one in heard if one.kind == "say")
        await stage.tap(CLUB, "2️⃣", asked.event)
        assert await table(stage) == [(1, "bane-2", "slåning", "firma", "proposed", 1)]


async def test_a_date_that_is_none_is_said_and_nothing_is_changed(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        _, heard = await say_and_edit(stage, BOOK, "!book bane 1 slåning 31. juni")
        assert first_lines(heard) == [expected_line("when-no-such-date", said="31. juni")]
        assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", 0)]


async def test_a_correction_onto_what_somebody_else_has_offers_another_time(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(RIVAL, "!book bane 2 slåning fredag kl. 14")
        _, heard = await say_and_edit(stage, BOOK, "!book bane 2 slåning fredag kl. 15")
        assert first_lines(heard)[0].startswith("Bane 2 er optaget")
        assert (await table(stage))[1] == (2, "bane-1", "slåning", "firma", "proposed", 0)


@pytest.mark.parametrize("corrected", ["!aflys 1", "!aftaler", "hej med jer", "!mine"])
async def test_another_command_is_no_correction_of_a_booking(corrected: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        _, heard = await say_and_edit(stage, BOOK, corrected)
        assert first_lines(heard) == [LATE]
        assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", 0)]


async def test_the_answer_that_made_a_booking_can_be_corrected(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, "!book bane 1 slåning")
        answer = said(stage, CLUB, "fredag kl. 14")
        await stage.bring(answer)
        await stage.bring(edited(stage, answer, "kl. 16"))
        assert await table(stage) == [(1, "bane-1", "slåning", "firma", "proposed", 1)]
        assert first_lines(await stage.bring(edited(stage, answer, "det bliver godt vejr"))) == [LATE]


@pytest.mark.parametrize(
    ("first", "second"), [("!foreslå 1 kl. 9", "!foreslå 1 kl. 10"), ("kl. 9 passer bedre", "kl. 10")]
)
async def test_an_unanswered_counter_is_replaced(first: str, second: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        (card, *_) = await stage.say(CLUB, BOOK)
        counter = said(stage, FIRM, first, **({} if first.startswith("!") else {"thread": card.event}))
        await stage.bring(counter)
        heard = await stage.bring(edited(stage, counter, second))
        assert "kl. 10-12" in heard[0].plain
        assert "kl. 9" not in heard[0].plain
        assert (await table(stage))[0][-2:] == ("proposed", 2)
        await stage.say(CLUB, "!accepter 1")
        assert first_lines(await stage.bring(edited(stage, counter, second.replace("10", "11")))) == [LATE]


async def test_what_a_deleted_command_asked_is_over_and_what_it_offered_stands(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        half = said(stage, CLUB, "!book bane 1 fredag kl. 14")
        (asked, *_) = await stage.bring(half)
        assert await stage.bring(taken_back(stage, half)) == []
        assert first_lines(await stage.tap(CLUB, "1️⃣", asked.event)) == [expected_line("question-over")]
        whole = said(stage, CLUB, BOOK)
        (card, *_) = await stage.bring(whole)
        heard = await stage.bring(taken_back(stage, whole))
        assert first_lines(heard) == [expected_line("taken-back-too-late", number=1)]
        assert (heard[0].target, heard[0].notify) == (card.event, (CLUB,))
        await stage.say(CLUB, "!aflys 1")
        assert (await table(stage))[0][-2] == "cancelled"


async def test_what_a_moderator_deletes_is_agreed_all_the_same(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        whole = said(stage, CLUB, BOOK)
        await stage.bring(whole)
        assert await stage.bring(taken_back(stage, whole, who="matrix:u/admin:example.org")) == []
        assert (await table(stage))[0][-2] == "proposed"


@pytest.mark.parametrize("order", ["command first", "redaction first"])
async def test_what_is_deleted_in_the_same_sync_is_dropped_in_either_order(order: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        command = said(stage, CLUB, BOOK)
        both = [command, edited(stage, command, "!book bane 2 slåning fredag kl. 14"), taken_back(stage, command)]
        assert await stage.bring(*(both if order == "command first" else reversed(both))) == []
        assert await table(stage) == []


async def test_a_correction_of_talk_is_not_answered_as_if_the_talk_was_the_writers(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        talk = said(stage, CLUB, "hej alle")
        await stage.bring(talk)
        command = edited(stage, talk, "!ping 1", who=RIVAL)
        await stage.bring(command)
        async with stage.context.store.read() as connection:
            contents = (await connection.exec_driver_sql("SELECT content FROM outbox")).scalars().all()
        assert [command.external_id in content for content in contents] == [True]


async def test_what_is_changed_while_the_program_is_down_is_changed_before_it_is_handled(database_url: str) -> None:
    corrected, deleted = message(CLUB, "!ping 1"), message(CLUB, "!ping 2")
    async with open_contexts(database_url, 1) as (before,):
        stale = await receive_rows(before, corrected, deleted)
    async with open_contexts(database_url, 1) as (after,):
        await receive(after, [edit(CLUB, corrected, "!ping 3"), redaction(deleted)])
        assert [(await handle_row(after, row)).outcome for row in stale] == ["handled", "gone"]
        assert await answered(after, stale) == [["🏓 pong 3"], []]
