"""The bot's identity: the keys that tell people's clients which devices are the bot's ("cross-signing").

`keys` creates and uses the keys, `secret_storage` encrypts them with the passphrase, `identity_store` keeps them in the
database, `published_identity` puts them on the homeserver, and `sign_device` does at every start what of that is
missing. The commands of the administrator (bot.commands) show the keys and replace a device under the same identity.
"""
