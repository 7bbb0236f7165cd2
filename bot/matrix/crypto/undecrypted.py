"""Stores messages whose room key is missing, until the key comes.

After a while the sender is asked to send them again.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.concurrency.retry import retry_forever
from bot.matrix.address import room_address, room_id, user_address, user_id
from bot.matrix.crypto.confirm_keys import RoomKeyId
from bot.matrix.crypto.decrypt import Event, UnusableEvent
from bot.matrix.crypto.device import OwnDevice
from bot.matrix.kept_events import make_undecrypted
from bot.pipeline.context import Context
from bot.pipeline.inbound.receive import receive
from bot.store.crypto import write_crypto_state
from bot.store.messages.inbox import Incoming
from bot.store.messages.undecrypted import (
    UndecryptedEvent,
    delete_undecrypted,
    find_all_undecrypted,
    find_sessions_of_undecrypted,
    find_undecrypted_of_session,
    insert_undecrypted,
)

#: How long a message waits for its key before its sender is asked to send it again.
ASK_AFTER = timedelta(minutes=3)
#: How long a message waits for its key when its sender was asked already. Then the sender is asked again.
ASK_AGAIN_AFTER = timedelta(days=1)


class UndecryptedMessages:
    """The messages that could not be decrypted yet.

    A sender is asked after ASK_AFTER, and at once when their device says that it will not give the key.

    `wake_worker` is called with places in which a sender has to be asked. A sender who was asked is asked again once a
    day at most, until one of their messages was decrypted. Otherwise the bot would answer each message of a client that
    shares no keys with it. The administrator is told of such senders.
    """

    def __init__(self, device: OwnDevice, context: Context, wake_worker: Callable[[str], None]) -> None:
        self._device, self._context, self._wake_worker = device, context, wake_worker
        self._added: list[UndecryptedEvent] = []  # to be inserted by `write`
        self._decrypted: list[str] = []  # event ids, to be deleted by `write`
        self._decrypted_meanwhile: set[str] = set()  # event ids, since `handle_overdue` began
        #: When each sender was asked (place and address); None when that is not known.
        self._asked_at = {
            name: _read_moment(json.loads(value))
            for (kind, name), value in device.store.state.items()
            if kind == "asked"
        }
        #: Whether it is known that the database has no undecrypted message.
        self.is_empty = False

    @property
    def has_unwritten(self) -> bool:
        """Whether `write` has something to write."""
        return bool(self._added or self._decrypted)

    async def decrypt_or_keep(self, room: str, event: Event) -> list[Event]:
        """Return an event decrypted, as a list. Keep the event and return [] when it cannot be decrypted yet."""
        try:
            decrypted = await self._device.decryptor.decrypt(room, event)
        except UnusableEvent:
            return []
        if decrypted is None:
            self._keep(room, event)
            return []
        self._mark_decrypted(room, decrypted)
        return [decrypted]

    def _keep(self, room: str, event: Event) -> None:
        """Keep a message that cannot be decrypted yet, and request its key."""
        if (kept := make_undecrypted(room, event, self._context.clock())) is not None:
            self._added.append(kept)
            self._device.key_requests.want(room, kept.session, str(event["sender"]))

    def _mark_decrypted(self, room: str, event: Event) -> None:
        """Note that a message of a sender was decrypted.

        The sender is asked again about the next undecrypted message.
        """
        name = f"{room_address(room)} {user_address(str(event['sender']))}"
        if name in self._asked_at:
            del self._asked_at[name]
            self._device.store.set_value("asked", name, None)
            self._warn_of_asked_senders()

    async def find_waited_for(self, keys: Sequence[RoomKeyId]) -> list[RoomKeyId]:
        """Return those of the room keys for which messages are kept."""
        sessions = await retry_forever("finding undecrypted messages", self._find_sessions)
        return [key for key in keys if (room_address(key[0]), key[1]) in sessions]

    async def _find_sessions(self) -> set[tuple[str, str]]:
        async with self._context.store.read() as connection:
            return await find_sessions_of_undecrypted(connection)

    async def decrypt_with_key(self, room: str, session: str) -> list[Event]:
        """Return the kept messages of a session that can be decrypted now, oldest first."""
        events = []
        for kept in await retry_forever("finding undecrypted messages", partial(self._find_kept, room, session)):
            try:
                event = await self._device.decryptor.decrypt(room, kept.content)
            except UnusableEvent:
                self._decrypted.append(kept.event)
                continue
            if event is not None:
                self._decrypted.append(kept.event)
                self._decrypted_meanwhile.add(kept.event)
                self._mark_decrypted(room, event)
                events.append(event)
        return events

    async def write(self, connection: AsyncConnection) -> None:
        """Insert the new undecrypted messages, and delete the decrypted ones, in the caller's transaction."""
        for kept in self._added:
            await insert_undecrypted(connection, kept)
        for event_id in self._decrypted:
            await delete_undecrypted(connection, event_id)

    def mark_written(self) -> None:
        """Note that the transaction of `write` was committed."""
        self.is_empty &= not self._added
        self._added.clear()
        self._decrypted.clear()

    async def handle_overdue(self) -> None:
        """Request keys again, and ask the senders whose messages waited longer than ASK_AFTER or ASK_AGAIN_AFTER."""
        # copied, because a key may come while the database is read
        asked_at, self._decrypted_meanwhile = dict(self._asked_at), set(self._decrypted)
        async with self._context.store.read() as connection:
            messages = await find_all_undecrypted(connection)
        self.is_empty = not messages
        now = self._context.clock()
        by_sender: dict[tuple[str, str], list[UndecryptedEvent]] = {}
        for message in messages:
            by_sender.setdefault((message.place, message.sender), []).append(message)
        for (place, sender), sent in by_sender.items():
            waiting = [message for message in sent if message.event not in self._decrypted_meanwhile]
            for message in waiting:
                self._device.key_requests.want(room_id(place), message.session, str(message.content["sender"]))
            name = f"{place} {sender}"
            if name not in asked_at:
                overdue = [m for m in waiting if m.received_at <= now - ASK_AFTER or self._is_unverified_for(m)]
            elif (at := asked_at[name]) is None or at <= now - ASK_AGAIN_AFTER:
                overdue = [message for message in waiting if message.received_at <= now - ASK_AGAIN_AFTER]
            else:
                overdue = []
            if overdue:
                await self._ask(overdue)
        self._warn_of_asked_senders()

    async def _ask(self, overdue: list[UndecryptedEvent]) -> None:
        """Ask a sender to send these messages again, and delete them: handled as well, they would count twice."""
        last = overdue[-1]
        name = f"{last.place} {last.sender}"
        payload = {"unverified": any(map(self._is_unverified_for, overdue))}
        now = self._context.clock()
        request = Incoming("unread", last.event, last.place, last.sender, "unreadable", now, payload)

        async def write(connection: AsyncConnection) -> None:
            await write_crypto_state(connection, {("asked", name): json.dumps(now.isoformat())})
            for message in overdue:
                await delete_undecrypted(connection, message.event)

        for place in await receive(self._context, [request], extra_writes=write):
            self._wake_worker(place)
        self._asked_at[name] = now

    def _warn_of_asked_senders(self) -> None:
        self._context.health.set_warning("undecrypted", self._describe_asked_senders())

    def _describe_asked_senders(self) -> str | None:
        """Return a sentence about senders who were asked and still cannot be read; None if there are none."""
        if not self._asked_at:
            return None
        pairs = (name.split(" ", 1) for name in self._asked_at)
        senders = ", ".join(sorted(f"{user_id(sender)} in {room_id(place)}" for place, sender in pairs))
        return (
            f"Messages of these senders cannot be read, because their clients give the bot no keys: {senders}. They are"
            " asked once a day to write again. If it does not help, let them verify the bot or use another client."
        )

    def _is_unverified_for(self, message: UndecryptedEvent) -> bool:
        """Whether a message waits in vain: its key is withheld because the sender has not verified the bot."""
        return self._device.key_requests.is_unverified_for(
            message.content["sender"], room_id(message.place), message.session
        )

    async def _find_kept(self, room: str, session: str) -> list[UndecryptedEvent]:
        async with self._context.store.read() as connection:
            return await find_undecrypted_of_session(connection, room_address(room), session)


def _read_moment(value: object) -> datetime | None:
    """Return the stored moment; None when an older version of the program stored only that the sender was asked."""
    return datetime.fromisoformat(value) if isinstance(value, str) else None
