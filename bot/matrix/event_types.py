"""Event types and algorithms of encrypted rooms that several modules need, whether or not encryption is loaded."""

#: State event that makes a room encrypted and says how. A room that has it stays encrypted: nobody can take it back
#: (client-server API, "m.room.encryption").
ROOM_ENCRYPTION = "m.room.encryption"

#: An encrypted message (client-server API, "m.room.encrypted").
ROOM_ENCRYPTED = "m.room.encrypted"

#: The only algorithm for messages in a room that the bot reads and writes (client-server API, "m.megolm.v1.aes-sha2").
MEGOLM = "m.megolm.v1.aes-sha2"
