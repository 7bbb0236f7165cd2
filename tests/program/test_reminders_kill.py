"""The real program, killed while its reminders fall due: every room hears its own, and once."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from live_setup import TIMEOUT_SECONDS, LiveSetup, MatrixUser
from process import Process

from bot.languages.write_time import write_full
from bot.testing.faults import Hook, call_hooks
from bot.testing.proxied_request import ProxiedRequest
from bot.testing.proxy import FaultProxy, Rule

ROOMS = 4
#: What is booked begins two hours after its reminder, and takes as long.
HOURS = timedelta(hours=2)
#: For booking in every room, on a machine that is busy with other tests, before the reminders fall due.
AHEAD = timedelta(seconds=25)


@dataclass
class Village:
    """A room with somebody who books and somebody who comes."""

    room: str
    club: MatrixUser
    firm: MatrixUser

    async def agree(self, bot: str, clock: str) -> None:
        """On a time today."""
        await self.club.wait_for_event(self.room, lambda e: e["type"] == "m.room.member" and e["state_key"] == bot)
        await self.club.say(self.room, f"!book bane 1 slåning i dag kl. {clock}")
        card = await self.firm.wait_for_text(self.room, "📋 Aftale 1: slåning af bane 1")
        await self.firm.tap(self.room, "✅", card["event_id"])
        await self.club.wait_for_text(self.room, "✅ Aftalt: slåning af bane 1")

    async def ask(self, word: str) -> None:
        """Something that is answered when everything before it is."""
        await self.club.say(self.room, f"!ping {word}")
        await self.club.wait_for_text(self.room, f"pong {word}")

    async def reminders(self, bot: str) -> list[str]:
        """Every one that was ever said here."""
        return [body for body in await self.club.read_all_texts(self.room, bot) if "🔔" in body]


@pytest.mark.usefixtures("bot_behind_proxy")
async def test_killed_while_reminders_fall_due_it_says_each_of_them_once(live: LiveSetup, proxy: FaultProxy) -> None:
    chance = Random(20261123)
    ahead = 12 - datetime.now(UTC).hour  # it is noon there: far from midnight, and those clocks are never changed
    villages = [await settle(live, f"Etc/GMT{-ahead:+d}") for _ in range(ROOMS)]
    async with Process(live.folder / "config.yaml") as bot:
        await bot.serving()
        due = (datetime.now(UTC) + AHEAD + timedelta(minutes=1)).replace(second=0, microsecond=0)
        begins = due + HOURS + timedelta(hours=ahead)  # as the clocks there show it
        await asyncio.gather(*(village.agree(live.bot_id, f"{begins:%H:%M}") for village in villages))
        assert (await bot.end())[0] == 0
        assert datetime.now(UTC) < due, "agreed on too late for a reminder"
        assert [await village.reminders(live.bot_id) for village in villages] == [[]] * ROOMS
        await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
        await kill_again_and_again(bot, proxy, [village.room for village in villages], chance)
        await bot.start()
        for village in villages:
            await village.club.wait_for_text(village.room, "🔔")
            await village.ask("et")
        assert (await bot.end())[0] == 0
        await bot.start()
        for village in villages:
            await village.ask("to")
        assert (await bot.end())[0] == 0
    when = write_full(begins, begins + HOURS, language="da", now=begins)
    reminder = f"🔔 Nummer 2 og Nummer 1, husk slåning af bane 1 i dag, {when}."
    assert [await village.reminders(live.bot_id) for village in villages] == [[reminder]] * ROOMS


async def settle(live: LiveSetup, zone: str) -> Village:
    """One more village, whose clock says nothing but that in two hours there is something to do."""
    live.start_another_community()
    club, firm = await live.add_user("klub"), await live.add_user("firma")
    more = f"time_zone: {zone}\nreminders: {{before: [2h], day: off, week: off, nudge: off}}"
    return Village(await live.create_room(club, firm, features="bookings, reminders", more=more), club, firm)


async def kill_again_and_again(bot: Process, proxy: FaultProxy, rooms: list[str], chance: Random) -> None:
    """Twice for each room, while what is said in those behind it does not get through: they have theirs before them."""
    held = {room: proxy.add_rule(said_in(room, before=hold)) for room in rooms}
    for room in rooms:
        proxy.remove_rule(held[room])
        await kill_when_said(bot, proxy, room)
        await bot.start()
        await asyncio.sleep(chance.uniform(0.8, 3.0))  # any moment: while it starts, says it again, or knows
        await bot.kill()


async def kill_when_said(bot: Process, proxy: FaultProxy, room: str) -> None:
    """Start it, and kill it when the homeserver has taken the reminder and the bot does not know that yet."""
    is_said = asyncio.Event()

    async def tell(exchange: ProxiedRequest) -> None:
        is_said.set()
        await hold(exchange)

    with proxy.with_rule(said_in(room, after=tell)):
        await bot.start()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await is_said.wait()
        await bot.kill()


def said_in(room: str, *, before: Hook | None = None, after: Hook | None = None) -> Rule:
    return Rule(call_hooks(before=before, after=after), "PUT", "/send/m.room.message/", room)


async def hold(exchange: ProxiedRequest) -> None:
    """Nobody hears how it goes on, until whoever asked is gone."""
    await asyncio.Event().wait()
