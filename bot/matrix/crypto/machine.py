"""nio's Olm machine with what it lacks: it takes in whatever comes without falling over, and offers no key twice."""

import logging
from collections.abc import Iterable
from typing import Any

from nio.crypto import GroupSessionStore, Olm, OlmDevice, OutgoingKeyRequest, Session
from nio.event_builders import DummyMessage, ToDeviceMessage
from nio.events import DummyEvent, ForwardedRoomKeyEvent, OlmEvent, RoomKeyEvent
from nio.responses import KeysClaimResponse, KeysQueryResponse

from bot.matrix.crypto.crypto_store import MAX_OLM_SESSIONS_PER_DEVICE, CryptoStore
from bot.matrix.event_types import MEGOLM, ROOM_ENCRYPTED

log = logging.getLogger(__name__)

ONE_TIME_KEY_ALGORITHM = "signed_curve25519"


class _Olm(Olm):  # type: ignore[misc]  # nio ships no types
    """Knows whose message it is reading, and takes a forwarded key from the device that made it."""

    def _handle_olm_event(self, sender: str, sender_key: str, payload: dict[str, Any]) -> Any:
        self.store.key_owner = sender
        return super()._handle_olm_event(sender, sender_key, payload)

    def _should_accept_forward(self, sender: str, sender_key: str, event: ForwardedRoomKeyEvent) -> bool:
        """nio believes only our own other devices. The maker of a key may be believed as well: it is what the key
        would have come from in the first place."""
        asked = self.outgoing_key_requests.get(event.session_id)
        made_by = event.source["content"].get("sender_key")
        return asked is not None and asked.room_id == event.room_id and made_by == sender_key


