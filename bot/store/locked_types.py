"""Column types whose texts are locked with the passphrase of the encrypted rooms, and the lock that they use."""

import base64
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import JSON, Dialect, Text, TypeDecorator

from bot.errors import EX_CONFIG, Fatal

#: A locked text begins with this. The first character is of Unicode's private use.
PREFIX = "\ue000locked:"
_NONCE_BYTES = 12
#: The name of the attribute of an engine's dialect that holds the lock of the database.
LOCK_ATTRIBUTE = "bylaug_text_lock"


class TextLock:
    """Encrypts (locks) and decrypts (unlocks) texts with AES-256-GCM. While `is_locking` is false, it only unlocks."""

    def __init__(self, key: bytes, *, is_locking: bool) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # loaded only where something is encrypted

        self._cipher, self.is_locking = AESGCM(key), is_locking

    def lock(self, text: str) -> str:
        """Return a text locked."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return PREFIX + base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), None)).decode()

    def unlock(self, text: str) -> str:
        """Return the unlocked text; "" for a text that another passphrase locked, because that text is lost."""
        if not text.startswith(PREFIX):
            return text
        try:
            data = base64.b64decode(text.removeprefix(PREFIX))
            return self._cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None).decode()
        except Exception:  # binascii.Error, InvalidTag, ValueError
            return ""


class LockedText(TypeDecorator[str]):
    """A column of texts that are locked."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Lock a text before it is written."""
        return _lock(value, dialect) if value is not None else None

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Unlock a text. Raises `Fatal` when there is no passphrase."""
        return _unlock(value, dialect) if value is not None else None


class LockedJSON(TypeDecorator[Any]):
    """A column of JSON objects in which the texts under some names are locked. Ids and times are not."""

    impl = JSON
    cache_ok = True

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Compare parts of the object as JSON does."""
        return self.impl_instance.coerce_compared_value(op, value)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Lock the texts of an object."""
        return self._change(value, lambda text: _lock(text, dialect))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Unlock the texts of an object. Raises `Fatal` when there is no passphrase."""
        return self._change(value, lambda text: _unlock(text, dialect))

    def _change(self, value: Any, change: Callable[[str], str]) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {
            name: change(part) if name in self.names and isinstance(part, str) else part for name, part in value.items()
        }


def _lock(text: str, dialect: Dialect) -> str:
    lock: TextLock | None = getattr(dialect, LOCK_ATTRIBUTE, None)
    return lock.lock(text) if text and lock is not None and lock.is_locking else text


def _unlock(text: str, dialect: Dialect) -> str:
    lock: TextLock | None = getattr(dialect, LOCK_ATTRIBUTE, None)
    if lock is not None:
        return lock.unlock(text)
    if text.startswith(PREFIX):
        raise Fatal("The texts in the database are locked: give the passphrase they were locked with.", EX_CONFIG)
    return text
