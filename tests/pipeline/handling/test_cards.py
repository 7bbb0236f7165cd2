"""Only answers of the parties count, and each counts for the revision that the person had seen."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from open_stage import expected_line, first_lines, open_stage
from sample_community import (
    CLUB,
    FIRM,
    FOREMAN,
    MORNING,
    PLACE,
    RIVAL,
    STRANGER,
    make_context,
    mark_all_sent,
    message,
    read_answers,
    receive_rows,
    tap,
)

from bot.pipeline.context import Context
from bot.pipeline.handling.handle import handle_row
from bot.pipeline.inbound.receive import receive
from bot.store.database.transaction import Store

CARD = "$out-1"


@pytest.fixture
async def context(store: Store) -> Context:
    made = make_context(store)
    await receive(made, [message(CLUB, "!book bane 1 slåning fredag kl. 14")])
    await handle_all(made)
    await mark_all_sent(made)
    return made


async def handle_all(context: Context) -> list[str]:
    """Handle all rows, and return the first line of the first answer to each."""
    rows = await receive_rows(context)
    for row in rows:
        await handle_row(context, row)
    return [answers[0].split("\n")[0] if answers else "" for answers in await read_answers(context, rows)]


AGREED, CHANGED = "✅ Aftale 1: slåning af bane 1", expected_line("agreement-changed-meanwhile", number=1)


@pytest.mark.parametrize(
    ("by", "emoji", "answer"),
    [
        (FIRM, "✅", AGREED),
        (FOREMAN, "👍🏽", AGREED),
        (FIRM, "✔️", AGREED),
        (FIRM, "❌", "❌ Aftale 1: slåning af bane 1"),
        (FIRM, "🎉", ""),
        (FIRM, "x" * 40, ""),
        (CLUB, "✅", expected_line("agreement-own-offer", number=1)),
        (CLUB, "❌", "❌ Aftale 1: slåning af bane 1"),
    ],
)
async def test_a_tap_on_an_open_card(context: Context, by: str, emoji: str, answer: str) -> None:
    await receive(context, [tap(by, emoji, CARD)])
    assert await handle_all(context) == [answer]


@pytest.mark.parametrize("by", [RIVAL, STRANGER])
@pytest.mark.parametrize("emoji", ["✅", "❌"])
async def test_a_tap_of_somebody_who_is_no_party_is_told_why_it_does_not_count(
    context: Context, by: str, emoji: str
) -> None:
    await receive(context, [tap(by, emoji, CARD)])
    answer = expected_line("agreement-not-a-party", number=1, organizer="Klubben", attendee="Firmaet", reason=None)
    assert await handle_all(context) == [answer]
    await receive(context, [tap(FIRM, "✅", CARD)])
    assert await handle_all(context) == [AGREED]


async def test_a_tap_that_was_under_way_when_the_card_changed_counts_for_what_was_seen(context: Context) -> None:
    await receive(context, [message(CLUB, "!foreslå 1 fredag kl. 9"), tap(FIRM, "✅", CARD)])
    assert (await handle_all(context))[1] == CHANGED


async def test_a_tap_after_the_change_was_written_and_before_it_was_shown_counts_for_what_was_seen(
    context: Context,
) -> None:
    await receive(context, [message(CLUB, "!foreslå 1 fredag kl. 9")])
    await handle_all(context)
    await receive(context, [tap(FIRM, "✅", CARD)])
    assert await handle_all(context) == [CHANGED]


async def test_a_tap_given_before_the_change_was_shown_and_read_after_counts_for_what_was_seen(
    context: Context,
) -> None:
    await receive(context, [message(CLUB, "!foreslå 1 fredag kl. 9")])
    await handle_all(context)
    await mark_all_sent(context)
    early = replace(tap(FIRM, "✅", CARD), sent_at=MORNING - timedelta(seconds=1))
    await receive(context, [early])
    assert await handle_all(context) == [CHANGED]


async def test_a_tap_after_the_change_was_shown_counts(context: Context) -> None:
    await receive(context, [message(CLUB, "!foreslå 1 fredag kl. 9")])
    await handle_all(context)
    await mark_all_sent(context)
    await receive(context, [tap(FIRM, "✅", CARD)])
    assert await handle_all(context) == [AGREED]


async def test_a_word_in_the_thread_counts_for_what_was_seen_too(context: Context) -> None:
    await receive(context, [message(CLUB, "!foreslå 1 fredag kl. 9"), message(FIRM, "ja", thread=CARD)])
    assert (await handle_all(context))[1] == CHANGED


async def test_a_clock_that_is_wrong_by_hours_locks_nobody_out(context: Context) -> None:
    context.clock = lambda: MORNING + timedelta(minutes=2)
    await receive(context, [message(CLUB, "!foreslå 1 fredag kl. 9")])
    await handle_all(context)
    await mark_all_sent(context)
    behind = replace(tap(FIRM, "✅", CARD), sent_at=MORNING - timedelta(hours=5))
    await receive(context, [behind])
    assert await handle_all(context) == [AGREED]


async def test_a_tap_on_a_message_in_the_cards_thread_is_a_tap_on_the_card(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14"))[0].event
        told = [one for one in await stage.say(FIRM, "kl. 9 passer bedre", under=card) if one.kind == "say"][-1]
        assert first_lines(await stage.tap(CLUB, "✅", told.event))[0] == AGREED


async def test_talk_under_a_card_is_left_alone(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        card = (await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14"))[0].event
        for by in (CLUB, FIRM, STRANGER):
            assert await stage.say(by, "husk nøglen til skuret", under=card) == []
        assert await stage.say(STRANGER, "ja", under=card) == []
        assert await stage.say(CLUB, "ja", under=card) == []
        assert first_lines(await stage.say(FIRM, "ja", under=card))[0] == AGREED


async def test_a_command_in_another_room_does_not_reach_this_rooms_agreements(context: Context) -> None:
    from sample_community import OTHER_PLACE

    (row,) = await receive_rows(context, message(FIRM, "!accepter 1", place=OTHER_PLACE), place=OTHER_PLACE)
    assert (await handle_row(context, row)).outcome == "refused"
    assert await read_answers(context, [row]) == [[expected_line("agreement-unknown", number=1)]]
    assert await receive_rows(context, place=PLACE) == []
