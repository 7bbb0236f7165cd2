"""Handles what people write in the thread of a card without the bot's name.

`words.py` carries out what a message says, `times.py` decides why it names a time, and `unclear.py` asks what a message
means that seems to be about the work and says nothing that can be read.
"""
