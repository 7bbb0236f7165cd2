"""The Danish language. Its sentences are in `texts.yaml` and in the features' `texts/da.yaml`; its words are here."""

from pathlib import Path

from bot.languages.da import sentences, spelling, time_words
from bot.languages.da.phrases import phrases
from bot.languages.da.work_words import words as work_words
from bot.languages.da.writing import writing
from bot.languages.language import Language, TimeWords

language = Language(
    code="da",
    names={"da": ("dansk",), "en": ("Danish",)},
    folder=Path(__file__).parent,
    weekdays=time_words.WEEKDAYS,
    months=time_words.MONTHS,
    time_words=TimeWords(time_words.ROLES, spelling.SPELL_CHECKED, spelling.NOT_MISSPELLED, spelling.COMPOUND_ENDS),
    writing=writing,
    phrases=phrases,
    sentence_words=sentences.words,
    work_words=work_words,
    roles={
        "club": ("klub", "forening"),
        "contractor": ("entreprenør",),
        "resident": ("beboer", "borger"),
        "steward": ("vært", "banevagt", "halvagt"),
    },
    holidays={
        "new-years-day": "Nytårsdag",
        "maundy-thursday": "Skærtorsdag",
        "good-friday": "Langfredag",
        "easter-sunday": "Påskedag",
        "easter-monday": "Anden påskedag",
        "great-prayer-day": "Store bededag",
        "ascension-day": "Kristi himmelfartsdag",
        "whit-sunday": "Pinsedag",
        "whit-monday": "Anden pinsedag",
        "christmas-day": "Juledag",
        "boxing-day": "Anden juledag",
    },
)
