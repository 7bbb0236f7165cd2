"""The command `matches` shows the matches of calendars."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.calendars.calendars import CalendarState, save_calendar_state
from bot.testing import Stage, read_community

ROOMS = Path(__file__).parents[2] / "rooms"


@pytest.mark.parametrize("name", ["skovby", "riverside"])
async def test_shipped_calendar_is_read_and_has_its_matches_on_saturdays(name: str, database_url: str) -> None:
    async with Stage.open(database_url, read_community(ROOMS / f"{name}.yaml")) as stage:
        assert await stage.read_calendar((ROOMS / f"{name}.ics").read_bytes()) == []
        club, ask = stage.community.people[0].handle, {"skovby": "!kampe", "riverside": "!matches"}[name]
        heard = (await stage.say(club, ask))[0].plain.splitlines()
        assert (
            heard[1:]
            == {
                "skovby": [
                    "lørdag den 13. juni",
                    "• Bane 3 kl. 10-11.20: U11: Skovby IF og Hylke IF",
                    "• Bane 1 kl. 14-15.45: Skovby IF – Serie 3",
                ],
                "riverside": [
                    "Saturday 13 June",
                    "• Pitch 3 10:00-11:20: U11: Riverside FC and Hilltop FC",
                    "• Pitch 1 14:00-15:45: Riverside FC – first team",
                ],
            }[name]
        )


async def test_match_of_strangers_is_no_markup_and_mentions_nobody(database_url: str) -> None:
    async with Stage.open(database_url, read_community(ROOMS / "skovby.yaml")) as stage:
        event = (
            "UID:a\r\nDTSTART:20260613T120000Z\r\nLOCATION:Bane 1\r\n"
            "SUMMARY:<b>@room</b> https://matrix.to/#/@skovby-if:bylaug.example\r\n"
        )
        await stage.read_calendar(f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n")
        heard = (await stage.say("skovby-if", "!kampe bane 1"))[0]
        assert heard.plain.splitlines()[-1] == "• Kl. 14-16: <b>@room</b> @skovby-if:bylaug.example"
        assert "<b>" not in heard.html.removeprefix("<strong>")
        assert heard.notify == ()


@pytest.mark.parametrize(("hours", "is_told"), [(20, False), (30, True)])
async def test_calendar_that_is_down_for_long_is_mentioned(hours: int, is_told: bool, database_url: str) -> None:
    async with Stage.open(database_url, read_community(ROOMS / "skovby.yaml")) as stage:
        since = stage.now - timedelta(hours=hours)
        source = stage.community.things[0].calendars[0].source
        async with stage.context.store.write() as connection:
            await save_calendar_state(connection, CalendarState("skovby", source, failures=3, failing_since=since))
        heard = (await stage.say("skovby-if", "!kampe"))[0].plain.splitlines()
        assert (
            heard[1:]
            == [
                "⚠️ Jeg har ikke kunnet læse en af kalenderne siden mandag den 8. juni, så der kan være ændringer, jeg "
                "ikke kender."
            ][: int(is_told)]
        )
