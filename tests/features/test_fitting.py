"""Work that does not fit a thing is neither offered nor booked; titles are as people say them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.config.community import Task
from bot.testing import Stage, read_community
from tests.features.skovby_stage import CLUB, ROOMS, read_agreement, stage_on, texts_of


@pytest.mark.parametrize("command", ["!book hallen slåning fredag kl. 14", "!hvorfor hallen slåning fredag kl. 14"])
async def test_unfitting_work_is_refused_with_what_fits(database_url, command):
    async with stage_on(database_url) as stage:
        heard = await stage.say(CLUB, command)
        assert texts_of(heard) == [
            "Slåning passer ikke til hallen, kun til bane 1, bane 2 og bane 3. Hvad skal der gøres i stedet?\n"
            "1️⃣ gulvvask\nTryk på dit svar, eller skriv det her."
        ]


async def test_answer_completes_the_command(database_url):
    async with stage_on(database_url) as stage:
        question = (await stage.say(CLUB, "!book hallen slåning fredag kl. 14"))[0]
        heard = await stage.tap(CLUB, "1️⃣", question.event)
        assert texts_of(heard)[0].startswith("📋 Aftale 1: gulvvask i hallen\n")
        assert (await read_agreement(stage, 1)).task == "gulvvask"


async def test_only_fitting_tasks_and_things_are_offered(database_url):
    async with stage_on(database_url) as stage:
        assert texts_of(await stage.say(CLUB, "!book bane 1 fredag kl. 14"))[0].splitlines()[1:-1] == [
            "1️⃣ slåning",
            "2️⃣ opkridtning",
            "3️⃣ gødning",
            "4️⃣ vertikalskæring",
        ]
        assert texts_of(await stage.say(CLUB, "!book gulvvask fredag kl. 14"))[0].splitlines()[1:-1] == ["1️⃣ hallen"]


async def test_only_fitting_task_is_asked_about_all_the_same(database_url):
    """Whoever wants the hall for a party must not get its floor washed."""
    community = read_community(ROOMS / "skovby.yaml")
    things = tuple(replace(thing, use=None) for thing in community.things)
    async with Stage.open(database_url, replace(community, things=things)) as stage:
        heard = await stage.say(CLUB, "!book hallen fredag kl. 14")
        assert texts_of(heard)[0].splitlines()[1:-1] == ["1️⃣ gulvvask"]


async def test_edit_to_unfitting_work_is_refused(database_url):
    async with stage_on(database_url) as stage:
        original = stage.incoming(
            CLUB, "message", {"text": "!book bane 1 slåning fredag kl. 14", "to_us": False, "mentions": []}
        )
        await stage.bring(original)
        text = "!book hallen slåning fredag kl. 14"
        payload = {"text": text, "to_us": False, "mentions": [], "target": original.external_id}
        await stage.bring(stage.incoming(CLUB, "edit", payload))
        assert (await read_agreement(stage, 1)).thing == "bane-1"


async def test_titles_are_danish(database_url):
    community = read_community(ROOMS / "skovby.yaml")
    chairs = Task("stole", "opstilling af stole", (), timedelta(hours=1), "contractor")
    async with Stage.open(database_url, replace(community, tasks=(*community.tasks, chairs))) as stage:
        card = (await stage.say(CLUB, "!book hallen opstilling af stole fredag kl. 14"))[0]
        assert card.plain.splitlines()[0] == "📋 Aftale 1: opstilling af stole i hallen"
