"""Everything that belongs to one language: its words, how numbers and dates are written in it, and its sentences.

Each language is a folder (docs/languages.md). Outside bot/languages nothing asks which language it is. The names here
are what the folder of a language is written with.
"""

from bot.languages.language import Language, TimeWords, split_words
from bot.languages.phrases import Phrases
from bot.languages.registry import add_language, find_language, language_codes
from bot.languages.writing import ReminderWriting, SeriesWriting, TimeWriting, Writing

__all__ = [
    "Language",
    "Phrases",
    "ReminderWriting",
    "SeriesWriting",
    "TimeWords",
    "TimeWriting",
    "Writing",
    "add_language",
    "find_language",
    "language_codes",
    "split_words",
]
