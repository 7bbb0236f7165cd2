"""Norwegian bokmål, with few words: a language in a folder outside bot/ (docs/languages.md)."""

from pathlib import Path

from bot.languages import Language, Phrases, TimeWords, split_words

from .time_words import MONTHS, ROLES, WEEKDAYS
from .writing import writing

language = Language(
    code="nb",
    names={"nb": ("norsk",), "da": ("norsk",), "en": ("Norwegian",)},
    folder=Path(__file__).parent,
    weekdays=WEEKDAYS,
    months=MONTHS,
    time_words=TimeWords(ROLES),
    writing=writing,
    phrases=Phrases(
        yes=("ja", "ja takk", "gjerne", "greit"),
        no=("nei", "nei takk", "dessverre"),
        pleasantries=split_words("passer, bedre, heller, takk, gjerne, kan, vi, ta"),
        endings=("en", "a", "et", "ene", "er", "e"),
    ),
    commands={"bookings": {"book": ("bestill",), "counter": ("flytt",)}},
)
