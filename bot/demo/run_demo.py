"""Plays a conversation for real: a homeserver, the bot, and people with clients of their own, for all to see."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.text import Text

from bot.config.community import Community
from bot.demo.agreements_table import Ledger, find_faults, read_ledger
from bot.demo.environment import ROOMS, Village
from bot.demo.errors import Trouble
from bot.demo.login_instructions import show_invitation
from bot.demo.matrix_room import Gathering
from bot.demo.matrix_user import Villager, watching
from bot.demo.terminal import Screen
from bot.demo.transcript import Narrator
from bot.errors import Fatal
from bot.features.bookings import feature
from bot.matrix.address import user_id
from bot.testing import Conversation, Departure, read_conversation
from bot.testing.play import addresses_of, play_in_room

CONVERSATIONS = feature.folder / "conversations"
#: Seconds between two looks at whether the bot still runs while people try it.
LOOK = 0.5


async def play(language: str, *, stay: bool, conversation: Path | None = None, rooms: Path = ROOMS) -> int:
    """Play the story in "da" or "en" and return the exit code: 0 when everything came as written, 1 when not.

    `stay` leaves everything running after it, until Ctrl-C. Another `conversation` and another folder of communities
    can be played as well. Nothing is left behind, however it ends; stopped by a signal, the code is 128 and its number.
    """
    written = read_conversation(conversation or CONVERSATIONS / f"mowing.{language}.yaml")
    screen = Screen(language)
    with _signals() as stopping:
        try:
            with TemporaryDirectory(prefix="bylaug-demo-", ignore_cleanup_errors=True) as folder:
                return await _Demo(written, screen, Village(Path(folder), rooms), stopping).run(stay=stay)
        except Departure as other:
            _explain(screen, other)
        except Trouble as trouble:
            screen.failure(Text(screen.words(trouble.key, **trouble.values)), Text(trouble.details, "dim"))
        except Fatal as no:
            screen.failure(Text(str(no)))
        except asyncio.CancelledError:
            if stopping.number is None:
                raise
            screen.show("", screen.words("stopped"))
            return 128 + stopping.number
    return 1


@dataclass
class _Demo:
    conversation: Conversation
    screen: Screen
    village: Village
    stopping: "_Stopping"

    async def run(self, *, stay: bool) -> int:
        self.screen.open(self.conversation.title)
        try:
            async with AsyncExitStack() as stack:
                community = await self._settle()
                gathering = await self._gather(community, stack)
                narrator = Narrator(self.screen, community, gathering.now)
                narrator.greet(community.greeting or "")
                await play_in_room(self.conversation, gathering, narrator.tell)
                await gathering.agree_on_what_was_said()
                code = await self._judge(community, narrator.said)
                if stay:
                    self._invite(community)
                    await self._stay()
                return code
        finally:
            with self.screen.step("step-close"):
                await self.village.close()

    async def _settle(self) -> Community:
        """Everything is there and runs."""
        screen, village = self.screen, self.village
        with screen.step("step-furnish"):
            village.furnish()
        community = village.community(self.conversation.community)
        with screen.step("step-homeserver"):
            await village.server.start()
        strangers = [who for who in self.conversation.people if not community.person(who)]
        everybody = sum(len(one.people) for one in village.communities) + len(strangers)
        with screen.step("step-people", count=everybody):
            await village.populate(strangers)
        return community

    async def _gather(self, community: Community, stack: AsyncExitStack) -> Gathering:
        """Everybody is in the room, and so is the bot."""
        people = {who: self._villager(community, who) for who in self.conversation.people}
        for person in people.values():
            await stack.enter_async_context(person)
            await person.introduce()
        await stack.enter_async_context(watching(list(people.values())))
        gathering = Gathering(self.village, community, people)
        with self.screen.step("step-bot"):
            self.village.start_bot()
            await gathering.await_invitations()
        with self.screen.step("step-meet", room=community.room):
            await gathering.meet()
        return gathering

    def _villager(self, community: Community, who: str) -> Villager:
        account = self.village.accounts[user_id(addresses_of(community, who)[0]) or ""]
        person = community.person(who)
        return Villager(self.village.server.url, account, person.name if person else who.capitalize())

    async def _judge(self, community: Community, said: int) -> int:
        """Read back what the database says, and whether that is what the story leads to."""
        with self.screen.step("step-ledger"):
            entries = await read_ledger(self.village.settings.database, community)
        Ledger(community, self.screen).show(entries)
        faults = find_faults(entries, self.conversation.leads_to, self.screen)
        if faults:
            self.screen.failure(*map(Text, faults))
            return 1
        people = len(self.conversation.people)
        told = self.screen.words("passed", said=said, people=people, agreements=len(entries))
        self.screen.show("", Text.assemble(("✓ ", "green"), (told, "bold")), "")
        return 0

    def _invite(self, community: Community) -> None:
        neighbours = {
            user_id(addresses_of(community, who)[0]) or who: who.capitalize()
            for who in self.conversation.people
            if not community.person(who)
        }
        show_invitation(self.screen, self.village, neighbours, community.room)

    async def _stay(self) -> None:
        """Until somebody stops it, which is then how it should end."""
        self.stopping.is_welcome = True
        while self.stopping.number is None:
            self.village.check_bot()
            await asyncio.sleep(LOOK)


def _explain(screen: Screen, other: Departure) -> None:
    words = screen.words
    nothing = words("nothing")
    screen.failure(
        Text(words(f"departure-{other.where}")),
        Text(f"\n{words('expected')}:", "bold"),
        Text(other.wanted or nothing, "green"),
        Text(f"\n{words('came')}:", "bold"),
        Text(other.came or nothing, "red"),
    )


@dataclass
class _Stopping:
    """Whether a signal has asked us to stop, and whether that is how it should end."""

    task: "asyncio.Task[int]"
    number: int | None = None
    is_welcome: bool = False

    def stop(self, number: int) -> None:
        """The first signal stops what we do; those after it do not disturb the cleaning up."""
        if self.number is None:
            self.number = number
            if not self.is_welcome:
                self.task.cancel()


@contextmanager
def _signals() -> Iterator[_Stopping]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None, "a coroutine runs in a task"
    stopping = _Stopping(task)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, stopping.stop, number)
    try:
        yield stopping
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
