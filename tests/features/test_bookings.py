"""Every conversation of the bookings is played on any day, on both databases."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreements.states import State
from bot.features.bookings import feature
from bot.store.agreed.agreements import listed
from bot.testing import Conversation, Stage, play, read_community, read_conversation

ROOMS = Path(__file__).parents[2] / "rooms"
STORIES = ("mowing", "season")
CONVERSATIONS = sorted((feature.folder / "conversations").glob("*.yaml"))

#: Moments at which days, weeks and clocks are not what they are on a Tuesday morning.
MOMENTS = (
    "2026-06-09T10:00",  # a Tuesday morning
    "2026-06-12T00:00",  # Friday itself begins
    "2026-06-12T15:00",  # Friday, after the time that is booked
    "2026-06-11T23:59",  # the last minute before Friday
    "2026-03-29T01:30",  # half an hour before the clocks go forward
    "2026-10-24T12:00",  # the night before they go back
    "2026-12-31T20:00",  # Friday is in another year, and a week 53
    "2028-02-28T08:00",  # before a leap day
)


async def states(connection: AsyncConnection, conversation: Conversation) -> dict[int, str]:
    found = await listed(connection, conversation.community, frozenset(State))
    return {agreement.number: str(agreement.state) for agreement in found}


@pytest.mark.parametrize("now", MOMENTS)
@pytest.mark.parametrize("file", CONVERSATIONS, ids=lambda file: file.stem)
async def test_conversation_is_played(file: Path, now: str, database_url: str) -> None:
    conversation = read_conversation(file)
    community = read_community(ROOMS / f"{conversation.community}.yaml")
    async with Stage.open(database_url, community) as stage:
        stage.now = datetime.fromisoformat(now).replace(tzinfo=community.time_zone)
        await play(conversation, stage)
        async with stage.house.store.read() as connection:
            assert await states(connection, conversation) == conversation.leads_to


def test_conversations_are_in_both_languages() -> None:
    names = {file.name.removesuffix(".yaml") for file in CONVERSATIONS}
    assert names == {f"{story}.{language}" for story in STORIES for language in ("da", "en")}


@pytest.mark.parametrize("story", STORIES)
def test_conversations_tell_the_same_story(story: str) -> None:
    danish, english = (read_conversation(file) for file in CONVERSATIONS if file.name.startswith(f"{story}."))
    assert [(line.under, line.on, line.taps) for line in danish.lines if not line.is_bots] == [
        (line.under, line.on, line.taps) for line in english.lines if not line.is_bots
    ]
    assert danish.leads_to == english.leads_to


async def test_question_in_the_thread_is_answered_for_what_it_asks(database_url: str) -> None:
    """Whoever has said yes on the card cannot tap ✅ there again; below an old question it is a yes to the past."""
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
