"""Every written conversation of every feature is played, also at moments with unusual days, weeks and clocks."""

from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

import pytest

from bot.agreements.states import State
from bot.store.agreements.agreement_filter import AgreementFilter
from bot.store.agreements.agreements import find_agreements
from bot.testing import Conversation, Stage, play, read_community, read_conversation

HOUSE = Path(__file__).parents[2]
FILES = sorted(HOUSE.glob("bot/features/*/conversations/*.yaml"))

TUESDAY = "2026-06-09T10:00"

#: The moments at which the conversations of each feature begin.
MOMENTS = {
    "bookings": (
        TUESDAY,
        "2026-06-12T00:00",  # Friday itself begins
        "2026-06-12T15:00",  # Friday, after the time that is booked
        "2026-06-11T23:59",  # the last minute before Friday
        "2026-03-29T01:30",  # half an hour before the clocks go forward
        "2026-10-24T12:00",  # the night before they go back
        "2026-12-31T20:00",  # Friday is in another year, and a week 53
        "2028-02-28T08:00",  # before a leap day
    ),
    "calendar": (TUESDAY,),
    "closures": (TUESDAY, "2026-12-31T20:00", "2026-10-24T12:00"),
    "guide": (TUESDAY,),
    "matches": ("2026-03-27T01:30", "2026-12-31T20:00"),
    "reminders": (TUESDAY,),
    "settings": ("2026-12-31T20:00", "2026-03-28T12:00", "2026-10-24T12:00"),
}

#: The enabled features, where messages of other features would come in between.
ALONE = {"reminders": ("bookings", "reminders")}

PLAYED = [(file, now) for file in FILES for now in MOMENTS[file.parts[-3]]]


@pytest.mark.parametrize(("file", "now"), PLAYED, ids=[f"{file.stem}-{now}" for file, now in PLAYED])
async def test_conversation_is_played(file: Path, now: str, database_url: str) -> None:
    conversation = read_conversation(file)
    community = read_community(HOUSE / "rooms" / f"{conversation.community}.yaml")
    community = replace(community, features=ALONE.get(file.parts[-3], community.features))
    async with Stage.open(database_url, community) as stage:
        stage.now = datetime.fromisoformat(now).replace(tzinfo=community.time_zone)
        await play(conversation, stage)
        async with stage.context.store.read() as connection:
            found = await find_agreements(connection, AgreementFilter(community.key, frozenset(State)))
    assert {agreement.number: str(agreement.state) for agreement in found} == conversation.leads_to


def turns_of(conversation: Conversation) -> list[tuple[object, ...]]:
    """Return what people do in a conversation, without their words."""
    return [(line.under, line.on, line.taps) for line in conversation.lines if not line.is_bots]


@pytest.mark.parametrize(
    "story", [list(files) for _, files in groupby(FILES, key=lambda file: file.with_suffix("").with_suffix(""))]
)
def test_conversation_tells_the_same_story_in_both_languages(story: list[Path]) -> None:
    assert [file.name.split(".")[1] for file in story] == ["da", "en"]
    danish, english = map(read_conversation, story)
    assert turns_of(danish) == turns_of(english)
    assert danish.leads_to == english.leads_to
