"""The program in an encrypted room, killed again and again: every command is answered once, and all is decrypted."""

import asyncio
import random

from bot_process import BotProcess
from encrypted_user import create_encrypted_room
from live_setup import PASSPHRASE, TIMEOUT_SECONDS, LiveSetup

KILLS = 3


async def test_kills_leave_nothing_unanswered_doubled_or_unreadable_or_in_the_log(
    live: LiveSetup, database_url: str
) -> None:
    rng = random.Random(f"{database_url.partition(':')[0]} 20261123")
    room, people = await create_encrypted_room(live, "klub", "firma")
    with (live.folder / "config.yaml").open("a", encoding="utf-8") as config:
        config.write(f"database: {database_url}\nlog_level: debug\n")
    pings = 0
    async with BotProcess(live.folder / "config.yaml", PASSPHRASE) as bot:
        await people[0].wait_for_event(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == live.bot_id)
        await people[0].say(room, "!ping 0")
        await people[0].wait_for_text(room, "pong 0")
        for _ in range(KILLS):
            await bot.kill()
            await bot.start()
            for _ in range(rng.randrange(2, 6)):
                pings += 1
                await rng.choice(people).say(room, f"!ping {pings}")
            if rng.random() < 0.6:  # otherwise it is killed while it starts, or before its first sync
                await people[0].wait_for_event(
                    room, lambda e: e["sender"] == live.bot_id and "pong" in str(e["content"])
                )
            await asyncio.sleep(rng.uniform(0.2, 3.5))
        await bot.kill()
        await bot.start()
        await people[0].say(room, "!ping slut")
        for person in people:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await person.wait_for_text(room, "pong slut")
    expected = [f"🏓 pong {number}" for number in (*range(pings + 1), "slut")]
    for person in people:
        undecrypted = [event.event_id for event in person.retry_decryption(room) if event.sender == live.bot_id]
        assert undecrypted == []
        assert sorted(person.texts_from(room, live.bot_id)) == sorted(expected)
    assert f"{room} is encrypted" in bot.output
    assert [word for word in ("!ping", "pong") if word in bot.output] == []
