"""A community that is open to some homeservers only: users of other ones are told so once, and then ignored."""

from pathlib import Path

import pytest
from open_stage import expected_line, first_lines, open_stage
from sample_community import CLUB, STRANGER

from bot.config.address import server_in

ELSEWHERE = "matrix:u/fremmed:elsewhere.example"
TOLD = expected_line("from-elsewhere", community="Landsbyen")


async def test_whoever_is_from_elsewhere_is_told_once(tmp_path: Path) -> None:
    async with open_stage(tmp_path, servers=("example.org",)) as stage:
        (card, *_) = await stage.say(CLUB, "!book bane 1 slåning fredag kl. 14")
        heard = await stage.say(ELSEWHERE, "!aflys 1")
        assert first_lines(heard) == [TOLD]
        assert heard[0].notify == (ELSEWHERE,)
        assert await stage.say(ELSEWHERE, "!aflys 1") == []
        assert await stage.tap(ELSEWHERE, "✅", card.event) == []
        assert first_lines(await stage.say(STRANGER, "!ping 1")) == ["🏓 pong 1"]


async def test_a_community_that_says_nothing_is_open_to_all(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        assert first_lines(await stage.say(ELSEWHERE, "!ping 1")) == ["🏓 pong 1"]


async def test_talk_from_elsewhere_is_nobodys_business(tmp_path: Path) -> None:
    async with open_stage(tmp_path, servers=("example.org",)) as stage:
        assert await stage.say(ELSEWHERE, "hej alle") == []


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("matrix:u/anna:example.org", "example.org"),
        ("matrix:u/anna:Example.ORG:8448", "example.org:8448"),
        ("matrix:u/a%2Fb:example.org", "example.org"),
        ("matrix:u/example.org%3A@x:evil.example", "evil.example"),
        ("matrix:u/anna:[::1]:8448", "[::1]:8448"),
        ("mailto:anna@example.org", "example.org"),
    ],
)
def test_the_server_of_an_address(address: str, server: str) -> None:
    assert server_in(address) == server
