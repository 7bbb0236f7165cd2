"""Shows the bot at work with a real homeserver, people with accounts, and a conversation that is played."""
