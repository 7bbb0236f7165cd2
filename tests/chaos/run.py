"""`make chaos`: people use the bot while it is killed again and again. Counts what was lost or sent twice."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

from chaos_setup import ChaosSetup, set_up_chaos, wait_until
from conversing_user import ConversingUser
from killing import Killer
from report import Report, check_run
from standby import make_killer_class
from stories import CHAT, SentCommands, StoryTeller

from bot.demo.homeserver import Homeserver
from bot.store.messages import inbox, outbox

#: Events in a page of a gap after many messages.
LARGE_PAGE_LIMIT = 200


@dataclass(frozen=True)
class ChaosPlan:
    """The size of a run. The same seed gives the same stories and kills; only the machine's speed differs."""

    seed: int
    kills: int
    rooms: int
    commands: int
    away: int = 0  # messages written while the bot is off at the end, 40 of them commands
    database: str = ""


@dataclass(frozen=True)
class Outcome:
    """The result of a run."""

    report: Report
    kills: dict[str, int]
    seconds: float

    def table(self) -> str:
        """Return the figures as a table for people."""
        report, kinds = self.report, ", ".join(f"{kind} {number}" for kind, number in sorted(self.kills.items()))
        lines = [
            ("kills", f"{sum(self.kills.values())} ({kinds})"),
            ("commands", report.commands),
            ("answers", report.answers),
            ("lost", report.lost),
            ("doubled", report.doubled),
            ("agreements", report.agreements),
            ("messages of the bot", report.messages),
            ("seconds", f"{self.seconds:.0f}"),
            ("wrong", len(report.wrong)),
        ]
        return "\n".join(f"{name:<20} {value}" for name, value in lines)


async def run(plan: ChaosPlan, homeserver: Homeserver, folder: Path, localpart: Callable[[str], str]) -> Outcome:
    """Run a plan on a homeserver. Raise AnswerMissing or UnexpectedEnd when it cannot be completed."""
    began = time.monotonic()
    sent_commands = SentCommands()
    async with set_up_chaos(homeserver, folder, localpart, plan.rooms, plan.database) as setup:
        with setup.running_bot():
            await setup.join_rooms()
        busy_room = _BusyRoom(setup, sent_commands, Random(plan.seed + 1))
        killer = make_killer_class(setup)(
            setup,
            plan.kills,
            Random(plan.seed),
            busy_room.write_a_little,
            partial(_wait_for_progress, sent_commands, plan),
        )
        await _play(setup, killer, sent_commands, plan)
        report = await check_run(setup, sent_commands, folder)
    kills = plan.kills - (plan.kills % 2 if setup.has_standby else 0) + bool(plan.away)
    report.expect(killer.done.total() == kills, f"{killer.done.total()} kills and not {kills}")
    return Outcome(report, dict(killer.done), time.monotonic() - began)


async def _play(setup: ChaosSetup, killer: Killer, sent_commands: SentCommands, plan: ChaosPlan) -> None:
    """Play all stories at once, with kills; then write a lot while the bot is off; then wait until all is answered."""
    async with AsyncExitStack() as life:
        async with asyncio.TaskGroup() as group:
            group.create_task(_kill_and_let_run(killer, life))

            def is_enough() -> bool:
                return killer.is_over and len(sent_commands.commands) >= plan.commands

            for number, story_teller in enumerate(_make_story_tellers(setup, sent_commands)):
                story_teller.random.seed(f"{plan.seed} {number}")
                group.create_task(story_teller.play_stories(is_enough))
        if plan.away:
            await life.aclose()
            await _BusyRoom(setup, sent_commands, Random(plan.seed + 2)).write_a_lot(plan.away)
            setup.page_limit = LARGE_PAGE_LIMIT
            await killer.kill("gap:3", "gap")
            life.enter_context(setup.running_bot())
        await _wait_until_quiet(setup, sent_commands)


async def _wait_for_progress(sent_commands: SentCommands, plan: ChaosPlan, share: float) -> None:
    async def is_there() -> bool:
        return len(sent_commands.commands) >= share * plan.commands

    await wait_until(is_there)


async def _kill_and_let_run(killer: Killer, life: AsyncExitStack) -> None:
    await killer.kill_repeatedly()
    life.enter_context(killer.setup.running_bot())


