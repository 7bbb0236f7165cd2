"""Bookings beyond the written conversations: answers in threads, earlier revisions, and times proposed again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from bot.testing import Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"
CLUB = "skovby-if"


@asynccontextmanager
async def stage_in(folder: Path) -> AsyncIterator[Stage]:
    """Open a stage on Tuesday 9 June 2026."""
    community = read_community(ROOMS / "skovby.yaml")
    async with Stage.open(f"sqlite+aiosqlite:///{folder / 'bylaug.db'}", community) as stage:
        stage.now = datetime(2026, 6, 9, 10, tzinfo=community.time_zone)
        yield stage


async def test_tap_under_a_question_in_the_thread_answers_the_revision_it_asks_about(database_url: str) -> None:
    """A person who tapped ✅ on the card cannot do so again; under an old question it answers the old revision."""
    async with Stage.open(database_url, read_community(ROOMS / "skovby.yaml")) as stage:
        card = (await stage.say("skovby-if", "!book bane 1 slåning fredag kl. 14"))[0].event
        await stage.tap("groen-pleje", "✅", card)
        asked = [await stage.say("skovby-if", f"!flyt 1 fredag kl. {hour}") for hour in (15, 16)]
        older, newer = (next(one for one in heard if one.kind == "say").event for heard in asked)
        taps = [(one.plain, one.target) for one in asked[1] if one.kind == "react"]
        assert taps == [("✅", newer), ("❌", newer)]
        refused = await stage.tap("groen-pleje", "✅", older)
        assert [one.plain.partition(",")[0] for one in refused] == ["Aftale 1 blev ændret"]
        moved = await stage.tap("groen-pleje", "✅", newer)
        assert moved[-1].plain.startswith("🔁 Flyttet: slåning af bane 1 er nu fredag den 12. juni kl. 16-18")


async def test_after_a_declined_counter_the_first_offer_is_accepted_on_the_card(database_url: str) -> None:
    async with Stage.open(database_url, read_community(ROOMS / "skovby.yaml")) as stage:
        card = (await stage.say("skovby-if", "!book bane 1 slåning fredag kl. 14"))[0].event
        await stage.say("groen-pleje", "kl. 9 passer bedre", under=card)
        await stage.tap("skovby-if", "❌", card)
        agreed = await stage.tap("groen-pleje", "✅", card)
        assert agreed[-1].plain.startswith("✅ Aftalt: slåning af bane 1 fredag den 12. juni kl. 14-16")


async def test_time_in_a_longer_message_is_proposed_after_a_yes(database_url: str) -> None:
    async with Stage.open(database_url, read_community(ROOMS / "skovby.yaml")) as stage:
        card = (await stage.say("skovby-if", "!book bane 1 slåning fredag kl. 14"))[0].event
        asked = (await stage.say("groen-pleje", "vi har traktoren til service, så kl. 9 var nemmere", under=card))[0]
        assert asked.plain.splitlines()[0] == "Skal jeg foreslå Skovby IF fredag den 12. juni kl. 9-11 i stedet?"
        proposed = await stage.tap("groen-pleje", "✅", asked.event)
        assert "fredag den 12. juni kl. 9-11, uge 24 (nyt forslag fra Grøn Pleje)" in proposed[0].plain


async def test_time_that_is_proposed_or_agreed_already_is_refused_with_what_to_do(database_url: str) -> None:
    async with Stage.open(database_url, read_community(ROOMS / "skovby.yaml")) as stage:
        card = (await stage.say("skovby-if", "!book bane 1 slåning fredag kl. 14"))[0].event
        said = [await stage.say(who, "!foreslå 1 fredag kl. 14") for who in ("groen-pleje", "skovby-if")]
        await stage.tap("groen-pleje", "✅", card)
        said.append(await stage.say("groen-pleje", "!foreslå 1 fredag kl. 14"))
    assert [heard[0].plain for heard in said] == [
        "Det er netop den tid, der er foreslået i aftale 1. Tryk ✅, hvis det er et ja.",
        "Det er netop den tid, du selv har foreslået i aftale 1.",
        "Det er netop den tid, der er aftalt i aftale 1.",
    ]


@pytest.mark.parametrize(
    ("time", "offered"),
    [
        ("fredag til kl. 12", ["fredag den 12. juni kl. 7-9", "fredag den 12. juni kl. 9-11"]),
        ("fredag frem til kl. 12", ["fredag den 12. juni kl. 7-9", "fredag den 12. juni kl. 9-11"]),
        ("fredag senest kl. 12", ["fredag den 12. juni kl. 7-9", "fredag den 12. juni kl. 9-11"]),
        ("fredag inden kl. 10", ["fredag den 12. juni kl. 7-9"]),
        ("friday until 12:00", ["fredag den 12. juni kl. 7-9", "fredag den 12. juni kl. 9-11"]),
        ("frem til kl. 13", ["tirsdag den 9. juni kl. 10.30-12.30"]),
    ],
)
async def test_work_until_a_clock_time_is_done_by_then_on_the_day_that_was_said(
    time: str, offered: list[str], tmp_path: Path
) -> None:
    async with stage_in(tmp_path) as stage:
        lines = (await stage.say(CLUB, f"!book bane 2 slåning {time}"))[0].plain.splitlines()
        assert [line.split(" ", 1)[1] for line in lines[1:-1]] == offered


@pytest.mark.parametrize(
    "time", ["den 2. juni kl. 8", "12/5 kl. 8", "mandag i uge 23 kl. 8", "grundlovsdag kl. 8", "may 12 at 8"]
)
async def test_date_that_was_lately_is_not_silently_a_year_later(time: str, tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        asked = (await stage.say(CLUB, f"!book bane 2 slåning {time}"))[0].plain.splitlines()
        assert asked[0] == "Hvilken dag mener du?"
        assert ["2027" in line for line in asked[1:3]] == [True, False]
        booked = (await stage.say(CLUB, "!book bane 2 slåning den 2. juni 2027 kl. 8"))[0].plain
        assert "onsdag den 2. juni 2027 kl. 8-10" in booked


async def test_year_is_written_when_it_is_another_one(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        booked = (await stage.say(CLUB, "!book bane 2 slåning 4. januar kl. 8"))[0].plain
        assert "mandag den 4. januar 2027 kl. 8-10" in booked


async def test_weekday_of_a_report_is_the_last_one(tmp_path: Path) -> None:
    async with stage_in(tmp_path) as stage:
        card = (await stage.say(CLUB, "!book bane 2 slåning fredag kl. 14"))[0].event
        await stage.tap("groen-pleje", "✅", card)
        early = (await stage.say("groen-pleje", "!færdig bane 2 fredag"))[0].plain
        assert early.startswith("Du skriver fredag den 12. juni, og det er ikke endnu.")
        await stage.live_until(datetime(2026, 6, 13, 9, tzinfo=stage.community.time_zone))
        reported = await stage.say("groen-pleje", "!færdig bane 2 fredag")
        assert any("er færdig med slåning af bane 2" in heard.plain for heard in reported)
