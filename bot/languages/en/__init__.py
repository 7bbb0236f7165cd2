"""The English language. Its sentences are in `texts.yaml` and in the features' `texts/en.yaml`; its words are here."""

from pathlib import Path

from bot.languages.en import sentences, spelling, time_words
from bot.languages.en.phrases import phrases
from bot.languages.en.work_words import words as work_words
from bot.languages.en.writing import writing
from bot.languages.language import Language, TimeWords

language = Language(
    code="en",
    names={"da": ("engelsk",), "en": ("English",)},
    folder=Path(__file__).parent,
    weekdays=time_words.WEEKDAYS,
    months=time_words.MONTHS,
    time_words=TimeWords(time_words.ROLES, spelling.SPELL_CHECKED, spelling.NOT_MISSPELLED, spelling.COMPOUND_ENDS),
    writing=writing,
    phrases=phrases,
    sentence_words=sentences.words,
    work_words=work_words,
    holidays={
        "new-years-day": "New Year's Day",
        "maundy-thursday": "Maundy Thursday",
        "good-friday": "Good Friday",
        "easter-sunday": "Easter Sunday",
        "easter-monday": "Easter Monday",
        "great-prayer-day": "Great Prayer Day",
        "ascension-day": "Ascension Day",
        "whit-sunday": "Pentecost",
        "whit-monday": "Pentecost Monday",
        "christmas-day": "Christmas Day",
        "boxing-day": "Second Day of Christmas",
    },
)
