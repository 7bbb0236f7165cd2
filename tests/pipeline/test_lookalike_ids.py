"""Roles belong to user ids: a display name, or an id that looks like another one, gives no role."""

from pathlib import Path

import pytest
from open_stage import first_lines, open_stage
from sample_community import CLUB, FIRM, make_community

from bot.api.request.person import person_at
from bot.matrix.address import user_address
from bot.store.tables import agreements
from bot.testing import Stage

#: Ids that somebody might take for the contractor's, "@firma:example.org".
LOOK_ALIKES = [
    "@Firma:example.org",
    "@firma:example.com",
    "@firma:example.org.evil.example",
    "@firma:example.org:8448",
    "@fırma:example.org",
    "@fir\u200bma:example.org",
    "@\u202eamrif:example.org",
    "@firma%3Aexample.org:evil.example",
    "@firma\uff1aexample.org:evil.example",
    "@Firmaet:example.org",
    "@fírma:example.org",
]


async def state_of(stage: Stage) -> list[str]:
    async with stage.context.store.read() as connection:
        rows = await connection.execute(agreements.select().with_only_columns(agreements.c.state))
        return list(rows.scalars())


@pytest.mark.parametrize("user", LOOK_ALIKES)
async def test_somebody_who_looks_like_the_contractor_is_not(user: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        (card, *_) = await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        await stage.tap(user_address(user), "✅", card.event)
        await stage.say(user_address(user), "!accepter 1")
        await stage.say(user_address(user), "ja", under=card.event)
        assert await state_of(stage) == ["proposed"]
        await stage.tap(FIRM, "✅", card.event)
        assert await state_of(stage) == ["agreed"]


@pytest.mark.parametrize("user", LOOK_ALIKES)
async def test_work_is_not_given_to_somebody_who_looks_like_the_contractor(user: str, tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14", mentions=[user_address(user)])
        assert await state_of(stage) == []


def test_every_id_has_an_address_of_its_own() -> None:
    users = ["@firma:example.org", *LOOK_ALIKES]
    assert len({user_address(user) for user in users}) == len(users)


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("@anna:example.org", "@anna"),
        ("@anna:example.com", "@anna:example.com"),
        ("@anna:EXAMPLE.org", "@anna"),
        ("@Klubben:evil.example", "@Klubben:evil.example"),
        ("@\u202eannA:example.org", "@%E2%80%AEannA"),
        ("@a" + "b" * 100 + ":example.org", "@a" + "b" * 58 + "…"),
    ],
)
def test_whoever_is_not_listed_is_shown_with_an_at_and_their_server_where_it_is_another(user: str, name: str) -> None:
    assert person_at(make_community(), user_address(user)).name == name


async def test_a_display_name_is_nothing_to_us(tmp_path: Path) -> None:
    """Some clients send a display name beside a mention. Only the user id is read."""
    async with open_stage(tmp_path) as stage:
        stranger = user_address("@fremmed:example.org")
        await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        heard = await stage.say(stranger, "!accepter 1", displayname="Firmaet")
        assert first_lines(heard)[0].startswith("Aftale 1 er mellem Klubben og Firmaet")
        assert await state_of(stage) == ["proposed"]
