"""The features that come with Bylaug.

Like a feature of another package, each imports only `bot.api` and its own modules.
"""
