"""Reads and writes in encrypted rooms (Olm and Megolm, client-server API, "End-to-End Encryption").

nio's Olm machine does the cryptography, with the keys of its own device kept in our database (`shelf`). What it is fed
and what leaves the house goes through our own client, because the order in which things are written down decides what
a crash can cost:

Receiving
    A sync brings keys (to-device messages) and the messages they open. The homeserver forgets the former as soon as the
    next sync is asked for. So all that they change, the ratchets they turned, the keys they brought and the messages
    that had waited for these (`unread`), is written in one transaction before the rest of the sync is looked at; what
    cannot be read yet is written in the one that keeps the inbox rows and the position. Killed before, the same sync
    comes again and finds everything as it was; killed between, its keys cannot be read a second time, which does no
    harm, as they are kept; killed after, it does not come again.

Sending
    1. A message goes out in a Megolm session that lives in memory and ends with the process. No other process, no
       restored backup can go on with it: a message index is never used for two texts.
    2. Its key is locked for every device of everybody in the room. Each lock turns an Olm ratchet; that is on the disk
       before the request leaves. Killed in between, a step was skipped, which every receiver allows for.
    3. When the homeserver has taken the keys, the message is locked and sent under its row's transaction id. Killed
       before the answer came, the row is sent again: locked anew, under a new session whose key was shared anew, and
       under the same id. If the first one had arrived, the homeserver answers with it and drops the second; everybody
       was given its key in step 2.

One-time keys
    They count as published on the disk before they are uploaded, so that none is ever offered twice; those of an upload
    that failed are lost, which costs nothing. A fallback key stands behind them while the program is off for long.

Nothing in here is loaded while no room is encrypted: bot.matrix.room_encryption, which stands before it, decides that.
"""

import logging

#: nio writes what it cannot parse into its log, and that may be what somebody said, or a key.
logging.getLogger("nio").setLevel(logging.CRITICAL + 1)
