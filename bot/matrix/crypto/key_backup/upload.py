"""Uploads confirmed room keys to the key backup, in batches and in the background."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from bot.concurrency.retry import TemporaryFailure, retry_forever, retry_temporary
from bot.matrix.address import room_id
from bot.matrix.client import Client, MatrixError
from bot.matrix.crypto.crypto_store import CryptoStore
from bot.matrix.crypto.key_backup.entry import ExportedKey, make_entry
from bot.matrix.crypto.key_backup.open_backup import BackupOpener, BackupUnavailable, OpenBackup
from bot.matrix.crypto.signing.keys import JsonObject
from bot.store.crypto import RoomKey
from bot.store.database.transaction import Store
from bot.store.key_backup import find_sessions_to_back_up, mark_backed_up

log = logging.getLogger(__name__)

#: Sessions whose keys are uploaded in one request.
BATCH_SESSIONS = 100
#: Seconds between new keys and their upload: the keys of several people often come together.
DELAY_SECONDS = 1.0
#: Seconds after which an upload that the homeserver refused is tried again.
REFUSED_SECONDS = 3600.0
#: How often in a row the homeserver may say that a version is not the newest, which was the newest a moment ago.
MAX_LOST_VERSIONS = 3

#: Returns the Ed25519 key of a user's device by its Curve25519 key, "" when it is not known.
FindSigningKey = Callable[[str, str], str]


class BackupUploader:
    """Uploads the keys that are not in the backup.

    `concern` is a sentence for the administrator about why it cannot; None while it can.
    """

    def __init__(
        self,
        client: Client,
        database: Store,
        crypto_store: CryptoStore,
        opener: BackupOpener,
        find_signing_key: FindSigningKey,
    ) -> None:
        self._client, self._database, self._crypto_store, self._opener = client, database, crypto_store, opener
        self._find_signing_key = find_signing_key
        self._has_new_keys = asyncio.Event()
        self._has_new_keys.set()  # keys may be left from before the start
        self.concern: str | None = None

    def wake(self) -> None:
        """Have `run` look for keys that are not in the backup."""
        self._has_new_keys.set()

    async def run(self) -> None:
        """Upload new keys until cancelled."""
        while True:
            await self._has_new_keys.wait()
            self._has_new_keys.clear()
            await asyncio.sleep(DELAY_SECONDS)
            await retry_forever("backing up room keys", lambda: retry_temporary(self._upload_or_wait, _log_pause))

    async def _upload_or_wait(self) -> None:
        try:
            await self.upload()
        except (MatrixError, BackupUnavailable) as error:
            concern = (
                f"The room keys are not backed up on the homeserver ({error}). After a restore, messages in encrypted"
                " rooms may stay unread."
            )
            if concern != self.concern:
                log.warning("%s", concern)
            self.concern = concern
            asyncio.get_running_loop().call_later(REFUSED_SECONDS, self.wake)
        else:
            self.concern = None

    async def upload(self) -> None:
        """Upload all confirmed keys that are not in the backup.

        Raises `TemporaryFailure`, and `MatrixError` or `BackupUnavailable` when there can be no backup.
        """
        lost_versions = 0
        while sessions := await self._find_sessions():
            backup = await self._opener.open(create=True)
            assert backup is not None, "it is made where there is none"
            try:
                await self._upload_batch(backup, sessions)
            except MatrixError as error:
                lost_versions += 1
                if error.code not in ("M_WRONG_ROOM_KEYS_VERSION", "M_NOT_FOUND") or lost_versions > MAX_LOST_VERSIONS:
                    raise
                self._opener.forget()
                continue
            lost_versions = 0
            async with self._database.write() as connection:
                await mark_backed_up(connection, [key for keys in sessions for key in keys])

    async def _find_sessions(self) -> list[list[RoomKey]]:
        async with self._database.read() as connection:
            return await find_sessions_to_back_up(connection, BATCH_SESSIONS)

    async def _upload_batch(self, backup: OpenBackup, sessions: Sequence[Sequence[RoomKey]]) -> None:
        signing_keys = {key: self._find_signing_key(key.owner, key.sender_key) for keys in sessions for key in keys}
        entries = await asyncio.to_thread(self._make_entries, backup, sessions, signing_keys)
        query = {"version": backup.version}
        for keys in sessions:
            if len(keys) > 1:  # the homeserver would keep the entry before, if that decrypts as much
                await self._delete_entry(room_id(keys[0].place), keys[0].session, query)
        if entries:
            rooms = {room: {"sessions": entries_of_room} for room, entries_of_room in entries.items()}
            await self._client.call("PUT", "room_keys", "keys", body={"rooms": rooms}, query=query)

    async def _delete_entry(self, room: str, session: str, query: dict[str, str]) -> None:
        try:
            await self._client.call("DELETE", "room_keys", "keys", room, session, query=query)
        except MatrixError as error:
            if error.code != "M_NOT_FOUND":  # if the version is gone, the upload is told so, too
                raise

    def _make_entries(
        self, backup: OpenBackup, sessions: Sequence[Sequence[RoomKey]], signing_keys: dict[RoomKey, str]
    ) -> dict[str, dict[str, JsonObject]]:
        """Return the entries by room id and session id."""
        entries: dict[str, dict[str, JsonObject]] = {}
        for keys in sessions:
            exported: dict[tuple[str, str], ExportedKey] = {}
            for key in sorted(keys, key=lambda key: key.first_index, reverse=True):  # the lowest comes last, and stays
                if (made := self._export(key, signing_keys[key])) is not None:
                    exported[key.owner, key.sender_key] = made
            if exported:
                room, session = room_id(keys[0].place), keys[0].session
                entry = make_entry(backup.key, self._client.account, room, session, [*exported.values()])
                entries.setdefault(room, {})[session] = entry
        return entries

    def _export(self, key: RoomKey, signing_key: str) -> ExportedKey | None:
        """Return a key in the export format; None for a key that was locked with a passphrase that is lost."""
        try:
            session = self._crypto_store.unpickle_room_key(key)
        except Exception as error:
            log.debug("a room key of %s cannot be backed up: %s", key.place, type(error).__name__)
            return None
        first_index = session.first_known_index
        session_key = session.export_session(first_index)
        return ExportedKey(key.owner, key.sender_key, session_key, first_index, key.received_at, signing_key)


def _log_pause(error: TemporaryFailure, pause: float) -> None:
    log.warning("backing up room keys has to wait %.1f s: %s", pause, error)
