"""The tables of encrypted rooms: settings, device state, room keys, message indexes. bot.store.crypto uses them."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text, false, true

from bot.store.moment import Moment
from bot.store.tables import metadata

#: Whether rooms are encrypted: the content of m.room.encryption as JSON, empty for a room that is known not to be.
encrypted_rooms = Table(
    "encrypted_rooms",
    metadata,
    Column("place", Text, primary_key=True),
    Column("settings", Text, nullable=False),
)

#: The state of the bot's device for encrypted rooms (bot.store.crypto). Secrets are encrypted with the passphrase.
crypto_state = Table(
    "crypto_state",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

#: Room keys for decrypting other people's messages. The key of a session may come again with a lower first index. Each
#: person's oldest keys in a room are deleted (bot.store.crypto).
room_keys = Table(
    "room_keys",
    metadata,
    Column("place", Text, primary_key=True),
    Column("session", Text, primary_key=True),
    Column("sender_key", Text, primary_key=True),  # the device that created the session
    Column("first_index", Integer, primary_key=True),  # the index of the first message it decrypts
    # The user of the device that sent us the key. Only this user's messages may be decrypted with it.
    Column("owner", Text, nullable=False),
    Column("locked", Text, nullable=False),
    Column("received_at", Moment, nullable=False, server_default="1970-01-01"),
    # Whether the owner is known to be in the room and to have the device that sent the key.
    Column("is_confirmed", Boolean, nullable=False, server_default=true()),
    # Whether the key is in the present key backup on the homeserver (bot.matrix.crypto.key_backup).
    Column("is_backed_up", Boolean, nullable=False, server_default=false()),
)

#: Which event had each index of a Megolm session. The same ciphertext in another event is a repetition.
message_indexes = Table(
    "message_indexes",
    metadata,
    Column("place", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("session", Text, primary_key=True),
    Column("message_index", BigInteger, primary_key=True),
    Column("event", Text, nullable=False),
)
