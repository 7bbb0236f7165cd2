"""What a message says to the bot: commands, a sentence, an answer, or words in the thread of a card.

`handle_message.py` tells them apart. Whatever a message is, it becomes calls of commands, and `review.py` looks at the
words of it that were not read before a call is run.
"""
