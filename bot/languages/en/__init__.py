"""English."""

from pathlib import Path

from bot.languages.en import time_words
from bot.languages.en.writing import writing
from bot.languages.language import Language, TimeWords

language = Language(
    code="en",
    folder=Path(__file__).parent,
    weekdays=time_words.WEEKDAYS,
    months=time_words.MONTHS,
    time_words=TimeWords(time_words.ROLES, time_words.SLIPS, time_words.NO_SLIPS),
    writing=writing,
)
