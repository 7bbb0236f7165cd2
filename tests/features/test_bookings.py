"""Bookings beyond the written conversations: answers to questions in a thread, and to cards of earlier revisions."""

from pathlib import Path

from bot.testing import Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"


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
