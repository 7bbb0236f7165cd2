"""The bot's identity: the keys that tell people's clients which devices are the bot's ("cross-signing").

`keys` creates the keys and signs with them. `secret_storage` encrypts the private keys with the passphrase.
`identity_store` stores them in the database, `published_identity` on the homeserver. `sign_device` runs at every start
and does the steps that are missing. The commands of the administrator (bot.commands) show the keys, and replace a
device under the same identity.
"""
