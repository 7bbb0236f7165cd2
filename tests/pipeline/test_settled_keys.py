"""A community's file gets another name: the room and all that was agreed follow."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sample_community import CLUB, MORNING, PLACE, make_community, message, open_contexts, receive_rows
from sqlalchemy import select

from bot.api.request.person import absence_fact
from bot.config.community import Community, FormerKey, Person
from bot.matrix.rooms import provision
from bot.pipeline.context import Context
from bot.pipeline.handling.handle import handle_row
from bot.pipeline.inbound import config_changes
from bot.pipeline.keys.settle import find_key_problems, settle_keys
from bot.store import places
from bot.store.facts import get_fact, set_fact
from bot.store.keys import rename
from bot.store.tables import agreements

BEFORE = make_community()
#: The same file under another name, with the same room.
AFTER = replace(BEFORE, key="byen", file="rooms/byen.yaml")
ELSEWHERE = replace(AFTER, room="#byen:example.org")


@pytest.fixture
async def context(database_url: str) -> AsyncIterator[Context]:
    """A context with a community that is known, has a room and an agreement, and whose club has left."""
    async with open_contexts(database_url, 1) as (context,):
        await settle(context, BEFORE)
        for row in await receive_rows(context, message(CLUB, "!book bane 1 slåning fredag kl. 9 @firma")):
            await handle_row(context, row)
        async with context.store.write() as connection:
            await places.assign_place(connection, BEFORE.key, PLACE)
            await set_fact(connection, absence_fact(BEFORE, BEFORE.people[0]), "now")
        yield context


async def settle(context: Context, *communities: Community, present: tuple[str, ...] = ()) -> list[str]:
    settled = await settle_keys(context.store, communities, context.features.by_name, MORNING, present=present)
    return [str(finding) for finding in settled.findings]


async def owners(context: Context) -> list[str]:
    """Return whose the agreements, the places and the absences are."""
    async with context.store.read() as connection:
        found = [*(await connection.execute(select(agreements.c.community))).scalars()]
        found += [community for community, _ in (await places.find_places(connection)).values()]
        people = [AFTER, BEFORE]
        found += [one.key for one in people if await get_fact(connection, absence_fact(one, one.people[0]))]
    return found


async def test_a_file_with_the_same_room_is_the_same_community(context: Context) -> None:
    (finding,) = await settle(context, AFTER)
    assert finding == (
        "rooms/byen.yaml: the community 'landsby' is called 'byen' now, since it has the same room; what was agreed"
        " follows"
    )
    assert await owners(context) == ["byen"] * 3
    assert await settle(context, AFTER) == []


async def test_a_community_with_another_room_follows_was(context: Context) -> None:
    (finding,) = await settle(context, ELSEWHERE)
    assert "the file of the community 'landsby' is gone, and it has 1 open agreement; it is not served" in finding
    assert "Did it become 'byen'?" in finding
    assert await owners(context) == ["landsby"] * 3
    was = replace(ELSEWHERE, former_keys=(FormerKey("community", "landsby", "byen"),))
    assert await settle(context, was) == []
    assert await owners(context) == ["byen"] * 3
    back = replace(BEFORE, former_keys=(FormerKey("community", "byen", "landsby"),))
    assert await settle(context, back) == []
    assert await owners(context) == ["landsby"] * 3


async def test_a_community_whose_file_has_mistakes_is_not_gone(context: Context) -> None:
    assert await settle(context, ELSEWHERE, present=("landsby",)) == []


async def test_checking_changes_nothing(context: Context) -> None:
    assert len(await find_key_problems(context.store, [AFTER], context.features.by_name, MORNING)) == 1
    assert await owners(context) == ["landsby"] * 3


async def test_a_rename_and_a_person_in_it_follow_at_once(context: Context) -> None:
    club = Person("klubben", "Klubben", (CLUB,), frozenset({"club"}))
    was = (FormerKey("person", "klub", "klubben"),)
    assert len(await settle(context, replace(AFTER, people=(club, *AFTER.people[1:]), former_keys=was))) == 1
    async with context.store.read() as connection:
        assert (await connection.execute(select(agreements.c.organizer))).scalar_one() == "klubben"
        assert await get_fact(connection, "absent byen klubben") == "now"


def test_the_names_of_facts_are_the_same_everywhere() -> None:
    assert config_changes.FACT_PREFIX == rename.CONFIGURED_FACT
    assert f"{provision.CREATING_FACT} " == rename.CREATING_FACT
    assert absence_fact(BEFORE, BEFORE.people[0]) == f"{rename.ABSENCE_FACT}landsby klub"
