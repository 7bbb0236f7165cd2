"""The real program, killed while reminders fall due: every room gets its own reminder, once."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from bot_process import BotProcess
from live_setup import TIMEOUT_SECONDS, LiveSetup, MatrixUser

from bot.languages.write_time import write_full
from bot.testing.faults import Hook, call_hooks
from bot.testing.proxied_request import ProxiedRequest
from bot.testing.proxy import FaultProxy, Rule

ROOMS = 4
#: How long before the work the reminder is due, and how long the work takes.
TWO_HOURS = timedelta(hours=2)
#: The time for booking in every room before the reminders fall due, on a machine that is busy with other tests.
TIME_TO_BOOK = timedelta(seconds=25)


@dataclass
class BookedRoom:
    """A room with a club that books and a firm that accepts."""

    room_id: str
    club: MatrixUser
    firm: MatrixUser

    async def agree(self, bot: str, clock: str) -> None:
        """Book and accept a time today."""
        await self.club.wait_for_event(self.room_id, lambda e: e["type"] == "m.room.member" and e["state_key"] == bot)
        await self.club.say(self.room_id, f"!book bane 1 slåning i dag kl. {clock}")
        card = await self.firm.wait_for_text(self.room_id, "📋 Aftale 1: slåning af bane 1")
        await self.firm.tap(self.room_id, "✅", card["event_id"])
        await self.club.wait_for_text(self.room_id, "✅ Aftalt: slåning af bane 1")

    async def ask(self, word: str) -> None:
        """Send a command, and wait for its answer, which comes after all answers before."""
        await self.club.say(self.room_id, f"!ping {word}")
        await self.club.wait_for_text(self.room_id, f"pong {word}")

    async def reminders(self, bot: str) -> list[str]:
        """Return all reminders in the room."""
        return [body for body in await self.club.read_all_texts(self.room_id, bot) if "🔔" in body]


@pytest.mark.usefixtures("bot_behind_proxy")
async def test_reminders_that_fall_due_during_kills_are_sent_once(live: LiveSetup, proxy: FaultProxy) -> None:
    random = Random(20261123)
    offset = 12 - datetime.now(UTC).hour  # a zone in which it is noon: far from midnight, and without clock changes
    rooms = [await create_room(live, f"Etc/GMT{-offset:+d}") for _ in range(ROOMS)]
    async with BotProcess(live.folder / "config.yaml") as bot:
        await bot.wait_until_serving()
        due = (datetime.now(UTC) + TIME_TO_BOOK + timedelta(minutes=1)).replace(second=0, microsecond=0)
        begins = due + TWO_HOURS + timedelta(hours=offset)  # local time in that zone
        await asyncio.gather(*(room.agree(live.bot_id, f"{begins:%H:%M}") for room in rooms))
        assert (await bot.stop())[0] == 0
        assert datetime.now(UTC) < due, "accepted too late for a reminder"
        assert [await room.reminders(live.bot_id) for room in rooms] == [[]] * ROOMS
        await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
        await kill_repeatedly(bot, proxy, [room.room_id for room in rooms], random)
        await bot.start()
        for room in rooms:
            await room.club.wait_for_text(room.room_id, "🔔")
            await room.ask("et")
        assert (await bot.stop())[0] == 0
        await bot.start()
        for room in rooms:
            await room.ask("to")
        assert (await bot.stop())[0] == 0
    time = write_full(begins, begins + TWO_HOURS, language="da", now=begins, week=False)
    reminder = f"🔔 Nummer 2 og Nummer 1, husk slåning af bane 1 i dag, {time}."
    assert [await room.reminders(live.bot_id) for room in rooms] == [[reminder]] * ROOMS


async def create_room(live: LiveSetup, zone: str) -> BookedRoom:
    """Create the room of another community, whose only notice is the reminder two hours before."""
    live.start_another_community()
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    more = f"time_zone: {zone}\nreminders: {{before: [2h], day: off, week: off, nudge: off}}"
    return BookedRoom(await live.create_room(club, firm, features="bookings, reminders", more=more), club, firm)


async def kill_repeatedly(bot: BotProcess, proxy: FaultProxy, rooms: list[str], random: Random) -> None:
    """Kill the bot twice for each room. Messages to the rooms after it are held up until then."""
    rules = {room: proxy.add_rule(messages_to(room, before=wait_forever)) for room in rooms}
    for room in rooms:
        proxy.remove_rule(rules[room])
        await kill_when_sent(bot, proxy, room)
        await bot.start()
        await asyncio.sleep(random.uniform(0.8, 3.0))  # any moment: while it starts, sends again, or has finished
        await bot.kill()


async def kill_when_sent(bot: BotProcess, proxy: FaultProxy, room: str) -> None:
    """Start the bot, and kill it when the homeserver has accepted the reminder and has not responded yet."""
    is_sent = asyncio.Event()

    async def notify(exchange: ProxiedRequest) -> None:
        is_sent.set()
        await wait_forever(exchange)

    with proxy.with_rule(messages_to(room, after=notify)):
        await bot.start()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await is_sent.wait()
        await bot.kill()


def messages_to(room: str, *, before: Hook | None = None, after: Hook | None = None) -> Rule:
    return Rule(call_hooks(before=before, after=after), "PUT", "/send/m.room.message/", room)


async def wait_forever(exchange: ProxiedRequest) -> None:
    """Do not respond until the client is gone."""
    await asyncio.Event().wait()
