"""Implements nio's store on the bot's database: changes are collected in memory and written in one transaction."""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nio.crypto import DeviceStore, GroupSessionStore, InboundGroupSession, OlmAccount, OlmDevice, Session, SessionStore
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock, system_clock
from bot.matrix.address import room_address
from bot.store.crypto import (
    MessageIndex,
    RoomKey,
    StateKey,
    insert_message_indexes,
    insert_room_keys,
    write_crypto_state,
)
from bot.store.passphrase_key import derive_key

#: Olm sessions kept with one device. The device encrypts in the newest session; older sessions are needed for messages
#: that are still on their way.
MAX_OLM_SESSIONS_PER_DEVICE = 6
#: Room keys kept in memory for rooms that the bot does not serve. It may be about to join one of them.
MAX_KEYS_OF_OTHER_ROOMS = 100

#: Place, session id, sender key, and the first message index that the key decrypts.
_RoomKeyId = tuple[str, str, str, int]


def derive_pickle_key(passphrase: str, salt: str) -> str:
    """Return the key of nio's pickles in the database. The same passphrase and salt always give the same key."""
    return derive_key(passphrase, salt).hex()


@dataclass(frozen=True)
class UnwrittenChanges:
    """The changes up to a moment that are not in the database yet."""

    values: dict[StateKey, str | None]
    room_keys: dict[_RoomKeyId, RoomKey]
    message_indexes: dict[MessageIndex, str]

    async def write(self, connection: AsyncConnection) -> None:
        """Write the changes to the database."""
        await write_crypto_state(connection, self.values)
        await insert_room_keys(connection, self.room_keys.values())
        await insert_message_indexes(connection, self.message_indexes)


