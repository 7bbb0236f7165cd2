"""Shows the bot at work: a real homeserver, people with accounts, and a conversation that they play."""
