"""Encrypts and decrypts in encrypted rooms (Olm and Megolm, client-server API, "End-to-End Encryption").

nio's Olm machine does the cryptography; the keys of its device are in the bot's database (`crypto_store`). Requests go
through the bot's own client, because the order of writing and sending decides what a crash can cost:

Receiving
    A sync brings keys (to-device messages) and the messages they decrypt. The homeserver deletes to-device messages as
    soon as the next sync is asked for. So everything that they change is written in one transaction before the rest of
    the sync is looked at: the ratchets they turned, the room keys they brought, and the kept messages that these
    decrypt (`undecrypted`). Messages that cannot be decrypted yet are written in the transaction that writes the inbox
    rows and the sync position. Killed before the first transaction, the same sync comes again and finds everything as
    it was. Killed between the two, its to-device messages cannot be decrypted a second time, which does no harm, as the
    keys are in the database. Killed after both, it does not come again.

Sending
    1. A message is encrypted in a Megolm session that is in memory alone and ends with the process. No other process
       and no restored backup can go on with it: a message index is never used for two texts.
    2. The session's key is encrypted for every device of everybody in the room. Each encryption turns an Olm ratchet,
       which is in the database before the request leaves. Killed in between, a step of the ratchet was skipped, which
       every receiver allows for.
    3. When the homeserver has taken the keys, the message is encrypted and sent under its row's transaction id. Killed
       before the answer came, the row is sent again: encrypted in a new session whose key was shared anew, and under
       the same transaction id. If the first one had arrived, the homeserver answers with its event and drops the
       second; everybody was given its key in step 2.

One-time keys
    They count as published in the database before they are uploaded, so that none is ever uploaded twice. Those of an
    upload that failed are lost, which costs nothing. A fallback key serves while the program is off for long.

Nothing in here is loaded while no room is encrypted; bot.matrix.room_encryption decides that.
"""

import logging

#: nio logs what it cannot parse, and that may be what somebody said, or a key.
logging.getLogger("nio").setLevel(logging.CRITICAL + 1)
