"""The parts of a request, and the types that requests and features are made of. `bot.api.feature` puts them together.

Nothing here imports the packages above it (arguments, availability, agreements, people, drawing).
"""
