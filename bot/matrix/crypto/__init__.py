"""Encrypts and decrypts in encrypted rooms (Olm and Megolm, client-server API, "End-to-End Encryption").

nio's Olm machine does the cryptography; the keys of its device are in the bot's database (`crypto_store`). Requests go
through the bot's own client, because the order of writing and sending decides what is lost when the process is killed:

Receiving
    A sync brings keys (to-device messages) and messages that these keys decrypt. The homeserver deletes the to-device
    messages as soon as the next sync is requested. So their changes are written in one transaction before the rest of
    the sync is read: the ratchets they advanced, the room keys they brought, and the stored messages that these keys
    decrypt (`undecrypted`). Messages that cannot be decrypted yet are written in a second transaction, together with
    the inbox rows and the sync position. If the process is killed before the first transaction, the homeserver sends
    the same sync again, and the database is as it was before. If it is killed between the two, the to-device messages
    come again and cannot be decrypted a second time. That does no harm, since their keys are in the database. After the
    second transaction the sync does not come again. The index of each message is written with what the message leads
    to (`decrypt`): a ciphertext that comes again as another event is recognised after a restart, too.

    Anybody can send the bot a room key. Keys of rooms that the bot does not serve are only kept in memory. Keys from
    devices that the bot does not know are not used before `confirm_keys` has asked the homeserver about their owners.
    The database keeps a limited number of keys for each person.

Sending
    1. A message is encrypted in a Megolm session that is only in memory and ends with the process. No other process and
       no restored backup can continue the session, so a message index is never used for two texts.
    2. The session's key is encrypted for every device of every member of the room. Each encryption advances an Olm
       ratchet, which is written to the database before the request is sent. If the process is killed in between, a step
       of the ratchet is skipped, which every receiver accepts.
    3. When the homeserver has accepted the keys, the message is encrypted and sent under its row's transaction id. If
       the process is killed before the answer, the row is sent again under the same transaction id, encrypted in a new
       session whose key is shared again. If the first message had arrived, the homeserver answers with its event and
       drops the second message. Every device got the key of the first message in step 2.

    A new device gets a key that decrypts only from now on. When a member or a device that was ever given the key of the
    present session is gone, the next message begins a new session (`encrypt`).

Keys of the bot's device
    One-time keys count as published in the database before they are uploaded, so that none is ever uploaded twice. The
    keys of an upload that failed are lost, which costs nothing. A fallback key is used while the program is off for a
    long time; after an upload that failed the same one is uploaded again (`key_upload`). A homeserver that has logged
    the device out has deleted all of them, and is given them again.

Key backup
    The keys that people gave the bot are also on the homeserver, encrypted (`key_backup`). A database that was lost and
    restored gets from there the keys that it lacks.

No module in this folder is loaded while no room is encrypted and there is no passphrase; bot.matrix.room_encryption
decides that.
"""

import logging

#: nio logs text that it cannot parse. It may be somebody's message, or a key.
logging.getLogger("nio").setLevel(logging.CRITICAL + 1)
