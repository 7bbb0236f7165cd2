"""Counts what the bot says about one agreement, from the wish to the confirmation, as docs/agreements.md has it."""

from datetime import datetime
from pathlib import Path

from bot.testing import Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"
CLUB, FIRM = "skovby-if", "groen-pleje"

#: What is said in the room of Skovby, with its reminders: each message, with its words at the beginning.
MESSAGES = (
    "📋 Aftale 1: slåning af bane 1",
    "✅ Aftalt: slåning af bane 1",
    "🔔 Grøn Pleje og Skovby IF, husk slåning af bane 1 i morgen",
    "☀️ Dagens arbejde for Grøn Pleje",
    "🔔 Grøn Pleje og Skovby IF, husk slåning af bane 1 i dag",
    "🏁 Grøn Pleje er færdig med slåning af bane 1.",
)
#: The first line of the card, each time it is edited.
EDITS = ("✅ Aftale 1", "🏁 Aftale 1", "🏁 Aftale 1")


async def test_whole_agreement_takes_six_messages_and_three_edits_of_the_card(database_url: str) -> None:
    async with Stage.open(database_url, read_community(ROOMS / "skovby.yaml")) as stage:
        heard = await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        heard += await stage.tap(FIRM, "✅", heard[0].event)
        heard += await stage.live_until(_local(stage, "2026-06-12T16:00"))
        done = await stage.say(FIRM, "!færdig 1")
        heard += done
        heard += await stage.tap(CLUB, "✅", next(one.event for one in done if one.kind == "say"))
        heard += await stage.live_until(_local(stage, "2026-06-13T12:00"))
    for begins, kind in ((MESSAGES, "say"), (EDITS, "edit")):
        texts = [one.plain for one in heard if one.kind == kind]
        assert [text[: len(begin)] for text, begin in zip(texts, begins, strict=True)] == list(begins)


def _local(stage: Stage, written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=stage.community.time_zone)