def _make_story_tellers(setup: ChaosSetup, sent_commands: SentCommands) -> list[StoryTeller]:
    people = setup.people
    story_tellers = []
    pitches = (("klub", "rival", "bane 1"), ("rival", "klub", "bane 2"), ("tredje", "fjerde", "bane 3"))
    for room in setup.rooms.values():
        for club, rival, pitch in pitches:
            pair = (people[club], people[rival])
            story_tellers.append(
                StoryTeller(
                    room,
                    setup.bot,
                    pitch,
                    people,
                    setup.observer,
                    *pair,
                    sent_commands,
                    Random(),
                    rivalry=pitch == "bane 3",
                )
            )
    return story_tellers


async def _wait_until_quiet(setup: ChaosSetup, sent_commands: SentCommands) -> None:
    """Send a last command in every room, which is answered after all others, and wait until nothing is pending."""
    for room in setup.rooms.values():
        mark = setup.observer.count_seen(room)
        sent_commands.commands.append(await setup.observer.say(room, "!ping slut"))
        await setup.observer.wait_for_event(
            room, lambda e: "pong slut" in str(e["content"].get("body")), mark, "the last answer"
        )
    await wait_until(partial(_is_quiet, setup))  # event ids are stored after the messages have arrived


async def _is_quiet(setup: ChaosSetup) -> bool:
    async with setup.database() as store, store.read() as connection:
        return not await inbox.count_unhandled(connection) and not await outbox.count_unsent(connection)


class _BusyRoom:
    """Writes while the bot is off: more events than a sync and a few pages hold, with commands among them."""

    def __init__(self, setup: ChaosSetup, sent_commands: SentCommands, random: Random) -> None:
        self._setup, self._sent_commands, self._random = setup, sent_commands, random
        self._numbers = count(1)

    async def write_a_little(self) -> None:
        """Write 40 messages in one room, three of them commands."""
        room = self._random.choice(list(self._setup.rooms.values()))
        await self._write(self._setup.people["beboer"], room, 40, 3)

    async def write_a_lot(self, messages: int) -> None:
        """Let three people write at once, with forty commands in all."""
        room = next(iter(self._setup.rooms.values()))
        people = [person for name, person in self._setup.people.items() if name in ("firma", "formand", "beboer")]
        parts = [(messages // len(people), 40 // len(people))] * (len(people) - 1)
        parts.append((messages - sum(part[0] for part in parts), 40 - sum(part[1] for part in parts)))
        async with asyncio.TaskGroup() as group:
            for person, (lines, commands) in zip(people, parts, strict=True):
                group.create_task(self._write(person, room, lines, commands))

    async def _write(self, person: ConversingUser, room: str, lines: int, commands: int) -> None:
        command_lines = set(self._random.sample(range(lines), commands))
        for line in range(lines):
            if line in command_lines:
                self._sent_commands.commands.append(await person.say(room, f"!ping mængde-{next(self._numbers)}"))
            else:
                await person.say(room, self._random.choice(CHAT))


async def _main(plan: ChaosPlan, keep: Path | None) -> int:
    if plan.database == "postgresql":
        sys.path.append(str(Path(__file__).parents[1]))
        from postgres import Postgres

        with Postgres() as server:
            return await _main(replace(plan, database=server.url("postgres", driver="postgresql")), keep)
    numbers = count(1)
    with tempfile.TemporaryDirectory(prefix="bylaug-chaos-") as temporary:
        folder = keep or Path(temporary)
        for part in ("setup", "synapse"):
            (folder / part).mkdir(parents=True)
        async with Homeserver(folder / "synapse") as homeserver:
            outcome = await run(plan, homeserver, folder / "setup", lambda name: f"{name}-{next(numbers)}")
    print(outcome.table())
    for problem in outcome.report.wrong[:20]:
        print(f"  - {problem}", file=sys.stderr)
    return 1 if outcome.report.wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the plan and the kills (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=60, help="the number of kills (default: %(default)s)")
    parser.add_argument("--rooms", type=int, default=4, help="the number of rooms (default: %(default)s)")
    parser.add_argument(
        "--commands", type=int, default=1000, help="the least number of commands (default: %(default)s)"
    )
    parser.add_argument("--away", type=int, default=5000, help="messages while the bot is off (default: %(default)s)")
    parser.add_argument(
        "--database",
        default="",
        help="sqlite (when left out), postgresql (started for the run), or the URL of an empty PostgreSQL database",
    )
    parser.add_argument("--keep", type=Path, help="a new folder in which everything is kept for inspection")
    chosen = vars(parser.parse_args())
    keep = chosen.pop("keep")
    chosen["database"] = chosen["database"].removeprefix("sqlite")
    sys.exit(asyncio.run(_main(ChaosPlan(**chosen), keep)))
