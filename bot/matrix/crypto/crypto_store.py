"""nio's store, kept in our database: what the machine changes is gathered here, and written in one transaction."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nio.crypto import DeviceStore, GroupSessionStore, InboundGroupSession, OlmAccount, OlmDevice, Session, SessionStore
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.matrix.address import room_address
from bot.store.crypto import RoomKey, StateKey, insert_room_keys, write_crypto_state

#: Olm sessions kept with one device; it writes in the newest, and older ones matter while messages are on their way.
MAX_OLM_SESSIONS_PER_DEVICE = 6


@dataclass(frozen=True)
class UnwrittenChanges:
    """What was changed up to a moment."""

    values: dict[StateKey, str | None]
    room_keys: dict[tuple[str, str, str, int], RoomKey]

    async def write(self, connection: AsyncConnection) -> None:
        """Keep it."""
        await write_crypto_state(connection, self.values)
        await insert_room_keys(connection, self.room_keys.values())


@dataclass
class CryptoStore:
    """Everything of one device. `owner` is whose Olm message is being read, and so whose room keys come out of it.

    The methods that nio calls (nio.store.MatrixStore) note changes; nothing is on the disk before a `batch` is written.
    """

    pickle_key: str
    device_id: str
    state: Mapping[StateKey, str]
    key_owner: str = ""
    _values: dict[StateKey, str | None] = field(default_factory=dict)
    _room_keys: dict[tuple[str, str, str, int], RoomKey] = field(default_factory=dict)

    @property
    def has_unwritten(self) -> bool:
        """Whether there is something to write."""
        return bool(self._values or self._room_keys)

    def set_value(self, kind: str, name: str, value: object) -> None:
        """Note a value, None to forget it."""
        self._values[kind, name] = None if value is None else json.dumps(value)

    def unwritten_changes(self) -> UnwrittenChanges:
        """All that is not on the disk yet."""
        return UnwrittenChanges(dict(self._values), dict(self._room_keys))

    def mark_written(self, batch: UnwrittenChanges) -> None:
        """It is on the disk; what was changed again meanwhile is not."""
        for key, value in batch.values.items():
            if self._values.get(key) is value:
                del self._values[key]
        for name in batch.room_keys:
            self._room_keys.pop(name, None)

    def unwritten_room_keys(self, place: str, session: str) -> list[RoomKey]:
        """Keys of a session that are not on the disk yet."""
        return [key for key in self._room_keys.values() if (key.place, key.session) == (place, session)]

    def unpickle_room_key(self, key: RoomKey) -> InboundGroupSession:
        """A room key, ready to read with."""
        return InboundGroupSession.from_pickle(key.locked.encode(), "", key.sender_key, key.place, self.pickle_key)

    # What nio calls.

    def load_account(self) -> OlmAccount | None:
        """The device's identity; None before there is one, or when the device is another one now."""
        kept = self._read("account", "")
        if kept is None or kept["device"] != self.device_id:
            return None
        return OlmAccount.from_pickle(kept["locked"].encode(), self.pickle_key, kept["shared"])

    def save_account(self, account: OlmAccount) -> None:
        """Note the identity and its one-time keys."""
        locked = account.pickle(self.pickle_key).decode()
        self.set_value("account", "", {"device": self.device_id, "shared": account.shared, "locked": locked})

    def load_sessions(self) -> SessionStore:
        """The Olm sessions with other devices; those of another device of ours are of no use."""
        sessions = SessionStore()
        if self.load_account() is None:
            self._forget("olm", "spent")  # the next start would take them for the new device's
            return sessions
        for name, kept in self._all("olm"):
            made, used = (datetime.fromisoformat(kept[moment]) for moment in ("made", "used"))
            session = Session.from_pickle(kept["locked"].encode(), made, self.pickle_key, used)
            sessions.add(name.partition(" ")[0], session)
        return sessions

    def save_session(self, curve_key: str, session: Session) -> None:
        """Note where an Olm ratchet stands."""
        moments = {"made": session.creation_time.isoformat(), "used": session.use_time.isoformat()}
        self.set_value(
            "olm", f"{curve_key} {session.id}", {**moments, "locked": session.pickle(self.pickle_key).decode()}
        )

    def drop_session(self, curve_key: str, session: Session) -> None:
        """Forget an Olm session."""
        self.set_value("olm", f"{curve_key} {session.id}", None)
        self.set_value("spent", f"{curve_key} {session.id}", None)

    def spent_sessions(self) -> frozenset[str]:
        """Ids of the sessions that must not be written in (bot.store.crypto.begin_new_sessions)."""
        return frozenset(name.partition(" ")[2] for kind, name in self.state if kind == "spent")

    def load_inbound_group_sessions(self) -> GroupSessionStore:
        """None: room keys are looked up one by one, as there are more of them every week."""
        return GroupSessionStore()

    def save_inbound_group_session(self, session: InboundGroupSession) -> None:
        """Note a room key that somebody's device gave us."""
        place, first = room_address(session.room_id), session.first_known_index
        locked = session.pickle(self.pickle_key).decode()
        self._room_keys[place, session.id, session.sender_key, first] = RoomKey(
            place, session.id, session.sender_key, first, self.key_owner, locked
        )

    def load_device_keys(self) -> DeviceStore:
        """The devices of everybody we met."""
        devices = DeviceStore()
        for name, kept in self._all("device"):
            user, _, device = name.partition(" ")
            devices.add(OlmDevice(user, device, kept))
        return devices

    def save_device_keys(self, changed: Mapping[str, Mapping[str, OlmDevice]]) -> None:
        """Note new devices, and those that are gone."""
        for user, devices in changed.items():
            for name, device in devices.items():
                keys = {"ed25519": device.ed25519, "curve25519": device.curve25519}
                self.set_value("device", f"{user} {name}", None if device.deleted else keys)

    def load_outgoing_key_requests(self) -> dict[str, Any]:
        """None: after a start we ask anew."""
        return {}

    def add_outgoing_key_request(self, request: object) -> None:
        """Kept in memory alone."""

    def remove_outgoing_key_request(self, request: object) -> None:
        """Kept in memory alone."""

    def is_device_verified(self, device: OlmDevice) -> bool:
        """We verify nobody: roles count by Matrix id, and the homeserver vouches for whose a device is."""
        return False

    def is_device_blacklisted(self, device: OlmDevice) -> bool:
        """And shut nobody out."""
        return False

    def _forget(self, *kinds: str) -> None:
        self._values.update({key: None for key in self.state if key[0] in kinds})

    def _read(self, kind: str, name: str) -> Any:
        value = self.state.get((kind, name))
        return None if value is None else json.loads(value)

    def _all(self, kind: str) -> Iterable[tuple[str, Any]]:
        return [(name, json.loads(value)) for (found, name), value in self.state.items() if found == kind]
