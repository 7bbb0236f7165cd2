"""Timers that were due while the bot was off are handled together: few messages, in an order that makes sense."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from open_stage import expected_line, first_lines, open_stage
from sample_community import CLUB, FIRM, FOREMAN, RIVAL

from bot.api import TEXT, Argument, Command, Feature, Request
from bot.pipeline.inbound.receive import receive
from bot.store.messages.inbox import Incoming
from bot.testing import Heard, Stage

WEEK = timedelta(days=7)


async def book(stage: Stage, by: str, pitch: str, day: int, *, agree: bool) -> None:
    """Book a pitch on a day in June 2026; with `agree`, the firm accepts."""
    (card, *_) = await stage.say(by, f"!book {pitch} slåning {day}/6 2026 kl. 14")
    if agree:
        await stage.tap(FIRM, "✅", card.event)


def spoken(heard: list[Heard]) -> list[Heard]:
    """Return the messages without edits and reactions."""
    return [one for one in heard if one.kind == "say"]


async def test_after_a_week_away_a_room_is_asked_once_about_everything_and_each_is_notified_once(
    tmp_path: Path,
) -> None:
    async with open_stage(tmp_path) as stage:
        for day in range(10, 16):
            await book(stage, CLUB, "bane 1", day, agree=True)
            await book(stage, RIVAL, "bane 2", day, agree=True)
        (asked,) = spoken(await stage.wait(WEEK))
        assert first_lines([asked]) == [expected_line("ask-done-all", lines=[])]
        assert asked.plain.count("slåning af bane") == 12
        assert sorted(asked.notify) == sorted([FIRM, FOREMAN])
        assert asked.target is None


async def test_what_nobody_answered_lapses_before_anybody_is_asked_about_work(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await book(stage, CLUB, "bane 1", 10, agree=True)
        await book(stage, CLUB, "bane 1", 11, agree=True)
        await book(stage, CLUB, "bane 1", 13, agree=False)
        await book(stage, RIVAL, "bane 2", 13, agree=False)
        said = spoken(await stage.wait(WEEK))
        assert first_lines(said) == [expected_line("told-lapse-all", lines=[]), expected_line("ask-done-all", lines=[])]
        assert sorted(said[0].notify) == sorted([CLUB, RIVAL])


async def test_a_week_of_silence_after_that_is_one_sentence_too(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await book(stage, CLUB, "bane 1", 10, agree=True)
        await book(stage, RIVAL, "bane 2", 10, agree=True)
        await stage.wait(WEEK)
        (told,) = spoken(await stage.wait(WEEK))
        assert first_lines([told]) == [expected_line("told-miss-all", lines=[])]
        assert sorted(told.notify) == sorted([CLUB, RIVAL, FIRM, FOREMAN])


async def test_one_alone_is_spoken_of_under_its_card(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        (card, *_) = await stage.say(CLUB, "!book bane 1 slåning 10/6 2026 kl. 14")
        await stage.tap(FIRM, "✅", card.event)
        (asked,) = spoken(await stage.wait(WEEK))
        assert (asked.target, first_lines([asked])[0].startswith("Firmaet, blev")) == (card.event, True)


async def test_where_one_of_several_fails_the_others_are_called_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    called: list[list[str]] = []

    async def ring(request: Request, subjects: Sequence[str]) -> None:
        called.append(list(subjects))
        await request.say("help-title")
        if "2" in subjects:
            raise ZeroDivisionError

    async def set_them(request: Request, how: str) -> None:
        for subject in ("1", "2", "3"):
            await request.remind("ring", subject, request.now + timedelta(minutes=1))
        await request.say("help-title")

    command = Command("set", {"da": ("stil",), "en": ("set",)}, set_them, (Argument("how", TEXT),))
    clock = Feature("clock", write_texts(tmp_path), (command,), timers={"ring": ring})
    async with open_stage(tmp_path, clock) as stage:
        await stage.say(CLUB, "!stil x")
        assert first_lines(await stage.wait(timedelta(minutes=2))) == ["Uret", "Uret"]
    assert called == [["1", "2", "3"], ["1"], ["2"], ["3"]]
    assert [record.exc_info is not None for record in caplog.records if record.levelno >= logging.ERROR] == [True]


async def handle_after_timers(stage: Stage, incoming: Incoming, how_long: timedelta) -> list[Heard]:
    """Let something arrive that waits to be handled until time has passed, with the timers that fell due then."""
    await receive(stage.context, [incoming])
    return await stage.wait(how_long)


async def test_timer_that_fell_due_before_a_counter_offer_was_handled_does_not_let_it_lapse(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, "!book bane 1 slåning i dag kl. 14")
        stage.now += timedelta(hours=3, minutes=59)
        words = {"text": "!foreslå 1 i dag kl. 17", "to_us": False, "mentions": []}
        heard = await handle_after_timers(stage, stage.incoming(FIRM, "message", words), timedelta(minutes=2))
        assert not any("⌛" in line for line in first_lines(heard))
        assert any("⌛" in line for line in first_lines(await stage.wait(timedelta(hours=3))))


async def test_timer_that_fell_due_before_work_was_moved_does_not_ask_whether_it_is_done(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        (card, *_) = await stage.say(CLUB, "!book bane 1 slåning i dag kl. 14")
        await stage.tap(FIRM, "✅", card.event)
        await stage.say(CLUB, "!flyt 1 til fredag kl. 14")
        stage.now += timedelta(hours=7, minutes=59)
        yes = stage.incoming(FIRM, "tap", {"target": card.event, "key": "✅"})
        heard = await handle_after_timers(stage, yes, timedelta(minutes=2))
        assert [line for line in first_lines(heard) if "blev" in line] == []
        assert [line for line in first_lines(await stage.live_until(stage.now + WEEK)) if "blev" in line] != []


async def test_timer_that_was_set_again_or_dropped_after_it_fell_due_does_nothing(tmp_path: Path) -> None:
    called: list[list[str]] = []

    async def ring(request: Request, subjects: Sequence[str]) -> None:
        called.append(list(subjects))

    async def change(request: Request, how: str) -> None:
        if how == "x":
            for subject in ("1", "2", "3"):
                await request.remind("ring", subject, request.now + timedelta(minutes=1))
        else:
            await request.remind("ring", "1", request.now + timedelta(hours=1))
            await request.forget("2")
        await request.say("help-title")

    command = Command("set", {"da": ("stil",), "en": ("set",)}, change, (Argument("how", TEXT),))
    clock = Feature("clock", write_texts(tmp_path), (command,), timers={"ring": ring})
    async with open_stage(tmp_path, clock) as stage:
        await stage.say(CLUB, "!stil x")
        words = {"text": "!stil y", "to_us": False, "mentions": []}
        await handle_after_timers(stage, stage.incoming(CLUB, "message", words), timedelta(minutes=2))
        assert called == [["3"]]
        await stage.wait(timedelta(hours=2))
    assert called == [["3"], ["1"]]


def write_texts(folder: Path) -> Path:
    """Write the texts of a feature into a folder, and return the folder."""
    (folder / "texts").mkdir()
    for language in ("da", "en"):
        (folder / "texts" / f"{language}.yaml").write_text("help-title: Uret\n", "utf-8")
    return folder
