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
from bot.demo.agreements_table import AgreementsTable, find_differences, read_agreements
from bot.demo.environment import SHIPPED_ROOMS, DemoEnvironment
from bot.demo.errors import DemoError
from bot.demo.login_instructions import print_login_instructions
from bot.demo.matrix_room import MatrixRoom
from bot.demo.matrix_user import MatrixUser, syncing
from bot.demo.terminal import Terminal
from bot.demo.transcript import TranscriptPrinter
from bot.errors import Fatal
from bot.features.bookings import feature
from bot.matrix.address import user_id
from bot.testing import Conversation, Departure, read_conversation
from bot.testing.play import addresses_of, play_in_room

SHIPPED_CONVERSATIONS = feature.folder / "conversations"
#: Seconds between two looks at whether the bot still runs while people try it.
POLL_SECONDS = 0.5


async def play_demo(language: str, *, stay: bool, conversation: Path | None = None, rooms: Path = SHIPPED_ROOMS) -> int:
    """Play the story in "da" or "en" and return the exit code: 0 when everything came as written, 1 when not.

    `stay` leaves everything running after it, until Ctrl-C. Another `conversation` and another folder of communities
    can be played as well. Nothing is left behind, however it ends; stopped by a signal, the code is 128 and its number.
    """
    written = read_conversation(conversation or SHIPPED_CONVERSATIONS / f"mowing.{language}.yaml")
    screen = Terminal(language)
    with _handling_signals() as stopping:
        try:
            with TemporaryDirectory(prefix="bylaug-demo-", ignore_cleanup_errors=True) as folder:
                return await _Demo(written, screen, DemoEnvironment(Path(folder), rooms), stopping).run(stay=stay)
        except Departure as other:
            _print_departure(screen, other)
        except DemoError as trouble:
            screen.print_failure(Text(screen.text(trouble.text_key, **trouble.values)), Text(trouble.details, "dim"))
        except Fatal as no:
            screen.print_failure(Text(str(no)))
        except asyncio.CancelledError:
            if stopping.signal_number is None:
                raise
            screen.print("", screen.text("stopped"))
            return 128 + stopping.signal_number
    return 1


@dataclass
class _Demo:
    conversation: Conversation
    terminal: Terminal
    environment: DemoEnvironment
    stopping: "_StopRequest"

    async def run(self, *, stay: bool) -> int:
        self.terminal.print_title(self.conversation.title)
        try:
            async with AsyncExitStack() as stack:
                community = await self._prepare()
                gathering = await self._fill_room(community, stack)
                narrator = TranscriptPrinter(self.terminal, community, gathering.now)
                narrator.print_greeting(community.greeting or "")
                await play_in_room(self.conversation, gathering, narrator.print_line)
                await gathering.check_everybody_saw_the_same()
                code = await self._check_agreements(community, narrator.bot_message_count)
                if stay:
                    self._print_login_instructions(community)
                    await self._wait_for_signal()
                return code
        finally:
            with self.terminal.progress("step-close"):
                await self.environment.close()

    async def _prepare(self) -> Community:
        """Everything is there and runs."""
        screen, village = self.terminal, self.environment
        with screen.progress("step-furnish"):
            village.copy_communities()
        community = village.find_community(self.conversation.community)
        with screen.progress("step-homeserver"):
            await village.homeserver.start()
        strangers = [who for who in self.conversation.people if not community.person(who)]
        everybody = sum(len(one.people) for one in village.communities) + len(strangers)
        with screen.progress("step-people", count=everybody):
            await village.register_accounts(strangers)
        return community

    async def _fill_room(self, community: Community, stack: AsyncExitStack) -> MatrixRoom:
        """Everybody is in the room, and so is the bot."""
        people = {who: self._matrix_user(community, who) for who in self.conversation.people}
        for person in people.values():
            await stack.enter_async_context(person)
            await person.set_display_name()
        await stack.enter_async_context(syncing(list(people.values())))
        gathering = MatrixRoom(self.environment, community, people)
        with self.terminal.progress("step-bot"):
            self.environment.start_bot()
            await gathering.wait_for_invitations()
        with self.terminal.progress("step-meet", room=community.room):
            await gathering.join_everybody()
        return gathering

    def _matrix_user(self, community: Community, who: str) -> MatrixUser:
        account = self.environment.accounts[user_id(addresses_of(community, who)[0]) or ""]
        person = community.person(who)
        return MatrixUser(self.environment.homeserver.url, account, person.name if person else who.capitalize())

    async def _check_agreements(self, community: Community, said: int) -> int:
        """Read back what the database says, and whether that is what the story leads to."""
        with self.terminal.progress("step-ledger"):
            entries = await read_agreements(self.environment.settings.database, community)
        AgreementsTable(community, self.terminal).print(entries)
        faults = find_differences(entries, self.conversation.leads_to, self.terminal)
        if faults:
            self.terminal.print_failure(*map(Text, faults))
            return 1
        people = len(self.conversation.people)
        told = self.terminal.text("passed", said=said, people=people, agreements=len(entries))
        self.terminal.print("", Text.assemble(("✓ ", "green"), (told, "bold")), "")
        return 0

    def _print_login_instructions(self, community: Community) -> None:
        neighbours = {
            user_id(addresses_of(community, who)[0]) or who: who.capitalize()
            for who in self.conversation.people
            if not community.person(who)
        }
        print_login_instructions(self.terminal, self.environment, neighbours, community.room)

    async def _wait_for_signal(self) -> None:
        """Until somebody stops it, which is then how it should end."""
        self.stopping.is_expected = True
        while self.stopping.signal_number is None:
            self.environment.check_bot_runs()
            await asyncio.sleep(POLL_SECONDS)


def _print_departure(screen: Terminal, other: Departure) -> None:
    words = screen.text
    nothing = words("nothing")
    screen.print_failure(
        Text(words(f"departure-{other.where}")),
        Text(f"\n{words('expected')}:", "bold"),
        Text(other.wanted or nothing, "green"),
        Text(f"\n{words('came')}:", "bold"),
        Text(other.came or nothing, "red"),
    )


@dataclass
class _StopRequest:
    """Whether a signal has asked us to stop, and whether that is how it should end."""

    task: "asyncio.Task[int]"
    signal_number: int | None = None
    is_expected: bool = False

    def stop(self, number: int) -> None:
        """The first signal stops what we do; those after it do not disturb the cleaning up."""
        if self.signal_number is None:
            self.signal_number = number
            if not self.is_expected:
                self.task.cancel()


@contextmanager
def _handling_signals() -> Iterator[_StopRequest]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None, "a coroutine runs in a task"
    stopping = _StopRequest(task)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, stopping.stop, number)
    try:
        yield stopping
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
