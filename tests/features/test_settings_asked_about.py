"""Commands that set one's own settings act only on what was said in whole."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.api.people import LeadTime, Preferences
from bot.store.people import find_preferences
from bot.testing import Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"
CLUBS = {"skovby": "skovby-if", "riverside": "riverside-fc"}


async def read_after(text: str, room: str, folder: Path) -> Preferences:
    """Return the settings of the club after a command."""
    async with Stage.open(f"sqlite+aiosqlite:///{folder}/test.db", read_community(ROOMS / f"{room}.yaml")) as stage:
        await stage.say(CLUBS[room], text)
        club = stage.community.person(CLUBS[room])
        assert club is not None
        async with stage.context.store.read() as connection:
            found = await find_preferences(connection, stage.community.key, [club.addresses[0]])
        return found.get(club.addresses[0], Preferences())


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("skovby", "!sprog ikke engelsk"),
        ("skovby", "!sprog engelsk til fredag"),
        ("skovby", "!ro 22-7?"),
        ("skovby", "!ro 22-7 undtagen fredag"),
        ("skovby", "!ro 22 til 7 og 12 til 13"),
        ("skovby", "!påmind mig ikke om bane 2"),
        ("skovby", "!påmind mig dagen før eller to timer før"),
        ("skovby", "!påmind 1 dag og 3 timer før"),
        ("skovby", "!stille på fredag"),
        ("skovby", "!stille i uge 30"),
        ("skovby", "!stille fra mandag til fredag"),
        ("skovby", "!stille?"),
        ("riverside", "!language not danish"),
        ("riverside", "!quiet 22-7 except friday"),
        ("riverside", "!remind me 1 day and 3 hours before"),
        ("riverside", "!mute on friday"),
        ("riverside", "!mute from monday to friday"),
    ],
)
async def test_words_that_were_not_understood_change_no_setting(room: str, text: str, tmp_path: Path) -> None:
    assert await read_after(text, room, tmp_path) == Preferences()


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("skovby", "!stille til fredag"),
        ("skovby", "!stille til og med fredag"),
        ("skovby", "!stille i dag"),
        ("skovby", "!stille resten af ugen"),
        ("skovby", "!stille de næste 2 uger"),
        ("riverside", "!mute until friday"),
        ("riverside", "!mute this week"),
    ],
)
async def test_mute_lasts_from_now_until_a_time(room: str, text: str, tmp_path: Path) -> None:
    assert len((await read_after(text, room, tmp_path)).mutes) == 1


@pytest.mark.parametrize(
    ("room", "text", "hours"),
    [
        ("skovby", "!påmind mig 3 timer og 1 dag før", (3, 24)),
        ("skovby", "!påmind mig en time og to dage før", (1, 48)),
    ],
)
async def test_hours_and_then_days_are_two_reminders(
    room: str, text: str, hours: tuple[int, ...], tmp_path: Path
) -> None:
    before = (await read_after(text, room, tmp_path)).before
    assert before == tuple(LeadTime(length=timedelta(hours=number)) for number in hours)


async def test_hours_and_minutes_are_one_reminder(tmp_path: Path) -> None:
    before = (await read_after("!påmind mig 2 timer og 15 minutter før", "skovby", tmp_path)).before
    assert before == (LeadTime(length=timedelta(minutes=135)),)
