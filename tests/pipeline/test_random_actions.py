"""Random messages and taps: no fault, no command without an answer, and nothing reserved twice."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from open_stage import open_stage
from sample_community import CLUB, FIRM, FOREMAN, RIVAL, STRANGER
from sqlalchemy import select

from bot.features.bookings import feature as bookings
from bot.store.tables import reservations
from bot.testing import Heard, Stage

COMMANDS = [f"!{word}" for word in bookings.words()] + ["!hjælp", "!ping", "!bok", "!afly", "bylaug", "Bylaug:", "!"]
PARTS = [
    *(
        "bane 1",
        "bane 2",
        "bane 9",
        "b1",
        "slåning",
        "kridte",
        "sejlads",
        "@firma",
        "@rival",
        "@nogen",
        "1",
        "2",
        "3",
        "17",
    ),
    *(
        "fredag",
        "fredag kl. 14",
        "i morgen",
        "i dag kl. 8",
        "kl. 9",
        "kl. 25",
        "31. juni",
        "uge 25",
        "uge 77",
        "mandag 9-11",
    ),
    *(
        "kl. 14-9",
        "fra kl. 23 til kl. 2",
        "den 12.",
        "hver fredag",
        "næste uge",
        "inden fredag",
        "om 3 dage",
        "kl. 12:60",
    ),
    *(
        "regnvejr",
        "for vådt",
        "ja",
        "nej",
        "tak",
        "<b>",
        "{{ x }}",
        "%s",
        "\u202e",
        "🚜",
        "a" * 300,
        "\\",
        "'",
        '"',
        "--",
    ),
    *("29. februar 2027", "1/1 9999", "99999999999999", "-1", "0", "³", "½", "kl. ½3", "١٢", "tomorrow at 9", "noon"),
]
PEOPLE = [CLUB, RIVAL, FIRM, FOREMAN, STRANGER]
TAPS = ["✅", "❌", "1️⃣", "2️⃣", "9️⃣", "👍", "🎉"]


async def act(stage: Stage, dice: random.Random) -> tuple[str, list[Heard]]:
    """Let somebody do something random; return what it was, and what the bot did."""
    who, kind = dice.choice(PEOPLE), dice.random()
    ours = [heard.event for heard in stage.heard[-40:]] or ["$nothing"]
    if kind < 0.25:
        emoji = dice.choice(TAPS)
        return f"{who} taps {emoji}", await stage.tap(who, emoji, dice.choice(ours))
    if kind < 0.3:
        return "time passes", await stage.wait(timedelta(hours=dice.randint(1, 60)))
    said = " ".join(dice.sample(PARTS, dice.randint(0, 4)))
    if kind < 0.45:
        return f"{who} replies {said}", await stage.say(who, said, reply_to=dice.choice(ours))
    if kind < 0.6:
        return f"{who} in a thread {said}", await stage.say(who, said, under=dice.choice(ours))
    if kind < 0.7:
        return f"{who} says {said}", await stage.say(who, said)
    command = f"{dice.choice(COMMANDS)} {said}"
    return f"{who} commands {command}", await stage.say(who, command)


async def overlaps(stage: Stage) -> list[tuple[object, object]]:
    async with stage.context.store.read() as connection:
        rows = (await connection.execute(select(reservations).order_by(reservations.c.start))).all()
    pairs = [(a, b) for at, a in enumerate(rows) for b in rows[at + 1 :] if a.thing_id == b.thing_id]
    return [(a, b) for a, b in pairs if a.start < b.end and b.start < a.end]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("language", ["da", "en"])
async def test_anything_in_any_order(seed: int, language: str, tmp_path: Path) -> None:
    dice = random.Random(f"{seed} {language}")
    async with open_stage(tmp_path, names=("bylaug",), language=language) as stage:
        for _ in range(250):
            what, heard = await act(stage, dice)
            assert stage.context.health.counts["faults", ""] == 0, what
            if " commands !" in what and not what.endswith("commands ! "):
                assert heard or not what.split("!")[1].strip()[:1].isalnum(), what
        assert await overlaps(stage) == []
