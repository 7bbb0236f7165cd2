"""The bot's identity: the keys that tell people's clients which devices are really its own ("cross-signing").

`keys` makes and uses them, `vault` locks them with the passphrase, `kept` keeps them in the database, `published` puts
them on the homeserver, and `prove` does at every start what of that is missing. For the caretaker, `look` shows them,
and `replace` gives the bot a new device under the same identity, after the old one's `farewell`.
"""
