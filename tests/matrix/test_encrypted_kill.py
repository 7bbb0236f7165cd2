"""The program in an encrypted room, killed again and again: every command is answered once, and all can be read."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from neighbours import PASSPHRASE, PATIENCE, Street
from secret_neighbour import SecretNeighbour

from bot.demo.homeserver import Homeserver

ROOT = Path(__file__).parents[2]
KILLS = 3
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


@asynccontextmanager
async def running(street: Street) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program as its command starts it, killed at the end; it logs all it has to say."""
    log = (street.folder / "log").open("ab")
    secrets = {"BYLAUG_PASSWORD": "adgangskode", "BYLAUG_PASSPHRASE": PASSPHRASE}
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "-c", str(street.folder / "config.yaml"),
        cwd=ROOT, env=os.environ | secrets, stderr=log,
    )  # fmt: skip
    try:
        yield program
    finally:
        program.kill()
        await program.wait()
        log.close()


@pytest.fixture
async def street(homeserver: Homeserver, tmp_path: Path, localpart: Callable[[str], str]) -> AsyncIterator[Street]:
    made = Street(homeserver, tmp_path, localpart)
    yield made
    await made.close()


async def test_kills_leave_nothing_unanswered_doubled_or_unreadable_or_in_the_log(
    street: Street, database_url: str
) -> None:
    chance = random.Random(f"{database_url.partition(':')[0]} 20261123")
    people = []
    for name in ("klub", "firma"):
        store = street.folder / "stores" / name
        person = SecretNeighbour(street.homeserver, await street.register(name), store)
        people.append(street.take_in(person))
    room = await people[0].make_room(room_alias_name=street.key, initial_state=[ENCRYPTION])
    await people[1].join(room)
    await people[0].meet()
    await street.write_files(*(person.user_id for person in people), more="encrypted: true")
    with (street.folder / "config.yaml").open("a", encoding="utf-8") as config:
        config.write(f"database: {database_url}\nlog_level: debug\n")
    asked = 0
    async with running(street):
        await people[0].hear(room, lambda e: e["type"] == "m.room.member" and e["state_key"] == street.bot)
        await people[0].say(room, "!ping 0")
        await people[0].hear_body(room, "pong 0")
    for _ in range(KILLS):
        async with running(street):
            for _ in range(chance.randrange(2, 6)):
                asked += 1
                await chance.choice(people).say(room, f"!ping {asked}")
            if chance.random() < 0.6:  # else it is killed while it starts, or before it has heard
                await people[0].hear(room, lambda e: e["sender"] == street.bot and "pong" in str(e["content"]))
            await asyncio.sleep(chance.uniform(0.2, 3.5))
    async with running(street):
        await people[0].say(room, "!ping slut")
        for person in people:
            async with asyncio.timeout(PATIENCE):
                await person.hear_body(room, "pong slut")
    expected = [f"🏓 pong {number}" for number in (*range(asked + 1), "slut")]
    for person in people:
        unread = [event.event_id for event in person.look_again(room) if event.sender == street.bot]
        assert unread == []
        assert sorted(person.bodies(room, street.bot)) == sorted(expected)
    log = (street.folder / "log").read_text("utf-8")
    assert f"{room} is encrypted" in log
    assert [word for word in ("!ping", "pong") if word in log] == []
