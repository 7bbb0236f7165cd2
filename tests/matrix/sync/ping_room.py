"""Creates a room with two people who send pings. Checks that the bot sent each answer and each card once."""

import asyncio
from collections import Counter

from live_setup import LiveSetup, MatrixUser


async def create_room(live: LiveSetup) -> tuple[str, MatrixUser, MatrixUser]:
    """Create a room with a club and a firm; return its id and the two."""
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    return await live.create_room(club, firm), club, firm


async def say_after(club: MatrixUser, room: str, *words: str) -> None:
    for word in words:
        await club.say(room, f"!ping {word}")


async def check_answered_once(club: MatrixUser, room: str, bot: str, *words: str) -> None:
    for word in words:
        await club.wait_for_text(room, f"pong {word}")
    await asyncio.sleep(1)
    answers = Counter(await club.read_all_texts(room, bot))
    assert [answers[f"🏓 pong {word}"] for word in words] == [1] * len(words)


async def check_card_and_agree(room: str, club: MatrixUser, firm: MatrixUser, bot: str) -> None:
    """Check that the room has the card once, and that the agreement is made by a tap on the card."""
    card = await firm.wait_for_text(room, "📋 Aftale 1")
    await firm.tap(room, "✅", card["event_id"])
    await club.wait_for_text(room, "✅ Aftalt")
    texts = await club.read_all_texts(room, bot)
    assert sum(text.startswith("📋 Aftale 1") for text in texts) == 1
