"""Everything that depends on the language: its words, how numbers and dates are written, and its sentences.

Each language is a folder (docs/languages.md). Outside bot/languages no code asks which language it is. The names here
are those that the folder of a language needs.
"""

from bot.languages.language import Language, TimeWords, split_words
from bot.languages.phrases import Phrases
from bot.languages.registry import add_language, find_language, language_codes
from bot.languages.work_words import WorkWords
from bot.languages.writing import ReminderWriting, SeriesWriting, TimeWriting, Writing

__all__ = [
    "Language",
    "Phrases",
    "ReminderWriting",
    "SeriesWriting",
    "TimeWords",
    "TimeWriting",
    "WorkWords",
    "Writing",
    "add_language",
    "find_language",
    "language_codes",
    "split_words",
]
