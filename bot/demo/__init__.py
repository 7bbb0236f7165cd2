"""Shows the bot at work: a real homeserver, people with accounts, and a story they play."""
