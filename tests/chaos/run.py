"""`make chaos`: a town at work while its bot is killed again and again, and whether anything was lost or said twice."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

from callers import Caller
from episodes import CHAT, Corner, Ledger
from killing import Killer
from town import Town, town_on, until
from verdict import Verdict, judge

from bot.demo.homeserver import Homeserver
from bot.store.messages import inbox, outbox

#: Events that a page of the gap brings when a lot was said.
BIG_PAGE = 200


@dataclass(frozen=True)
class Wanted:
    """How much of everything. The same seed is the same plan and the same kills; the machine's speed still differs."""

    seed: int
    kills: int
    rooms: int
    commands: int
    away: int = 0  # messages said while the bot is off at the end, 40 of them commands
    database: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    verdict: Verdict
    kills: dict[str, int]
    seconds: float

    def table(self) -> str:
        """The figures, for people."""
        found, kinds = self.verdict, ", ".join(f"{kind} {number}" for kind, number in sorted(self.kills.items()))
        lines = [
            ("kills", f"{sum(self.kills.values())} ({kinds})"),
            ("commands", found.commands),
            ("answers", found.answers),
            ("lost", found.lost),
            ("doubled", found.doubled),
            ("agreements", found.agreements),
            ("messages of the bot", found.messages),
            ("seconds", f"{self.seconds:.0f}"),
            ("wrong", len(found.wrong)),
        ]
        return "\n".join(f"{name:<20} {value}" for name, value in lines)


async def run(wanted: Wanted, homeserver: Homeserver, folder: Path, localpart: Callable[[str], str]) -> Outcome:
    """The whole thing on a homeserver. Raises `Unanswered` and `Ended` when it does not come to an end."""
    began = time.monotonic()
    ledger = Ledger()
    async with town_on(homeserver, folder, localpart, wanted.rooms, wanted.database) as town:
        with town.living_bot():
            await town.move_in()
        crowd = _Crowd(town, ledger, Random(wanted.seed + 1))
        killer = Killer(town, wanted.kills, Random(wanted.seed), crowd.talk, partial(_has_got_to, ledger, wanted))
        await _live(town, killer, ledger, wanted)
        verdict = await judge(town, ledger, folder)
    kills = wanted.kills + bool(wanted.away)
    verdict.expect(killer.done.total() == kills, f"{killer.done.total()} kills and not {kills}")
    return Outcome(verdict, dict(killer.done), time.monotonic() - began)


async def _live(town: Town, killer: Killer, ledger: Ledger, wanted: Wanted) -> None:
    """Everybody at once; then nobody but the crowd, while the bot is off; the last bot lives until all is answered."""
    async with AsyncExitStack() as life:
        async with asyncio.TaskGroup() as group:
            group.create_task(_rage_and_live(killer, life))

            def is_enough() -> bool:
                return killer.is_over and len(ledger.commands) >= wanted.commands

            for number, corner in enumerate(_corners(town, ledger)):
                corner.random.seed(f"{wanted.seed} {number}")
                group.create_task(corner.live(is_enough))
        if wanted.away:
            await life.aclose()
            await _Crowd(town, ledger, Random(wanted.seed + 2)).say_a_lot(wanted.away)
            town.page = BIG_PAGE
            await killer.kill("gap:3", "gap")
            life.enter_context(town.living_bot())
        await _until_quiet(town, ledger)


async def _has_got_to(ledger: Ledger, wanted: Wanted, share: float) -> None:
    async def is_there() -> bool:
        return len(ledger.commands) >= share * wanted.commands

    await until(is_there)


async def _rage_and_live(killer: Killer, life: AsyncExitStack) -> None:
    await killer.rage()
    life.enter_context(killer.town.living_bot())


def _corners(town: Town, ledger: Ledger) -> list[Corner]:
    people = town.people
    made = []
    pitches = (("klub", "rival", "bane 1"), ("rival", "klub", "bane 2"), ("tredje", "fjerde", "bane 3"))
    for room in town.rooms.values():
        for club, rival, pitch in pitches:
            pair = (people[club], people[rival])
            made.append(
                Corner(room, town.bot, pitch, people, town.eyes, *pair, ledger, Random(), rivalry=pitch == "bane 3")
            )
    return made


async def _until_quiet(town: Town, ledger: Ledger) -> None:
    """One last question in every room, which is answered behind all others; then what is on its way arrives."""
    for room in town.rooms.values():
        mark = town.eyes.seen_so_far(room)
        ledger.commands.append(await town.eyes.say(room, "!ping slut"))
        await town.eyes.hear(room, lambda e: "pong slut" in str(e["content"].get("body")), mark, "the last answer")
    await until(partial(_is_quiet, town))  # the notes of what was sent


async def _is_quiet(town: Town) -> bool:
    async with town.database() as store, store.read() as connection:
        return not await inbox.count_unhandled(connection) and not await outbox.count_unsent(connection)


class _Crowd:
    """Talks while the bot is off, more than a sync and a few pages bring, with commands in it."""

    def __init__(self, town: Town, ledger: Ledger, random: Random) -> None:
        self._town, self._ledger, self._random = town, ledger, random
        self._numbers = count(1)

    async def talk(self) -> None:
        """A little, and three commands, in one room."""
        room = self._random.choice(list(self._town.rooms.values()))
        await self._speak(self._town.people["beboer"], room, 40, 3)

    async def say_a_lot(self, messages: int) -> None:
        """Everybody at once, each in their own order, forty commands in all."""
        room = next(iter(self._town.rooms.values()))
        people = [person for name, person in self._town.people.items() if name in ("firma", "formand", "beboer")]
        parts = [(messages // len(people), 40 // len(people))] * (len(people) - 1)
        parts.append((messages - sum(part[0] for part in parts), 40 - sum(part[1] for part in parts)))
        async with asyncio.TaskGroup() as group:
            for person, (lines, commands) in zip(people, parts, strict=True):
                group.create_task(self._speak(person, room, lines, commands))

    async def _speak(self, person: Caller, room: str, lines: int, commands: int) -> None:
        asked = set(self._random.sample(range(lines), commands))
        for line in range(lines):
            if line in asked:
                self._ledger.commands.append(await person.say(room, f"!ping mængde-{next(self._numbers)}"))
            else:
                await person.say(room, self._random.choice(CHAT))


async def _main(wanted: Wanted, keep: Path | None) -> int:
    numbers = count(1)
    with tempfile.TemporaryDirectory(prefix="bylaug-chaos-") as temporary:
        folder = keep or Path(temporary)
        for part in ("town", "synapse"):
            (folder / part).mkdir(parents=True)
        async with Homeserver(folder / "synapse") as homeserver:
            outcome = await run(wanted, homeserver, folder / "town", lambda name: f"{name}-{next(numbers)}")
    print(outcome.table())
    for problem in outcome.verdict.wrong[:20]:
        print(f"  - {problem}", file=sys.stderr)
    return 1 if outcome.verdict.wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the plan and the kills (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=60, help="how often (default: %(default)s)")
    parser.add_argument("--rooms", type=int, default=4, help="how many (default: %(default)s)")
    parser.add_argument("--commands", type=int, default=1000, help="at least so many (default: %(default)s)")
    parser.add_argument("--away", type=int, default=5000, help="messages while the bot is off (default: %(default)s)")
    parser.add_argument("--database", default="", help="the URL of a fresh database; SQLite when left out")
    parser.add_argument("--keep", type=Path, help="a new folder in which everything is left, to look into it")
    chosen = vars(parser.parse_args())
    keep = chosen.pop("keep")
    sys.exit(asyncio.run(_main(Wanted(**chosen), keep)))
