"""A language chosen is for what is said to one person alone; the room reads the same, whatever its people chose."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.features.bookings import feature
from bot.store.people import Wishes, keep_wishes
from bot.store.tables import inbox, outbox
from bot.testing import Heard, Stage, play, read_community, read_conversation

ROOMS = Path(__file__).parents[2] / "rooms"
SKOVBY = read_community(ROOMS / "skovby.yaml")


@dataclass
class Recorded(Stage):
    """A stage that remembers what was said and tapped on it."""

    acts: list[tuple[str, str, str, str | None]] = field(default_factory=list)

    async def say(self, who: str, text: str, *, under: str | None = None, **payload: Any) -> list[Heard]:
        self.acts.append(("say", who, text, under))
        return await super().say(who, text, under=under, **payload)

    async def tap(self, who: str, emoji: str, on: str) -> list[Heard]:
        self.acts.append(("tap", who, emoji, on))
        return await super().tap(who, emoji, on)

    async def again(self, acts: list[tuple[str, str, str, str | None]]) -> None:
        """The same once more."""
        for kind, who, said, event in acts:
            await (self.say(who, said, under=event) if kind == "say" else self.tap(who, said, event or ""))

    async def all_said(self) -> list[tuple[str, bool]]:
        """Every message in words, and whether it is an answer to one person."""
        rows = select(outbox.c.content, outbox.c.kind, outbox.c.refers_to, inbox.c.sender, inbox.c.kind.label("cause"))
        rows = rows.join(inbox, inbox.c.id == outbox.c.inbox_id).where(outbox.c.kind != "react").order_by(outbox.c.id)
        async with self.house.store.read() as connection:
            return [(row.content["plain"], _is_answer(row)) for row in await connection.execute(rows)]


def _is_answer(row: Any) -> bool:
    if row.kind == "edit":
        return False
    return "reply_to" in row.content or (row.cause == "tap" and row.content["notify"] == [row.sender])


@pytest.mark.parametrize("story", ["mowing.da", "season.da"])
async def test_room_reads_the_same_whatever_its_people_chose(story: str, tmp_path: Path) -> None:
    conversation = read_conversation(feature.folder / "conversations" / f"{story}.yaml")
    async with Recorded.open(f"sqlite+aiosqlite:///{tmp_path}/danish.db", SKOVBY) as danish:
        assert isinstance(danish, Recorded)
        await play(conversation, danish)
        in_danish = await danish.all_said()
    async with Recorded.open(f"sqlite+aiosqlite:///{tmp_path}/english.db", SKOVBY) as english:
        assert isinstance(english, Recorded)
        await choose_english(english, {who for _, who, _, _ in danish.acts})
        await english.again(danish.acts)
        in_english = await english.all_said()
    assert [answer for _, answer in in_english] == [answer for _, answer in in_danish]
    changed = [here != there for (here, _), (there, _) in zip(in_danish, in_english, strict=True)]
    assert changed == [answer for _, answer in in_danish]
    assert True in changed


async def choose_english(stage: Stage, people: set[str]) -> None:
    """As if each had written `!sprog engelsk` once."""
    async with stage.house.store.write(stage.community.key) as connection:
        for who in people:
            person = stage.community.person(who)
            await keep_wishes(connection, stage.community.key, person.addresses[0] if person else who, Wishes("en"))
