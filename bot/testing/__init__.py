"""The public test kit for features: plays written conversations against the real pipeline and a real database."""

from bot.testing.community import read_community
from bot.testing.conversation import Conversation, Line, read_conversation
from bot.testing.play import Departure, play
from bot.testing.stage import Heard, Stage
from bot.testing.tables import compare_tables

__all__ = [
    "Conversation",
    "Departure",
    "Heard",
    "Line",
    "Stage",
    "compare_tables",
    "play",
    "read_community",
    "read_conversation",
]
