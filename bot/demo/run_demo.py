"""Plays a conversation with a real homeserver, the real bot and people with clients, and prints what happens."""

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
#: Seconds between two checks that the bot still runs while people try it.
POLL_SECONDS = 0.5


async def play_demo(language: str, *, stay: bool, conversation: Path | None = None, rooms: Path = SHIPPED_ROOMS) -> int:
    """Play the demo in a language ("da" or "en"). Return the exit code: 0 when the bot did all that is written, else 1.

    With `stay` the homeserver and the bot run on afterwards, until Ctrl-C. `conversation` and `rooms` can be another
    file and another folder of communities. However the demo ends, it leaves no file and no process behind. After a
    signal the exit code is 128 plus the number of the signal.
    """
    script = read_conversation(conversation or SHIPPED_CONVERSATIONS / f"mowing.{language}.yaml")
    terminal = Terminal(language)
    with _handling_signals() as stop_request:
        try:
            with TemporaryDirectory(prefix="bylaug-demo-", ignore_cleanup_errors=True) as folder:
                demo = _Demo(script, terminal, DemoEnvironment(Path(folder), rooms), stop_request)
                return await demo.run(stay=stay)
        except Departure as departure:
            _print_departure(terminal, departure)
        except DemoError as error:
            terminal.print_failure(Text(terminal.text(error.text_key, **error.values)), Text(error.details, "dim"))
        except Fatal as error:
            terminal.print_failure(Text(str(error)))
        except asyncio.CancelledError:
            if stop_request.signal_number is None:
                raise
            terminal.print("", terminal.text("stopped"))
            return 128 + stop_request.signal_number
    return 1


@dataclass
class _Demo:
    conversation: Conversation
    terminal: Terminal
    environment: DemoEnvironment
    stop_request: "_StopRequest"

    async def run(self, *, stay: bool) -> int:
        self.terminal.print_title(self.conversation.title)
        try:
            async with AsyncExitStack() as stack:
                community = await self._prepare()
                room = await self._fill_room(community, stack)
                printer = TranscriptPrinter(self.terminal, community, room.now)
                printer.print_greeting(community.greeting or "")
                await play_in_room(self.conversation, room, printer.print_line)
                await room.check_everybody_saw_the_same()
                exit_code = await self._check_agreements(community, printer.bot_message_count)
                if stay:
                    self._print_login_instructions(community)
                    await self._wait_for_signal()
                return exit_code
        finally:
            with self.terminal.progress("step-close"):
                await self.environment.close()

    async def _prepare(self) -> Community:
        """Load the communities, start the homeserver and register accounts. Return the conversation's community."""
        terminal, environment = self.terminal, self.environment
        with terminal.progress("step-communities"):
            environment.copy_communities()
        community = environment.find_community(self.conversation.community)
        with terminal.progress("step-homeserver"):
            await environment.homeserver.start()
        unlisted = [handle for handle in self.conversation.people if not community.person(handle)]
        count = sum(len(other.people) for other in environment.communities) + len(unlisted)
        with terminal.progress("step-people", count=count):
            await environment.register_accounts(unlisted)
        return community

    async def _fill_room(self, community: Community, stack: AsyncExitStack) -> MatrixRoom:
        """Start the clients and the bot, and let everybody join the community's room."""
        users = {handle: self._matrix_user(community, handle) for handle in self.conversation.people}
        for user in users.values():
            await stack.enter_async_context(user)
            await user.set_display_name()
        await stack.enter_async_context(syncing(list(users.values())))
        room = MatrixRoom(self.environment, community, users)
        with self.terminal.progress("step-bot"):
            self.environment.start_bot()
            await room.wait_for_invitations()
        with self.terminal.progress("step-join", room=community.room):
            await room.join_everybody()
        return room

    def _matrix_user(self, community: Community, handle: str) -> MatrixUser:
        account = self.environment.accounts[user_id(addresses_of(community, handle)[0]) or ""]
        person = community.person(handle)
        return MatrixUser(self.environment.homeserver.url, account, person.name if person else handle.capitalize())

    async def _check_agreements(self, community: Community, bot_message_count: int) -> int:
        """Print the agreements in the database. Return exit code 1 when they differ from `leads_to`, else 0."""
        with self.terminal.progress("step-agreements"):
            histories = await read_agreements(self.environment.settings.database, community)
        AgreementsTable(community, self.terminal).print(histories)
        differences = find_differences(histories, self.conversation.leads_to, self.terminal)
        if differences:
            self.terminal.print_failure(*map(Text, differences))
            return 1
        people = len(self.conversation.people)
        summary = self.terminal.text("passed", said=bot_message_count, people=people, agreements=len(histories))
        self.terminal.print("", Text.assemble(("✓ ", "green"), (summary, "bold")), "")
        return 0

    def _print_login_instructions(self, community: Community) -> None:
        unlisted_users = {
            user_id(addresses_of(community, handle)[0]) or handle: handle.capitalize()
            for handle in self.conversation.people
            if not community.person(handle)
        }
        print_login_instructions(self.terminal, self.environment, unlisted_users, community.room)

    async def _wait_for_signal(self) -> None:
        """Wait for a signal, which from now on is the expected end. Raises DemoError when the bot ends before."""
        self.stop_request.is_expected = True
        while self.stop_request.signal_number is None:
            self.environment.check_bot_runs()
            await asyncio.sleep(POLL_SECONDS)


def _print_departure(terminal: Terminal, departure: Departure) -> None:
    text_of = terminal.text
    nothing = text_of("nothing")
    terminal.print_failure(
        Text(text_of(f"departure-{departure.where}")),
        Text(f"\n{text_of('expected')}:", "bold"),
        Text(departure.wanted or nothing, "green"),
        Text(f"\n{text_of('came')}:", "bold"),
        Text(departure.came or nothing, "red"),
    )


@dataclass
class _StopRequest:
    """A signal that asked the demo to stop. `signal` is None until there was one.

    With `is_expected` the demo waits for the signal, so the task is not cancelled.
    """

    task: "asyncio.Task[int]"
    signal_number: int | None = None
    is_expected: bool = False

    def stop(self, number: int) -> None:
        """Stop the demo at the first signal. Ignore later ones, so that they do not interrupt the cleaning up."""
        if self.signal_number is None:
            self.signal_number = number
            if not self.is_expected:
                self.task.cancel()


@contextmanager
def _handling_signals() -> Iterator[_StopRequest]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None, "a coroutine runs in a task"
    stop_request = _StopRequest(task)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, stop_request.stop, number)
    try:
        yield stop_request
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
