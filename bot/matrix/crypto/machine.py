"""Wraps nio's Olm machine, so that malformed input raises nothing and no one-time key is uploaded twice."""

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

#: Algorithm of one-time keys and fallback keys.
ONE_TIME_KEY_ALGORITHM = "signed_curve25519"


class _Olm(Olm):  # type: ignore[misc]  # nio ships no types
    """nio's machine.

    It also tells the store whose message is being read, and accepts a key forwarded by its creator.
    """

    def _handle_olm_event(self, sender: str, sender_key: str, payload: dict[str, Any]) -> Any:
        self.store.key_owner = sender
        return super()._handle_olm_event(sender, sender_key, payload)

    def _should_accept_forward(self, sender: str, sender_key: str, event: ForwardedRoomKeyEvent) -> bool:
        """Whether to accept a forwarded key: the bot has requested it, and the device that created the key forwards it.

        nio trusts only other devices of the bot. The device that created a key can be trusted as well: its key would
        have come from it in the first place.
        """
        request = self.outgoing_key_requests.get(event.session_id)
        made_by = event.source["content"].get("sender_key")
        return request is not None and request.room_id == event.room_id and made_by == sender_key


class OlmMachine:
    """The cryptography of the bot's device."""

    def __init__(self, account: str, store: CryptoStore) -> None:
        self.account, self.store = account, store
        self.olm = _Olm(account, store.device_id, store)
        self._spent_sessions = store.spent_sessions()

    def receive_to_device(self, message: dict[str, Any]) -> Any:
        """Read a to-device message.

        Returns a `RoomKeyEvent`, a `DummyEvent` (another device began a new Olm session), or None for any other
        message.
        """
        if message.get("type") != ROOM_ENCRYPTED:
            return None
        event = None
        try:
            event = OlmEvent.from_dict(message)
            decrypted = self.olm.handle_to_device_event(event) if isinstance(event, OlmEvent) else None
        except Exception as error:  # a malformed message must not stop the messages of other people
            log.info(
                "an encrypted to-device message from %s cannot be read: %s", message.get("sender"), type(error).__name__
            )
            if isinstance(event, OlmEvent):
                self.olm._mark_device_for_unwedging(event.sender, event.sender_key)
            decrypted = None
        self.olm.inbound_group_store = GroupSessionStore()  # the store has the room keys
        self.store.save_account(self.olm.account)  # a one-time key may be used up; nio saves the account too early
        if isinstance(event, OlmEvent):
            self._drop_oldest_sessions(event.sender_key)
        return decrypted if isinstance(decrypted, RoomKeyEvent | DummyEvent) else None

    def keys_to_upload(self, remaining: int | None, *, fallback_used: bool) -> dict[str, Any] | None:
        """Return the body of a key upload; None when the homeserver has enough one-time keys left.

        `remaining` is how many keys the homeserver has; None when that is unknown. The returned keys count as published
        from now on: write the store before you upload them.
        """
        account, vodozemac_account = self.olm.account, self.olm.account._account
        body: dict[str, Any] = {}
        max_keys = account.max_one_time_keys
        if not account.shared or (remaining is not None and remaining < max_keys // 2):
            self.olm.uploaded_key_count = min(remaining or 0, max_keys - 1)
            body = self.olm.share_keys()
        if not account.shared or fallback_used:
            vodozemac_account.generate_fallback_key()
            body["fallback_keys"] = {
                f"{ONE_TIME_KEY_ALGORITHM}:{name}": self.sign({"key": key.to_base64(), "fallback": True})
                for name, key in vodozemac_account.fallback_key.items()
            }
        if not body:
            return None
        account.mark_keys_as_published()
        self.store.save_account(account)
        return body

    def mark_uploaded(self) -> None:
        """Note that the device's keys are on the homeserver."""
        if not self.olm.account.shared:
            self.olm.account.shared = True
            self.store.save_account(self.olm.account)

    def sign(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return an object with the signature of the bot's device (specification, appendices, "Signing JSON")."""
        signature = {f"ed25519:{self.olm.device_id}": self.olm.sign_json(content)}
        return {**content, "signatures": {self.account: signature}}

    def update_devices(self, device_keys: dict[str, Any]) -> None:
        """Replace people's devices by those in the homeserver's answer; forget the removed devices."""
        for user, devices in device_keys.items():
            try:
                self.olm.handle_response(KeysQueryResponse({user: devices}, {}))
            except Exception as error:  # malformed keys of one user must not affect others
                log.warning("the device keys of %s are malformed: %s", user, type(error).__name__)
            known = self.olm.device_store[user]
            for removed in [name for name, device in known.items() if device.deleted]:
                del known[removed]

    def devices_of(self, users: Iterable[str]) -> dict[tuple[str, str], OlmDevice]:
        """Return the devices of these people by user id and device id, without the bot's own device."""
        devices = {(user, d.id): d for user in users for d in self.olm.device_store.active_user_devices(user)}
        devices.pop((self.account, self.olm.device_id), None)
        return devices

    def start_sessions(self, answer: dict[str, Any]) -> None:
        """Start an Olm session with every device whose one-time key is in the answer to a key claim."""
        for user, devices in answer.get("one_time_keys", {}).items():
            for device, key in devices.items():
                try:
                    self.olm.handle_response(KeysClaimResponse({user: {device: key}}, {}))
                except Exception as error:
                    log.warning("no Olm session with device %s of %s: %s", device, user, type(error).__name__)

    def has_session_with(self, device: OlmDevice) -> bool:
        """Whether there is an Olm session with which messages to this device can be encrypted."""
        return self._newest_session(device) is not None

    def encrypt_for(self, device: OlmDevice, event_type: str, content: dict[str, Any]) -> dict[str, Any]:
        """Return a to-device message that only this device can read.

        This advances the ratchet of the session: write the store before you send the message.
        """
        session = self._newest_session(device)
        message: dict[str, Any] = self.olm._olm_encrypt(session, device, event_type, content)
        return message

    def allow_forwarded_key(self, room: str, session: str) -> None:
        """Accept a forwarded key of this Megolm session, because the bot is about to ask for it."""
        self.olm.outgoing_key_requests[session] = OutgoingKeyRequest(session, session, room, MEGOLM)

    def claims_for_wedged_devices(self) -> dict[str, dict[str, str]]:
        """Return a key claim for the devices whose Olm session is broken: user id → device id → algorithm."""
        claims: dict[str, dict[str, str]] = {}
        for device in self.olm.wedged_devices:
            claims.setdefault(device.user_id, {})[device.id] = ONE_TIME_KEY_ALGORITHM
        return claims

    def take_dummy_messages(self) -> list[ToDeviceMessage]:
        """Return and forget the first messages of new sessions. They make the other devices use these sessions."""
        messages, self.olm.outgoing_to_device_messages = self.olm.outgoing_to_device_messages, []
        return [message for message in messages if isinstance(message, DummyMessage)]

    def _newest_session(self, device: OlmDevice) -> Session | None:
        sessions = self.olm.session_store[device.curve25519]
        usable = (session for session in sessions if session.id not in self._spent_sessions)
        return max(usable, key=lambda session: session.use_time, default=None)

    def _drop_oldest_sessions(self, curve_key: str) -> None:
        """Keep only the newest sessions with a device, so that nobody can fill the bot's memory with sessions."""
        sessions = self.olm.session_store[curve_key]
        sessions.sort(key=lambda session: session.use_time, reverse=True)
        for session in sessions[MAX_OLM_SESSIONS_PER_DEVICE:]:
            self.store.drop_session(curve_key, session)
        del sessions[MAX_OLM_SESSIONS_PER_DEVICE:]
