"""Event types and algorithms of encrypted rooms, for modules that run with and without the encryption loaded."""

#: State event that makes a room encrypted and has the settings. A room that has it stays encrypted for ever
#: (client-server API, "m.room.encryption").
ROOM_ENCRYPTION = "m.room.encryption"

#: An encrypted message (client-server API, "m.room.encrypted").
ROOM_ENCRYPTED = "m.room.encrypted"

#: The only algorithm with which the bot encrypts and decrypts messages (client-server API, "m.megolm.v1.aes-sha2").
MEGOLM = "m.megolm.v1.aes-sha2"

#: A message to a device that tells why it is not given a key (client-server API, "m.room_key.withheld").
ROOM_KEY_WITHHELD = "m.room_key.withheld"