class OlmMachine:
    """The cryptography of our device."""

    def __init__(self, account: str, shelf: CryptoStore) -> None:
        self.account, self.store = account, shelf
        self.olm = _Olm(account, shelf.device_id, shelf)
        self._spent = shelf.spent_sessions()

    def receive_to_device(self, message: dict[str, Any]) -> Any:
        """Take in a to-device message. What it was if it matters: a `RoomKeyEvent`, or a `DummyEvent`, with which
        somebody's device begins anew."""
        if message.get("type") != ROOM_ENCRYPTED:
            return None
        event = None
        try:
            event = OlmEvent.from_dict(message)
            heard = self.olm.handle_to_device_event(event) if isinstance(event, OlmEvent) else None
        except Exception as error:  # whoever sends nonsense must not keep others from being heard
            log.info("an encrypted message from %s is of no use: %s", message.get("sender"), type(error).__name__)
            if isinstance(event, OlmEvent):
                self.olm._mark_device_for_unwedging(event.sender, event.sender_key)
            heard = None
        self.olm.inbound_group_store = GroupSessionStore()  # the shelf has them
        self.store.save_account(self.olm.account)  # a one-time key may be used up; nio notes that too early
        if isinstance(event, OlmEvent):
            self._tidy(event.sender_key)
        return heard if isinstance(heard, RoomKeyEvent | DummyEvent) else None

    def keys_to_upload(self, remaining: int | None, *, fallback_used: bool) -> dict[str, Any] | None:
        """What to upload when the homeserver has so many one-time keys left; None when that is enough.

        They count as published from now on: to be written down before they are uploaded.
        """
        account, vodozemac = self.olm.account, self.olm.account._account
        body: dict[str, Any] = {}
        most = account.max_one_time_keys
        if not account.shared or (remaining is not None and remaining < most // 2):
            self.olm.uploaded_key_count = min(remaining or 0, most - 1)
            body = self.olm.share_keys()
        if not account.shared or fallback_used:
            vodozemac.generate_fallback_key()
            body["fallback_keys"] = {
                f"{ONE_TIME_KEY_ALGORITHM}:{name}": self.sign({"key": key.to_base64(), "fallback": True})
                for name, key in vodozemac.fallback_key.items()
            }
        if not body:
            return None
        account.mark_keys_as_published()
        self.store.save_account(account)
        return body

    def mark_uploaded(self) -> None:
        """Our device is known to the homeserver."""
        if not self.olm.account.shared:
            self.olm.account.shared = True
            self.store.save_account(self.olm.account)

    def sign(self, content: dict[str, Any]) -> dict[str, Any]:
        """Something with our device's signature (specification, appendices, "Signing JSON")."""
        signature = {f"ed25519:{self.olm.device_id}": self.olm.sign_json(content)}
        return {**content, "signatures": {self.account: signature}}

    def update_devices(self, device_keys: dict[str, Any]) -> None:
        """What the homeserver says of people's devices; those that are gone are forgotten."""
        for user, devices in device_keys.items():
            try:
                self.olm.handle_response(KeysQueryResponse({user: devices}, {}))
            except Exception as error:  # one user's nonsense is that user's own loss
                log.warning("the devices of %s make no sense: %s", user, type(error).__name__)
            known = self.olm.device_store[user]
            for gone in [name for name, device in known.items() if device.deleted]:
                del known[gone]

    def devices_of(self, users: Iterable[str]) -> dict[tuple[str, str], OlmDevice]:
        """Every device of these people but our own: user and device id → device."""
        found = {(user, d.id): d for user in users for d in self.olm.device_store.active_user_devices(user)}
        found.pop((self.account, self.olm.device_id), None)
        return found

    def start_sessions(self, answer: dict[str, Any]) -> None:
        """Begin a session with every device whose key we got."""
        for user, devices in answer.get("one_time_keys", {}).items():
            for device, key in devices.items():
                try:
                    self.olm.handle_response(KeysClaimResponse({user: {device: key}}, {}))
                except Exception as error:
                    log.warning("no session with %s of %s: %s", device, user, type(error).__name__)

    def has_session_with(self, device: OlmDevice) -> bool:
        """Whether there is a session with this device."""
        return self._session(device) is not None

    def encrypt_for(self, device: OlmDevice, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """A to-device message that this device alone can read. It turns a ratchet: to be written before it is sent."""
        message: dict[str, Any] = self.olm._olm_encrypt(self._session(device), device, kind, content)
        return message

    def allow_forwarded_key(self, room: str, session: str) -> None:
        """We ask for this key, so that it may be forwarded to us."""
        self.olm.outgoing_key_requests[session] = OutgoingKeyRequest(session, session, room, MEGOLM)

    def claims_for_wedged_devices(self) -> dict[str, dict[str, str]]:
        """Devices that we have to begin a new session with, as a claim of one-time keys names them."""
        claim: dict[str, dict[str, str]] = {}
        for device in self.olm.wedged_devices:
            claim.setdefault(device.user_id, {})[device.id] = ONE_TIME_KEY_ALGORITHM
        return claim

    def take_dummy_messages(self) -> list[ToDeviceMessage]:
        """The first messages of new sessions, which tell the other device to use them."""
        waiting, self.olm.outgoing_to_device_messages = self.olm.outgoing_to_device_messages, []
        return [message for message in waiting if isinstance(message, DummyMessage)]

    def _session(self, device: OlmDevice) -> Session | None:
        sessions = self.olm.session_store[device.curve25519]
        return max((s for s in sessions if s.id not in self._spent), key=lambda s: s.use_time, default=None)

    def _tidy(self, curve_key: str) -> None:
        """The oldest sessions with a device are dropped, so that nobody can make us keep any number of them."""
        sessions = self.olm.session_store[curve_key]
        sessions.sort(key=lambda session: session.use_time, reverse=True)
        for surplus in sessions[MAX_OLM_SESSIONS_PER_DEVICE:]:
            self.store.drop_session(curve_key, surplus)
        del sessions[MAX_OLM_SESSIONS_PER_DEVICE:]
