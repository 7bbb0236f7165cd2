"""A chosen language is used for messages to that person alone; messages to the room do not depend on it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.ical.calendar_entry import CalendarEntry
from bot.pipeline.load_features import load_features
from bot.store.people import Preferences, save_preferences
from bot.store.tables import inbox, outbox
from bot.testing import Heard, Stage, play, read_community, read_conversation

ROOMS = Path(__file__).parents[2] / "rooms"
SKOVBY = read_community(ROOMS / "skovby.yaml")
STORIES = sorted(
    story
    for feature in load_features(set(SKOVBY.features) - {"settings"}).values()
    for story in (feature.folder / "conversations").glob("*.da.yaml")
)


@dataclass
class RecordingStage(Stage):
    """A stage that records what was done on it, and by whom."""

    actions: list[Callable[[Stage], Awaitable[Any]]] = field(default_factory=list)
    people: set[str] = field(default_factory=set)

    async def say(self, who: str, text: str, *, under: str | None = None, **payload: Any) -> list[Heard]:
        self.people.add(who)
        self.actions.append(lambda stage: stage.say(who, text, under=under, **payload))
        return await super().say(who, text, under=under, **payload)

    async def tap(self, who: str, emoji: str, on: str) -> list[Heard]:
        self.people.add(who)
        self.actions.append(lambda stage: stage.tap(who, emoji, on))
        return await super().tap(who, emoji, on)

    async def set_calendar_entries(self, entries: Iterable[CalendarEntry], source: str | None = None) -> list[Heard]:
        matches = list(entries)
        self.actions.append(lambda stage: stage.set_calendar_entries(matches, source))
        return await super().set_calendar_entries(matches, source)

    async def live_until(self, moment: datetime) -> list[Heard]:
        self.actions.append(lambda stage: stage.live_until(moment))
        return await super().live_until(moment)

    async def read_messages(self) -> list[tuple[str, bool]]:
        """Return the text of every message, and whether it is for one person alone."""
        caused = (inbox.c.sender, inbox.c.kind.label("cause"), inbox.c.payload)
        rows = select(outbox.c.content, outbox.c.kind, outbox.c.refers_to, *caused)
        rows = rows.join(inbox, inbox.c.id == outbox.c.inbox_id).where(outbox.c.kind != "react").order_by(outbox.c.id)
        async with self.context.store.read() as connection:
            return [(row.content["plain"], _is_for_one_person(row)) for row in await connection.execute(rows)]


def _is_for_one_person(row: Any) -> bool:
    if row.kind == "edit":
        return False
    if row.cause == "timer":  # a reminder, or a question, for one party alone
        for_one = row.payload["feature"] == "reminders" or row.payload["name"] == "followup"
        return for_one and len({SKOVBY.person_at(address) for address in row.content["notify"]}) == 1
    return "reply_to" in row.content or (row.cause == "tap" and row.content["notify"] == [row.sender])


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
async def test_messages_to_the_room_do_not_depend_on_the_languages_people_chose(story: Path, tmp_path: Path) -> None:
    conversation = read_conversation(story)
    async with RecordingStage.open(f"sqlite+aiosqlite:///{tmp_path}/danish.db", SKOVBY) as danish:
        assert isinstance(danish, RecordingStage)
        await play(conversation, danish)
        in_danish = await danish.read_messages()
    async with RecordingStage.open(f"sqlite+aiosqlite:///{tmp_path}/english.db", SKOVBY) as english:
        assert isinstance(english, RecordingStage)
        await choose_english(english, danish.people)
        for act in danish.actions.copy():
            await act(english)
        in_english = await english.read_messages()
    assert [answer for _, answer in in_english] == [answer for _, answer in in_danish]
    changed = [here != there for (here, _), (there, _) in zip(in_danish, in_english, strict=True)]
    assert changed == [answer for _, answer in in_danish]
    assert True in changed


async def choose_english(stage: Stage, people: set[str]) -> None:
    """Save English for these people, as `!sprog engelsk` does."""
    async with stage.context.store.write(stage.community.key) as connection:
        for who in people:
            person = stage.community.person(who)
            await save_preferences(
                connection, stage.community.key, person.addresses[0] if person else who, Preferences("en")
            )