@dataclass
class CryptoStore:
    """The state of one device of the bot.

    `key_owner` is the sender of the Olm message that is being read, and so the owner of the room keys in it;
    `is_owner_known` is whether the owner is known to have the device that sent it. `is_served` takes the address of a
    room and tells whether the bot serves the room. `on_room_keys_written` is called when new room keys are in the
    database. The methods that nio calls (nio.store.MatrixStore) only collect
    changes; they are in the database when `unwritten_changes` were written.
    """

    pickle_key: str
    device_id: str
    state: Mapping[StateKey, str]
    key_owner: str = ""
    is_owner_known: bool = True
    is_served: Callable[[str], bool] = lambda place: True
    clock: Clock = system_clock
    on_room_keys_written: Callable[[], None] = lambda: None
    _values: dict[StateKey, str | None] = field(default_factory=dict)
    _room_keys: dict[_RoomKeyId, RoomKey] = field(default_factory=dict)
    _message_indexes: dict[MessageIndex, str] = field(default_factory=dict)
    _keys_of_other_rooms: OrderedDict[_RoomKeyId, RoomKey] = field(default_factory=OrderedDict)

    @property
    def has_unwritten(self) -> bool:
        """Whether there are changes that must be written before the next sync.

        Message indexes are not counted: they are written at the latest with the sync position after their events.
        """
        return bool(self._values or self._room_keys)

    def set_value(self, kind: str, name: str, value: object) -> None:
        """Set a value; None deletes it."""
        self._values[kind, name] = None if value is None else json.dumps(value)

    def unwritten_changes(self) -> UnwrittenChanges:
        """Return all changes that are not in the database yet."""
        return UnwrittenChanges(dict(self._values), dict(self._room_keys), dict(self._message_indexes))

    def mark_written(self, changes: UnwrittenChanges) -> None:
        """Mark these changes as written. Values that have changed again meanwhile are still unwritten."""
        for key, value in changes.values.items():
            if self._values.get(key) is value:
                del self._values[key]
        for name in changes.room_keys:
            self._room_keys.pop(name, None)
        for index in changes.message_indexes:
            self._message_indexes.pop(index, None)
        if changes.room_keys:
            self.on_room_keys_written()

    def unwritten_room_keys(self, place: str, session: str) -> list[RoomKey]:
        """Return the keys of a session that are not in the database yet."""
        return [key for key in self._room_keys.values() if (key.place, key.session) == (place, session)]

    def take_keys_of_joined_rooms(self) -> None:
        """Mark for storing the keys of rooms that the bot did not serve when the keys arrived, and serves now."""
        for name in [name for name in self._keys_of_other_rooms if self.is_served(name[0])]:
            self._room_keys[name] = self._keys_of_other_rooms.pop(name)

    def add_message_index(self, index: MessageIndex, event: str) -> None:
        """Note which event had a message index."""
        self._message_indexes[index] = event

    def unwritten_message_indexes(self, place: str, owner: str, session: str) -> dict[int, str]:
        """Return the event ids by message index of a session that are not in the database yet."""
        of_session = (place, owner, session)
        return {
            index.message_index: event
            for index, event in self._message_indexes.items()
            if (index.place, index.owner, index.session) == of_session
        }

    def unpickle_room_key(self, key: RoomKey) -> InboundGroupSession:
        """Return a room key as a session that decrypts messages."""
        return InboundGroupSession.from_pickle(key.locked.encode(), "", key.sender_key, key.place, self.pickle_key)

    # The methods that nio calls.

    def load_account(self) -> OlmAccount | None:
        """Return the device's account; None when there is none yet, or when it belongs to another device of the bot."""
        stored = self._read("account", "")
        if stored is None or stored["device"] != self.device_id:
            return None
        return OlmAccount.from_pickle(stored["locked"].encode(), self.pickle_key, stored["shared"])

    def save_account(self, account: OlmAccount) -> None:
        """Save the account: the device's identity keys and one-time keys."""
        pickle = account.pickle(self.pickle_key).decode()
        self.set_value("account", "", {"device": self.device_id, "shared": account.shared, "locked": pickle})

    def load_pending_fallback_key(self) -> dict[str, Any] | None:
        """Return the signed fallback key whose upload is not known to have succeeded; None when there is none."""
        stored = self._read("fallback", "")
        return stored["keys"] if stored and stored["device"] == self.device_id else None

    def save_pending_fallback_key(self, keys: dict[str, Any] | None) -> None:
        """Save a fallback key before its upload; None after it succeeded."""
        self.set_value("fallback", "", keys and {"device": self.device_id, "keys": keys})

    def load_sessions(self) -> SessionStore:
        """Return the Olm sessions with other devices; none when they belong to another device of the bot."""
        sessions = SessionStore()
        if self.load_account() is None:
            self._delete_kinds("olm", "spent")  # at the next start they would be taken for the new device's
            return sessions
        for name, stored in self._read_all("olm"):
            created, used = (datetime.fromisoformat(stored[moment]) for moment in ("made", "used"))
            session = Session.from_pickle(stored["locked"].encode(), created, self.pickle_key, used)
            sessions.add(name.partition(" ")[0], session)
        return sessions

    def save_session(self, curve_key: str, session: Session) -> None:
        """Save the ratchet of an Olm session."""
        moments = {"made": session.creation_time.isoformat(), "used": session.use_time.isoformat()}
        pickle = session.pickle(self.pickle_key).decode()
        self.set_value("olm", f"{curve_key} {session.id}", {**moments, "locked": pickle})

    def drop_session(self, curve_key: str, session: Session) -> None:
        """Delete an Olm session."""
        self.set_value("olm", f"{curve_key} {session.id}", None)
        self.set_value("spent", f"{curve_key} {session.id}", None)

    def spent_sessions(self) -> frozenset[str]:
        """Return the ids of sessions that must not encrypt any more (bot.store.crypto.mark_olm_sessions_spent)."""
        return frozenset(name.partition(" ")[2] for kind, name in self.state if kind == "spent")

    def load_inbound_group_sessions(self) -> GroupSessionStore:
        """Return no room keys.

        Each is read from the database when it is needed, because their number grows every week.
        """
        return GroupSessionStore()

    def save_inbound_group_session(self, session: InboundGroupSession) -> None:
        """Save a room key that another device gave to the bot.

        The key of a room that the bot does not serve is only kept in memory, among the MAX_KEYS_OF_OTHER_ROOMS newest.
        """
        place, first_index = room_address(session.room_id), session.first_known_index
        pickle = session.pickle(self.pickle_key).decode()
        key = RoomKey(
            place=place,
            session=session.id,
            sender_key=session.sender_key,
            first_index=first_index,
            owner=self.key_owner,
            locked=pickle,
            received_at=self.clock(),
            is_confirmed=self.is_owner_known,
        )
        name = (place, session.id, session.sender_key, first_index)
        if self.is_served(place):
            self._room_keys[name] = key
            return
        self._keys_of_other_rooms[name] = key
        while len(self._keys_of_other_rooms) > MAX_KEYS_OF_OTHER_ROOMS:
            self._keys_of_other_rooms.popitem(last=False)

    def load_device_keys(self) -> DeviceStore:
        """Return the known devices of other people."""
        devices = DeviceStore()
        for name, stored in self._read_all("device"):
            user, _, device = name.partition(" ")
            devices.add(OlmDevice(user, device, stored))
        return devices

    def save_device_keys(self, changed: Mapping[str, Mapping[str, OlmDevice]]) -> None:
        """Save new devices and delete removed devices."""
        for user, devices in changed.items():
            for name, device in devices.items():
                keys = {"ed25519": device.ed25519, "curve25519": device.curve25519}
                self.set_value("device", f"{user} {name}", None if device.deleted else keys)

    def load_master_keys(self) -> dict[str, str]:
        """Return the public master key that each person had when the bot last saw it."""
        return dict(self._read_all("identity"))

    def save_master_key(self, user: str, key: str) -> None:
        """Save the public master key of a person's identity."""
        self.set_value("identity", user, key)

    def load_outgoing_key_requests(self) -> dict[str, Any]:
        """Return no key requests: after a start the bot requests missing keys again."""
        return {}

    def add_outgoing_key_request(self, request: object) -> None:
        """Do nothing: key requests are only kept in memory."""

    def remove_outgoing_key_request(self, request: object) -> None:
        """Do nothing: key requests are only kept in memory."""

    def is_device_verified(self, device: OlmDevice) -> bool:
        """Return False.

        Roles belong to Matrix ids, and the bot trusts the homeserver to say which devices a user has.
        """
        return False

    def is_device_blacklisted(self, device: OlmDevice) -> bool:
        """Return False: the bot gives keys to every device of a room's members."""
        return False

    def _delete_kinds(self, *kinds: str) -> None:
        self._values.update({key: None for key in self.state if key[0] in kinds})

    def _read(self, kind: str, name: str) -> Any:
        value = self.state.get((kind, name))
        return None if value is None else json.loads(value)

    def _read_all(self, wanted_kind: str) -> Iterable[tuple[str, Any]]:
        return [(name, json.loads(value)) for (kind, name), value in self.state.items() if kind == wanted_kind]
