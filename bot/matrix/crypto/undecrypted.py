"""Messages that wait for their key: kept as they came, handled when it comes, and after a while asked for again."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.concurrency.retry import retry_forever
from bot.matrix.address import room_address, user_address
from bot.matrix.crypto.decrypt import Event, make_undecrypted_row
from bot.matrix.crypto.device import OwnDevice
from bot.pipeline.context import Context
from bot.pipeline.inbound.receive import receive
from bot.store.crypto import write_crypto_state
from bot.store.messages.inbox import Incoming
from bot.store.messages.undecrypted import (
    UndecryptedEvent,
    delete_undecrypted,
    find_all_undecrypted,
    find_undecrypted_of_session,
    insert_undecrypted,
)

#: How long a message waits for its key before its sender is asked to send it again.
ASK_AFTER = timedelta(minutes=3)
#: How long messages wait of somebody who was asked already.
GIVE_UP_AFTER = timedelta(days=1)


class UndecryptedMessages:
    """What could not be read yet. `awaken` hears of places in which somebody is to be asked.

    Who was asked is not asked again before something of theirs could be read: a client that gives us no keys at all
    must not make us speak after each of its messages.
    """

    def __init__(self, device: OwnDevice, context: Context, awaken: Callable[[str], None]) -> None:
        self._device, self._context, self._awaken = device, context, awaken
        self._held: list[UndecryptedEvent] = []
        self._opened: list[str] = []
        self._just_opened: set[str] = set()
        self._asked = {name for kind, name in device.store.state if kind == "asked"}
        self.is_empty = False  # as far as we know

    @property
    def has_unwritten(self) -> bool:
        """Whether there is something to be written."""
        return bool(self._held or self._opened)

    def add(self, room: str, event: Event) -> None:
        """It cannot be read yet; what was said before we came never will be, and is not for us."""
        session = self._device.decryptor.read_session_id(event)
        if session is None or event.get("unsigned", {}).get("membership", "join") != "join":
            return
        aging = {name: value for name, value in event.get("unsigned", {}).items() if name != "age"}
        self._held.append(
            make_undecrypted_row(room, {**event, "unsigned": aging}, session, self._context.clock())
        )  # it grows older
        self._device.want_key(room, session, str(event["sender"]))

    def mark_decrypted(self, room: str, event: Event) -> None:
        """Something of somebody could be read: the next time it cannot, they are asked again."""
        name = f"{room_address(room)} {user_address(str(event['sender']))}"
        if name in self._asked:
            self._asked.discard(name)
            self._device.store.set_value("asked", name, None)

    async def decrypt_with_key(self, room: str, session: str) -> list[Event]:
        """What a key opens of what waited, oldest first."""
        read = []
        for held in await retry_forever("looking for unread messages", partial(self._waiting_for, room, session)):
            event = await self._device.decryptor.decrypt(room, held.content)
            if event is not None:
                self._opened.append(held.event)
                self._just_opened.add(held.event)
                self.mark_decrypted(room, event)
                read.append(event)
        return read

    async def write(self, connection: AsyncConnection) -> None:
        """Keep what came and drop what was read."""
        for held in self._held:
            await insert_undecrypted(connection, held)
        for event in self._opened:
            await delete_undecrypted(connection, event)

    def mark_written(self) -> None:
        """It is on the disk."""
        self.is_empty &= not self._held
        self._held.clear()
        self._opened.clear()

    async def handle_overdue(self) -> None:
        """Ask those whose messages have waited too long, and give up what has waited much too long."""
        asked, self._just_opened = set(self._asked), set(self._opened)  # a key may come while we look
        async with self._context.store.read() as connection:
            waiting = await find_all_undecrypted(connection)
        self.is_empty = not waiting
        now = self._context.clock()
        people: dict[tuple[str, str], list[UndecryptedEvent]] = {}
        for held in waiting:
            people.setdefault((held.place, held.sender), []).append(held)
        for (place, sender), theirs in people.items():
            theirs = [held for held in theirs if held.event not in self._just_opened]
            if f"{place} {sender}" in asked:
                await self._give_up(held for held in theirs if held.received_at <= now - GIVE_UP_AFTER)
            elif overdue := [held for held in theirs if held.received_at <= now - ASK_AFTER]:
                await self._ask(overdue)

    async def _ask(self, overdue: list[UndecryptedEvent]) -> None:
        """What we ask to be sent again is given up, or it could be done twice."""
        last = overdue[-1]
        name = f"{last.place} {last.sender}"
        asked = Incoming("unread", last.event, last.place, last.sender, "unreadable", self._context.clock(), {})

        async def also(connection: AsyncConnection) -> None:
            await write_crypto_state(connection, {("asked", name): json.dumps(True)})
            for held in overdue:
                await delete_undecrypted(connection, held.event)

        for place in await receive(self._context, [asked], extra_writes=also):
            self._awaken(place)
        self._asked.add(name)

    async def _give_up(self, old: Iterable[UndecryptedEvent]) -> None:
        if events := [held.event for held in old]:
            async with self._context.store.write() as connection:
                for event in events:
                    await delete_undecrypted(connection, event)

    async def _waiting_for(self, room: str, session: str) -> list[UndecryptedEvent]:
        async with self._context.store.read() as connection:
            return await find_undecrypted_of_session(connection, room_address(room), session)
