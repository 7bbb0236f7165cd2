"""The key backup: the room keys that people gave the bot, encrypted on the homeserver.

Client-server API, "Server-side key backups".

A database that was lost and restored from an older copy lacks the newest room keys. The bot fetches them from the key
backup, and so reads what was said since without asking anybody.

`backup_key` has the private key, and `entry` encrypts the keys of a session with it. The algorithm of the specification
encrypts with a public key and authenticates nothing: everybody who knows the public key, such as the homeserver, can
make entries. So each entry also has a MAC under a key that only the private key gives (MSC4048). Under the MAC are the
room, the session, and the owner of each key: the user whose messages it may decrypt. An entry without a valid MAC is
ignored.

`open_backup` finds the account's backup on the homeserver (`version`). Only one that is signed by the bot's master key
is used, else a new one is made. Its private key is in secret storage, so that the passphrase or the recovery key opens
it.

`upload` uploads confirmed keys in the background. The database has a mark at each key that is in the backup. The mark
is written after the upload. If the process is killed in between, the key is uploaded again in place of itself.

`fetch` fetches the keys of each encrypted room before the messages of the room are decrypted: once in the life of a
database, and once more after a restore.
"""
