"""Fetches the room keys of encrypted rooms from the key backup, before their messages are decrypted."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from nio.crypto import InboundGroupSession

from bot.concurrency.retry import TemporaryFailure, retry_forever, retry_temporary
from bot.matrix.address import room_address
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.confirm_keys import RoomKeyId
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.crypto.key_backup.entry import ExportedKey, UntrustedEntry, read_entry
from bot.matrix.crypto.key_backup.open_backup import BackupOpener, BackupUnavailable, OpenBackup
from bot.store.crypto import MAX_KEYS_PER_PERSON, RoomKey, insert_room_keys, write_crypto_state
from bot.store.database.transaction import Store
from bot.store.key_backup import FETCHED_ROOM, fetched_rooms, mark_backed_up

log = logging.getLogger(__name__)

#: Seconds for which messages wait for the backup of their room. After that they are handled as without a backup, and
#: the backup is fetched in the background.
WAIT_SECONDS = 20.0
#: Seconds before the next try in the background.
RETRY_SECONDS = 60.0


class BackupFetcher:
    """Fetches the keys of each room once in the life of a database, and once after a restore.

    Keys with a valid MAC count as confirmed: they were before they were uploaded. Whose messages they may decrypt is
    under the MAC, too.
    """

    def __init__(self, client: Client, database: Store, crypto_store: CryptoStore, opener: BackupOpener) -> None:
        self._client, self._database, self._crypto_store, self._opener = client, database, crypto_store, opener
        self._fetched = fetched_rooms(crypto_store.state)
        self._behind: set[str] = set()  # rooms whose keys are to be fetched in the background
        self._given_up: set[str] = set()  # rooms whose keys cannot be fetched before the next start

    async def fetch(self, room: str) -> list[RoomKeyId]:
        """Store the keys of a room (its id) that are in the backup, if that was not done before.

        Returns the keys. It takes WAIT_SECONDS at most.
        """
        if room in self._fetched or room in self._given_up or room in self._behind:
            return []
        if self._behind:  # the backup is out of reach; no other room has to wait in vain
            self._behind.add(room)
            return []
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await retry_temporary(lambda: self._fetch(room), _log_pause)
        except (TimeoutError, BackupUnavailable) as error:
            reason = str(error) or "the homeserver does not give them"
            log.warning("the keys of %s cannot be fetched from the key backup now: %s", room, reason)
            self._behind.add(room)
            return []

    async def fetch_behind(self) -> list[RoomKeyId]:
        """Try once more to fetch the keys of the rooms that could not be fetched; return as `fetch` does."""
        found = []
        for room in list(self._behind):
            try:
                found += await self._fetch(room)
            except (TemporaryFailure, BackupUnavailable) as error:
                log.info("the keys of %s still cannot be fetched: %s", room, error)
                break
            self._behind.discard(room)
        return found

    @property
    def seconds_to_next_try(self) -> float | None:
        """Seconds until `fetch_behind` may be tried; None when it has nothing to do."""
        return RETRY_SECONDS if self._behind else None

    async def _fetch(self, room: str) -> list[RoomKeyId]:
        try:
            backup = await self._opener.open(create=False)
            entries = await self._read_entries(backup, room) if backup is not None else {}
        except MatrixError as error:
            log.warning("the key backup of %s cannot be fetched: %s", room, error)
            self._given_up.add(room)
            return []
        keys: list[RoomKey] = []
        if backup is not None:
            keys, ignored = await asyncio.to_thread(self._open_entries, backup, room, entries)
            if ignored:
                log.warning("%d sessions in the key backup of %s are not the bot's, or changed; ignored", ignored, room)
        await retry_forever("storing fetched room keys", lambda: self._store_keys(room, keys))
        self._fetched.add(room)
        sessions = {key.session for key in keys}
        if sessions:
            log.info("the keys of %d sessions of %s were fetched from the key backup", len(sessions), room)
        return [(room, session) for session in sessions]

    async def _store_keys(self, room: str, keys: list[RoomKey]) -> None:
        async with self._database.write() as connection:
            await insert_room_keys(connection, keys)
            await mark_backed_up(connection, keys)
            await write_crypto_state(connection, {(FETCHED_ROOM, room): "true"})

    async def _read_entries(self, backup: OpenBackup, room: str) -> Mapping[str, Any]:
        """Return the entries of a room by session id; {} when the backup has none."""
        try:
            answer = await self._client.call("GET", "room_keys", "keys", room, query={"version": backup.version})
        except MatrixError as error:
            if error.code == "M_NOT_FOUND":
                return {}
            raise
        sessions = answer.get("sessions")
        return sessions if isinstance(sessions, dict) else {}

    def _open_entries(self, backup: OpenBackup, room: str, entries: Mapping[str, Any]) -> tuple[list[RoomKey], int]:
        """Return the keys in the entries that the bot has made, and the number of the other entries.

        Of each person, only as many of the newest keys are returned as the database keeps.
        """
        keys, ignored = [], 0
        for session, entry in entries.items():
            try:
                exported = read_entry(backup.key, self._client.account, room, session, entry)
                keys += [self._import(room, session, key) for key in exported]
            except UntrustedEntry:
                ignored += 1
        keys.sort(key=lambda key: key.received_at, reverse=True)
        numbers = Counter[str]()
        newest = []
        for key in keys:
            numbers[key.owner] += 1
            if numbers[key.owner] <= MAX_KEYS_PER_PERSON:
                newest.append(key)
        return newest, ignored

    def _import(self, room: str, session_id: str, key: ExportedKey) -> RoomKey:
        """Return a key as the database stores it. Raises `UntrustedEntry` when it is of another session."""
        try:
            session = InboundGroupSession.import_session(key.session_key, key.ed25519, key.sender_key, room)
        except ValueError as error:
            raise UntrustedEntry from error
        if session.id != session_id:
            raise UntrustedEntry
        return RoomKey(
            place=room_address(room),
            session=session_id,
            sender_key=key.sender_key,
            first_index=session.first_known_index,
            owner=key.owner,
            locked=session.pickle(self._crypto_store.pickle_key).decode(),
            received_at=key.received_at,
        )


def _log_pause(error: TemporaryFailure, pause: float) -> None:
    log.warning("fetching the key backup has to wait %.1f s: %s", pause, error)
