"""Wraps nio's Olm machine, so that malformed input raises nothing and no one-time key is uploaded twice."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from nio.crypto import GroupSessionStore, Olm, OlmDevice, OutgoingKeyRequest, Session
from nio.event_builders import DummyMessage, ToDeviceMessage
from nio.events import DummyEvent, ForwardedRoomKeyEvent, OlmEvent, RoomKeyEvent
from nio.exceptions import EncryptionError
from nio.responses import KeysClaimResponse, KeysQueryResponse
from vodozemac import Curve25519PublicKey, DecodeException, OlmDecryptionException, PreKeyMessage

from bot.matrix.crypto.crypto_store import MAX_OLM_SESSIONS_PER_DEVICE, CryptoStore
from bot.matrix.crypto.signing.keys import has_valid_signature
from bot.matrix.event_types import MEGOLM, ROOM_ENCRYPTED

log = logging.getLogger(__name__)

#: Algorithm of one-time keys and fallback keys.
ONE_TIME_KEY_ALGORITHM = "signed_curve25519"

#: Unknown devices whose Olm sessions are kept. Anybody can begin a session with the bot.
MAX_UNKNOWN_DEVICES = 100


class _Olm(Olm):  # type: ignore[misc]  # nio ships no types
    """nio's machine.

    It also tells the store whose message is being read, and accepts a key forwarded by its creator.
    """

    def _handle_olm_event(self, sender: str, sender_key: str, payload: dict[str, Any]) -> Any:
        self.store.key_owner = sender
        self.store.is_owner_known = self.device_store.device_from_sender_key(sender, sender_key) is not None
        return super()._handle_olm_event(sender, sender_key, payload)

    def _try_decrypt(self, sender: str, sender_key: str, message: Any) -> Any:
        """Return the text of an Olm message, decrypted with a stored session; None when no session decrypts it.

        Raises `EncryptionError` when a pre-key message belongs to a stored session that cannot decrypt it. Only the
        session that decrypts the message is marked as used: the session used last encrypts the next message to the
        device. nio marks every session that it tries, so that anybody could make the bot change the session.
        """
        is_prekey = isinstance(message, PreKeyMessage)
        for session in list(self.session_store[sender_key]):
            if is_prekey and not session.matches(message):
                continue
            used_before = session.use_time
            try:
                text = session.decrypt(message)
            except (DecodeException, OlmDecryptionException) as error:
                session.use_time = used_before
                if is_prekey:  # the message belongs to this session, and must not begin another one
                    raise EncryptionError("a message does not fit into its session") from error
            else:
                self.save_session(sender_key, session)
                return text
        return None

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
        self._pending_fallback_key = store.load_pending_fallback_key()

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
            self._drop_unknown_devices()
        return decrypted if isinstance(decrypted, RoomKeyEvent | DummyEvent) else None

    def keys_to_upload(self, remaining: int | None, *, fallback_used: bool) -> dict[str, Any] | None:
        """Return the body of a key upload; None when the homeserver has enough one-time keys left.

        `remaining` is how many keys the homeserver has; None when that is unknown. The returned keys count as published
        from now on: write the store before you upload them.
        """
        account = self.olm.account
        body: dict[str, Any] = {}
        max_keys = account.max_one_time_keys
        if not account.shared or (remaining is not None and remaining < max_keys // 2):
            self.olm.uploaded_key_count = min(remaining or 0, max_keys - 1)
            body = self.olm.share_keys()
        if not account.shared or fallback_used:
            body["fallback_keys"] = self._fallback_key_to_upload()
        if not body:
            return None
        account.mark_keys_as_published()
        self.store.save_account(account)
        return body

    def _fallback_key_to_upload(self) -> dict[str, Any]:
        """Return a new fallback key, or the previous one again if its upload failed.

        The account keeps only the last two. Until an upload succeeds, the homeserver gives out the older one, so
        there must not be a third.
        """
        if self._pending_fallback_key is None:
            vodozemac_account = self.olm.account._account
            vodozemac_account.generate_fallback_key()
            self._pending_fallback_key = {
                f"{ONE_TIME_KEY_ALGORITHM}:{name}": self.sign({"key": key.to_base64(), "fallback": True})
                for name, key in vodozemac_account.fallback_key.items()
            }
            self.store.save_pending_fallback_key(self._pending_fallback_key)
        return self._pending_fallback_key

    def forget_pending_fallback_key(self) -> None:
        """Note that the homeserver has the fallback key that was uploaded last."""
        if self._pending_fallback_key is not None:
            self._pending_fallback_key = None
            self.store.save_pending_fallback_key(None)

    @property
    def is_published(self) -> bool:
        """Whether the homeserver has the device's keys, as far as the bot knows."""
        return bool(self.olm.account.shared)

    def mark_uploaded(self) -> None:
        """Note that the device's keys are on the homeserver."""
        self.forget_pending_fallback_key()
        self._set_published(True)

    def mark_unpublished(self) -> None:
        """Note that the homeserver has none of the device's keys any more."""
        self._set_published(False)

    def _set_published(self, is_published: bool) -> None:
        if self.olm.account.shared != is_published:
            self.olm.account.shared = is_published
            self.store.save_account(self.olm.account)

    def sign(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return an object with the signature of the bot's device (specification, appendices, "Signing JSON")."""
        signature = {f"ed25519:{self.olm.device_id}": self.olm.sign_json(content)}
        return {**content, "signatures": {self.account: signature}}

    def update_devices(self, device_keys: dict[str, Any]) -> None:
        """Replace people's devices by those in the homeserver's answer; forget the removed devices."""
        for user, devices in device_keys.items():
            published = devices.items() if isinstance(devices, dict) else ()
            well_formed = {name: keys for name, keys in published if self._is_well_formed(user, name, keys)}
            self.olm.handle_response(KeysQueryResponse({user: well_formed}, {}))
            known = self.olm.device_store[user]
            for removed in [name for name, device in known.items() if device.deleted]:
                del known[removed]

    def _is_well_formed(self, user: str, device: str, keys: Any) -> bool:
        """Whether the keys of a device can be read and are signed by the device."""
        try:
            Curve25519PublicKey.from_base64(keys["keys"][f"curve25519:{device}"])
            is_named = (keys["user_id"], keys["device_id"]) == (user, device)
            keys.get("unsigned", {}).get("device_display_name")
            return is_named and has_valid_signature(keys, user, device, keys["keys"][f"ed25519:{device}"])
        except Exception as error:
            log.warning("the keys of device %s of %s are malformed: %s", device, user, type(error).__name__)
            return False

    def find_device(self, user: str, sender_key: str) -> OlmDevice | None:
        """Return the user's device with this Curve25519 key; None when the bot knows no such device."""
        return self.olm.device_store.device_from_sender_key(user, sender_key)

    def devices_of(self, users: Iterable[str]) -> dict[tuple[str, str], OlmDevice]:
        """Return the devices of these people by user id and device id, without the bot's own device."""
        devices = {(user, d.id): d for user in users for d in self.olm.device_store.active_user_devices(user)}
        devices.pop((self.account, self.olm.device_id), None)
        return devices

    def find_signing_key(self, user: str, sender_key: str) -> str:
        """Return the Ed25519 key of the user's device with this Curve25519 key; "" when it is not known."""
        device = self.find_device(user, sender_key)
        return "" if device is None else str(device.ed25519)

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

    def begin_session_with(self, device: OlmDevice) -> None:
        """Have a new Olm session begun with a device, by `claims_for_wedged_devices`."""
        if device not in self.olm.wedged_devices:
            self.olm.wedged_devices.append(device)

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

    def _drop_unknown_devices(self) -> None:
        """Delete the sessions with unknown devices, except with the MAX_UNKNOWN_DEVICES devices that were used last."""
        sessions_by_key = self.olm.session_store._entries
        known = {device.curve25519 for device in self.olm.device_store}
        last_used = {
            curve_key: max((session.use_time for session in sessions), default=datetime.min)
            for curve_key, sessions in sessions_by_key.items()
            if curve_key not in known
        }
        for curve_key in sorted(last_used, key=last_used.__getitem__, reverse=True)[MAX_UNKNOWN_DEVICES:]:
            for session in sessions_by_key.pop(curve_key):
                self.store.drop_session(curve_key, session)
