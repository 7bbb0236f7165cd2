"""The parts of a request, and the types that features and requests are made of. `bot.api.feature` puts them together.

Nothing here imports the packages above it (arguments, availability, agreements, people, drawing).
"""
